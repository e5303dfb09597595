#include "holder_fields.h"

namespace edgekeep::formats {
namespace {

Status CheckHolder(const Holder& holder) {
  if (!IsName(holder.name)) return Malformed("holder: name");
  if (holder.keys.empty()) return Malformed("holder without a key");
  for (const PublicKey& key : holder.keys) {
    const auto same = [&](const PublicKey& other) { return other.algorithm == key.algorithm; };
    if (std::ranges::count_if(holder.keys, same) != 1) return Malformed("holder: two keys of one algorithm");
  }
  return {};
}

Status WriteHolder(const Holder& holder, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2));
  EK_TRY(fields.Text(1, holder.name));
  EK_TRY(fields.At(2));
  EK_TRY(out.Array(holder.keys.size()));
  for (const PublicKey& key : holder.keys) EK_TRY(EncodePublicKey(key, out));
  return {};
}

}  // namespace

Status CheckClasses(std::span<const std::uint8_t> classes) {
  if (classes.empty()) return Malformed("no required class");
  std::uint8_t last = 0;
  for (const std::uint8_t number : classes) {
    if (number <= last) return Malformed("required classes not ascending");
    last = number;
  }
  return {};
}

Result<InlineVector<std::uint8_t, 4>> ReadClasses(CborReader& in) {
  InlineVector<std::uint8_t, 4> classes;
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const std::uint64_t number, in.ReadUnsigned());
    if (number > UINT8_MAX) return Malformed("required class");
    EK_TRY(classes.PushBack(static_cast<std::uint8_t>(number)));
  }
  return classes;
}

Status WriteClasses(std::span<const std::uint8_t> classes, CborWriter& out) {
  EK_TRY(out.Array(classes.size()));
  for (const std::uint8_t number : classes) EK_TRY(out.Unsigned(number));
  return {};
}

Status CheckHolders(std::span<const Holder> holders) {
  for (const Holder& holder : holders) {
    EK_TRY(CheckHolder(holder));
    const auto same = [&](const Holder& other) { return other.name == holder.name; };
    if (std::ranges::count_if(holders, same) != 1) return Malformed("two holders of one name");
  }
  return {};
}

Result<Holder> ReadHolder(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  Holder holder;
  EK_TRY_ASSIGN(holder.name, fields.Text(1));
  EK_TRY(fields.At(2));
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const PublicKey key, DecodePublicKey(in));
    EK_TRY(holder.keys.PushBack(key));
  }
  EK_TRY(fields.End());
  return holder;
}

Status WriteHolders(std::span<const Holder> holders, CborWriter& out) {
  EK_TRY(out.Array(holders.size()));
  for (const Holder& holder : holders) EK_TRY(WriteHolder(holder, out));
  return {};
}

Status CheckKeysDiffer(std::span<const PublicKey> keys) {
  for (const PublicKey& key : keys) {
    const auto same = [&](const PublicKey& other) { return SameKey(other, key); };
    if (std::ranges::count_if(keys, same) != 1) return Malformed("a key stands in two places");
  }
  return {};
}

}  // namespace edgekeep::formats
