#include "log_content.h"

namespace edgekeep::formats {
namespace {

constexpr std::size_t kNumRequired = 9;

Status Check(const ReleaseEntry& entry) {
  EK_TRY(CheckProduct(entry.product));
  EK_TRY(CheckLogName(entry.channel));
  EK_TRY(CheckVersion(entry.version));
  return CheckLogName(entry.author);
}

Result<std::optional<Digest>> ReadOptional(FieldReader& fields, CborReader& in, std::int64_t key) {
  EK_TRY_ASSIGN(const bool is_there, fields.Has(key));
  if (!is_there) return std::optional<Digest>();
  EK_TRY_ASSIGN(const ByteView bytes, in.ReadByteString());
  EK_TRY_ASSIGN(const Digest digest, Digest::From(bytes));
  return std::optional<Digest>(digest);
}

Status WriteOptional(FieldWriter& fields, std::int64_t key, const std::optional<Digest>& digest) {
  return digest ? fields.ByteString(key, digest->view()) : Status();
}

}  // namespace

Result<ReleaseEntry> DecodeReleaseEntry(ByteView content) {
  CborReader in(content);
  EK_TRY_ASSIGN(FieldReader fields, EnterLogContent(LogContentKind::kRelease, content, in));
  ReleaseEntry entry;
  EK_TRY_ASSIGN(entry.product, fields.Product(1));
  EK_TRY_ASSIGN(entry.channel, fields.Text(2));
  EK_TRY_ASSIGN(entry.version, fields.VersionOf(3));
  EK_TRY_ASSIGN(entry.security_epoch, fields.Unsigned<std::uint64_t>(4));
  EK_TRY_ASSIGN(entry.targets_version, fields.Unsigned<std::uint64_t>(5));
  EK_TRY_ASSIGN(entry.targets, fields.IdOf<Digest>(6));
  EK_TRY_ASSIGN(entry.manifest, fields.IdOf<Digest>(7));
  EK_TRY_ASSIGN(entry.total_size, fields.Unsigned<std::uint64_t>(8));
  EK_TRY_ASSIGN(entry.interface, ReadOptional(fields, in, 9));
  EK_TRY_ASSIGN(entry.dependencies, ReadOptional(fields, in, 10));
  EK_TRY_ASSIGN(entry.author, fields.Text(11));
  EK_TRY(EndLogContent(fields, in));
  EK_TRY(Check(entry));
  return entry;
}

Status EncodeReleaseEntry(const ReleaseEntry& entry, CborWriter& out) {
  EK_TRY(Check(entry));
  const std::size_t num_optional = (entry.interface ? 1U : 0U) + (entry.dependencies ? 1U : 0U);
  EK_TRY_ASSIGN(FieldWriter fields, BeginLogContent(LogContentKind::kRelease, kNumRequired + num_optional, out));
  EK_TRY(fields.Text(1, entry.product.view()));
  EK_TRY(fields.Text(2, entry.channel));
  EK_TRY(fields.VersionOf(3, entry.version));
  EK_TRY(fields.Unsigned(4, entry.security_epoch));
  EK_TRY(fields.Unsigned(5, entry.targets_version));
  EK_TRY(fields.ByteString(6, entry.targets.view()));
  EK_TRY(fields.ByteString(7, entry.manifest.view()));
  EK_TRY(fields.Unsigned(8, entry.total_size));
  EK_TRY(WriteOptional(fields, 9, entry.interface));
  EK_TRY(WriteOptional(fields, 10, entry.dependencies));
  return fields.Text(11, entry.author);
}

}  // namespace edgekeep::formats
