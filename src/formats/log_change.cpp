// Key ceremonies, changes of policies and epochs, retirements.
#include "log_content.h"

namespace edgekeep::formats {
namespace {

Status Check(const KeyCeremony& ceremony) {
  EK_TRY(CheckEnum(ceremony.kind, CeremonyKind::kRecovered));
  EK_TRY(CheckLogName(ceremony.role));
  if (ceremony.threshold == 0 || ceremony.threshold > ceremony.holders.size()) return Malformed("ceremony: threshold");
  std::string_view previous;
  for (const std::string_view holder : ceremony.holders) {
    EK_TRY(CheckLogName(holder));
    if (holder <= previous) return Malformed("ceremony: order of holders");
    previous = holder;
  }
  return {};
}

Status Check(const PolicyChange& change) {
  EK_TRY(CheckEnum(change.kind, PolicyKind::kTimeRepair));
  return CheckTime(change.not_before);
}

Status Check(const EpochChange& change) {
  EK_TRY(CheckProduct(change.product));
  EK_TRY(CheckEpoch(change.epoch));
  return CheckLogText(change.reason);
}

Status Check(const Retirement& retirement) {
  EK_TRY(CheckEnum(retirement.kind, RetiredKind::kRelease));
  return CheckLogText(retirement.reason);
}

Status ReadHolders(FieldReader& fields, CborReader& in, KeyCeremony& ceremony) {
  EK_TRY(fields.At(6));
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  if (count > kMaxCeremonyHolders) return Error(ErrorCode::kTooLarge, "ceremony: holders");
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const std::string_view holder, in.ReadText());
    EK_TRY(ceremony.holders.PushBack(holder));
  }
  return {};
}

}  // namespace

Result<KeyCeremony> DecodeKeyCeremony(ByteView content) {
  CborReader in(content);
  EK_TRY_ASSIGN(FieldReader fields, EnterLogContent(LogContentKind::kKeyCeremony, content, in));
  KeyCeremony ceremony;
  EK_TRY_ASSIGN(ceremony.kind, fields.EnumOf<CeremonyKind>(1));
  EK_TRY_ASSIGN(ceremony.role, fields.Text(2));
  EK_TRY_ASSIGN(ceremony.metadata_version, fields.Unsigned<std::uint64_t>(3));
  EK_TRY_ASSIGN(ceremony.metadata, fields.IdOf<Digest>(4));
  EK_TRY_ASSIGN(ceremony.threshold, fields.Unsigned<std::uint32_t>(5));
  EK_TRY(ReadHolders(fields, in, ceremony));
  EK_TRY(EndLogContent(fields, in));
  EK_TRY(Check(ceremony));
  return ceremony;
}

Status EncodeKeyCeremony(const KeyCeremony& ceremony, CborWriter& out) {
  EK_TRY(Check(ceremony));
  EK_TRY_ASSIGN(FieldWriter fields, BeginLogContent(LogContentKind::kKeyCeremony, 6, out));
  EK_TRY(fields.Unsigned(1, std::to_underlying(ceremony.kind)));
  EK_TRY(fields.Text(2, ceremony.role));
  EK_TRY(fields.Unsigned(3, ceremony.metadata_version));
  EK_TRY(fields.ByteString(4, ceremony.metadata.view()));
  EK_TRY(fields.Unsigned(5, ceremony.threshold));
  EK_TRY(fields.At(6));
  EK_TRY(out.Array(ceremony.holders.size()));
  for (const std::string_view holder : ceremony.holders) EK_TRY(out.Text(holder));
  return {};
}

Result<PolicyChange> DecodePolicyChange(ByteView content) {
  CborReader in(content);
  EK_TRY_ASSIGN(FieldReader fields, EnterLogContent(LogContentKind::kPolicyChange, content, in));
  PolicyChange change;
  EK_TRY_ASSIGN(change.kind, fields.EnumOf<PolicyKind>(1));
  EK_TRY_ASSIGN(change.version, fields.Unsigned<std::uint64_t>(2));
  EK_TRY_ASSIGN(change.policy, fields.IdOf<Digest>(3));
  EK_TRY_ASSIGN(change.not_before, fields.NumberOf<UnixTime>(4));
  EK_TRY(EndLogContent(fields, in));
  EK_TRY(Check(change));
  return change;
}

Status EncodePolicyChange(const PolicyChange& change, CborWriter& out) {
  EK_TRY(Check(change));
  EK_TRY_ASSIGN(FieldWriter fields, BeginLogContent(LogContentKind::kPolicyChange, 4, out));
  EK_TRY(fields.Unsigned(1, std::to_underlying(change.kind)));
  EK_TRY(fields.Unsigned(2, change.version));
  EK_TRY(fields.ByteString(3, change.policy.view()));
  return fields.Unsigned(4, change.not_before.value);
}

Result<EpochChange> DecodeEpochChange(ByteView content) {
  CborReader in(content);
  EK_TRY_ASSIGN(FieldReader fields, EnterLogContent(LogContentKind::kEpochChange, content, in));
  EpochChange change;
  EK_TRY_ASSIGN(change.product, fields.Product(1));
  EK_TRY_ASSIGN(change.epoch, fields.NumberOf<Epoch>(2));
  EK_TRY_ASSIGN(change.reason, fields.Text(3));
  EK_TRY(EndLogContent(fields, in));
  EK_TRY(Check(change));
  return change;
}

Status EncodeEpochChange(const EpochChange& change, CborWriter& out) {
  EK_TRY(Check(change));
  EK_TRY_ASSIGN(FieldWriter fields, BeginLogContent(LogContentKind::kEpochChange, 3, out));
  EK_TRY(fields.Text(1, change.product.view()));
  EK_TRY(fields.Unsigned(2, change.epoch.value));
  return fields.Text(3, change.reason);
}

Result<Retirement> DecodeRetirement(ByteView content) {
  CborReader in(content);
  EK_TRY_ASSIGN(FieldReader fields, EnterLogContent(LogContentKind::kRetirement, content, in));
  Retirement retirement;
  EK_TRY_ASSIGN(retirement.kind, fields.EnumOf<RetiredKind>(1));
  EK_TRY_ASSIGN(retirement.id, fields.IdOf<Digest>(2));
  EK_TRY_ASSIGN(retirement.reason, fields.Text(3));
  EK_TRY(EndLogContent(fields, in));
  EK_TRY(Check(retirement));
  return retirement;
}

Status EncodeRetirement(const Retirement& retirement, CborWriter& out) {
  EK_TRY(Check(retirement));
  EK_TRY_ASSIGN(FieldWriter fields, BeginLogContent(LogContentKind::kRetirement, 3, out));
  EK_TRY(fields.Unsigned(1, std::to_underlying(retirement.kind)));
  EK_TRY(fields.ByteString(2, retirement.id.view()));
  return fields.Text(3, retirement.reason);
}

}  // namespace edgekeep::formats
