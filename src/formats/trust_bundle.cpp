#include "edgekeep/formats/trust_bundle.h"

#include <algorithm>

#include "edgekeep/formats/signed_object.h"
#include "fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::size_t kMaxKeys = 2 * kMaxHolders * kMaxHolderKeys + 1;
using Keys = InlineVector<PublicKey, kMaxKeys>;

Status CheckClasses(const TrustBundle& bundle) {
  if (bundle.required_classes.empty()) return Malformed("trust bundle: no required class");
  std::uint8_t last = 0;
  for (const std::uint8_t number : bundle.required_classes) {
    if (number <= last) return Malformed("trust bundle: required classes not ascending");
    last = number;
  }
  return {};
}

Status CheckHolder(const Holder& holder) {
  if (!IsName(holder.name)) return Malformed("trust bundle: holder's name");
  if (holder.keys.empty()) return Malformed("trust bundle: holder without a key");
  for (const PublicKey& key : holder.keys) {
    const auto same = [&](const PublicKey& other) { return other.algorithm == key.algorithm; };
    if (std::ranges::count_if(holder.keys, same) != 1) return Malformed("trust bundle: two keys of one algorithm");
  }
  return {};
}

Status CheckHolders(const Holders& holders) {
  if (holders.empty()) return Malformed("trust bundle: no holder");
  for (const Holder& holder : holders) {
    EK_TRY(CheckHolder(holder));
    const auto same = [&](const Holder& other) { return other.name == holder.name; };
    if (std::ranges::count_if(holders, same) != 1) return Malformed("trust bundle: two holders of one name");
  }
  return {};
}

Status Collect(const Holders& holders, Keys& keys) {
  for (const Holder& holder : holders) {
    for (const PublicKey& key : holder.keys) EK_TRY(keys.PushBack(key));
  }
  return {};
}

// A key that stood in two places would let one signature count twice.
Status CheckKeys(const TrustBundle& bundle) {
  Keys keys;
  EK_TRY(Collect(bundle.authors, keys));
  EK_TRY(Collect(bundle.licensors, keys));
  if (keys.size() > kMaxSignatures) return Error(ErrorCode::kTooLarge, "trust bundle: more keys than can sign it");
  EK_TRY(keys.PushBack(bundle.licensor_kem));
  for (const PublicKey& key : keys) {
    const auto same = [&](const PublicKey& other) { return SameKey(other, key); };
    if (std::ranges::count_if(keys, same) != 1) return Malformed("trust bundle: a key stands in two places");
  }
  return {};
}

Status Check(const TrustBundle& bundle) {
  if (!IsName(bundle.publisher)) return Malformed("trust bundle: publisher's name");
  EK_TRY(CheckClasses(bundle));
  EK_TRY(CheckHolders(bundle.authors));
  EK_TRY(CheckHolders(bundle.licensors));
  return CheckKeys(bundle);
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

Status WriteHolder(const Holder& holder, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2));
  EK_TRY(fields.Text(1, holder.name));
  EK_TRY(fields.At(2));
  EK_TRY(out.Array(holder.keys.size()));
  for (const PublicKey& key : holder.keys) EK_TRY(EncodePublicKey(key, out));
  return {};
}

Result<Holders> ReadHolders(CborReader& in) {
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  Holders holders;
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const Holder holder, ReadHolder(in));
    EK_TRY(holders.PushBack(holder));
  }
  return holders;
}

Status WriteHolders(const Holders& holders, CborWriter& out) {
  EK_TRY(out.Array(holders.size()));
  for (const Holder& holder : holders) EK_TRY(WriteHolder(holder, out));
  return {};
}

Status ReadClasses(CborReader& in, TrustBundle& bundle) {
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const std::uint64_t number, in.ReadUnsigned());
    if (number > UINT8_MAX) return Malformed("trust bundle: required class");
    EK_TRY(bundle.required_classes.PushBack(static_cast<std::uint8_t>(number)));
  }
  return {};
}

}  // namespace

Result<TrustBundle> DecodeTrustBundle(ByteView payload) {
  EK_TRY(CheckLimit(payload, kMaxTrustBundleSize));
  CborReader in(payload);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  TrustBundle bundle;
  EK_TRY_ASSIGN(bundle.publisher, fields.Text(1));
  EK_TRY(fields.At(2));
  EK_TRY(ReadClasses(in, bundle));
  EK_TRY(fields.At(3));
  EK_TRY_ASSIGN(bundle.authors, ReadHolders(in));
  EK_TRY(fields.At(4));
  EK_TRY_ASSIGN(bundle.licensors, ReadHolders(in));
  EK_TRY_ASSIGN(bundle.licensor_kem, fields.Key(5));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(bundle));
  return bundle;
}

Status EncodeTrustBundle(const TrustBundle& bundle, CborWriter& out) {
  EK_TRY(Check(bundle));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 5));
  EK_TRY(fields.Text(1, bundle.publisher));
  EK_TRY(fields.At(2));
  EK_TRY(out.Array(bundle.required_classes.size()));
  for (const std::uint8_t number : bundle.required_classes) EK_TRY(out.Unsigned(number));
  EK_TRY(fields.At(3));
  EK_TRY(WriteHolders(bundle.authors, out));
  EK_TRY(fields.At(4));
  EK_TRY(WriteHolders(bundle.licensors, out));
  return fields.Key(5, bundle.licensor_kem);
}

}  // namespace edgekeep::formats
