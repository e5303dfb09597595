#include "crash_facts.h"
#include "fields.h"

namespace edgekeep::gate {
namespace {

using Products = InlineVector<ProductStatus, kMaxProducts>;

constexpr std::int64_t kLicenceExpires = 5;
constexpr std::int64_t kCallsLeft = 11;
constexpr std::int64_t kCrashes = 12;
constexpr std::int64_t kLease = 14;
constexpr std::int64_t kReleases = 8;
constexpr std::int64_t kClockBehind = 9;

Result<LeaseFacts> DecodeLease(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  LeaseFacts lease;
  EK_TRY_ASSIGN(lease.seconds, fields.Unsigned<std::uint64_t>(1));
  EK_TRY_ASSIGN(lease.grace_seconds, fields.Unsigned<std::uint64_t>(2));
  EK_TRY_ASSIGN(lease.used_seconds, fields.Unsigned<std::uint64_t>(3));
  EK_TRY(fields.End());
  return lease;
}

Status EncodeLease(const LeaseFacts& lease, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 3));
  EK_TRY(fields.Unsigned(1, lease.seconds));
  EK_TRY(fields.Unsigned(2, lease.grace_seconds));
  return fields.Unsigned(3, lease.used_seconds);
}

constexpr std::int64_t kOperations = 9;

Result<ProductStatus> DecodeProduct(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  ProductStatus status;
  EK_TRY_ASSIGN(status.product, fields.Product(1));
  EK_TRY_ASSIGN(status.version, fields.VersionOf(2));
  EK_TRY_ASSIGN(status.slot, fields.Unsigned<std::uint8_t>(3));
  EK_TRY_ASSIGN(status.licensed, fields.Flag(4));
  EK_TRY_ASSIGN(const bool expires, fields.Has(kLicenceExpires));
  if (expires) {
    EK_TRY_ASSIGN(const std::uint64_t seconds, in.ReadUnsigned());
    status.licence_expires = UnixTime{seconds};
  }
  EK_TRY_ASSIGN(status.prepared_for, fields.Text<128>(6));
  EK_TRY_ASSIGN(status.prepared_form_current, fields.Flag(7));
  EK_TRY_ASSIGN(status.open_sessions, fields.Unsigned<std::uint32_t>(8));
  EK_TRY_ASSIGN(status.policy, fields.Policy(9));
  EK_TRY_ASSIGN(status.provider, fields.Unsigned<std::uint8_t>(10));
  EK_TRY_ASSIGN(const bool counted, fields.Has(kCallsLeft));
  if (counted) {
    EK_TRY_ASSIGN(status.calls_left, in.ReadUnsigned());
  }
  EK_TRY_ASSIGN(const bool crashed, fields.Has(kCrashes));
  if (crashed) {
    EK_TRY_ASSIGN(status.crashes, DecodeCrashFacts(in));
  }
  EK_TRY_ASSIGN(status.prepared_form_set_aside, fields.Flag(13));
  EK_TRY_ASSIGN(const bool leased, fields.Has(kLease));
  if (leased) {
    EK_TRY_ASSIGN(status.lease, DecodeLease(in));
  }
  EK_TRY_ASSIGN(status.returned, fields.Flag(15));
  EK_TRY(fields.End());
  return status;
}

Status EncodeProduct(const ProductStatus& status, CborWriter& out) {
  const std::size_t optional = (status.licence_expires ? 1U : 0U) + (status.policy.empty() ? 0U : 1U) +
                               (status.calls_left ? 1U : 0U) + (status.crashes ? 1U : 0U) + (status.lease ? 1U : 0U);
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 10 + optional));
  EK_TRY(fields.Text(1, status.product.view()));
  EK_TRY(fields.VersionOf(2, status.version));
  EK_TRY(fields.Unsigned(3, status.slot));
  EK_TRY(fields.Flag(4, status.licensed));
  if (status.licence_expires) EK_TRY(fields.Unsigned(kLicenceExpires, status.licence_expires->value));
  EK_TRY(fields.Text(6, status.prepared_for.view()));
  EK_TRY(fields.Flag(7, status.prepared_form_current));
  EK_TRY(fields.Unsigned(8, status.open_sessions));
  EK_TRY(fields.Policy(9, status.policy));
  EK_TRY(fields.Unsigned(10, status.provider));
  if (status.calls_left) EK_TRY(fields.Unsigned(kCallsLeft, *status.calls_left));
  if (status.crashes) {
    EK_TRY(fields.At(kCrashes));
    EK_TRY(EncodeCrashFacts(*status.crashes, out));
  }
  EK_TRY(fields.Flag(13, status.prepared_form_set_aside));
  if (status.lease) {
    EK_TRY(fields.At(kLease));
    EK_TRY(EncodeLease(*status.lease, out));
  }
  return fields.Flag(15, status.returned);
}

Result<Products> DecodeProducts(CborReader& in) {
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  Products products;
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const ProductStatus status, DecodeProduct(in));
    EK_TRY(products.PushBack(status));
  }
  return products;
}

Result<ReleaseStatus> DecodeReleases(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  ReleaseStatus status;
  EK_TRY_ASSIGN(status.policy_version, fields.Unsigned<std::uint64_t>(1));
  EK_TRY_ASSIGN(status.profile, fields.Unsigned<std::uint8_t>(2));
  EK_TRY_ASSIGN(status.root_version, fields.Unsigned<std::uint64_t>(3));
  EK_TRY_ASSIGN(status.targets_version, fields.Unsigned<std::uint64_t>(4));
  EK_TRY_ASSIGN(status.time_floor.value, fields.Unsigned<std::uint64_t>(5));
  EK_TRY_ASSIGN(status.waiting_policy, fields.Unsigned<std::uint64_t>(6));
  EK_TRY_ASSIGN(status.waits_until.value, fields.Unsigned<std::uint64_t>(7));
  EK_TRY_ASSIGN(status.policy_fingerprint, fields.IdOf<Digest>(8));
  EK_TRY_ASSIGN(const bool has_operations, fields.Has(kOperations));
  if (has_operations) {
    EK_TRY_ASSIGN(const ByteView operations, in.ReadByteString());
    EK_TRY_ASSIGN(status.operations, OperationsBytes::From(operations));
    if (operations.empty()) return Error(ErrorCode::kMalformed, "operations policy");
  }
  EK_TRY_ASSIGN(status.operations_unreadable, fields.Flag(10));
  EK_TRY_ASSIGN(status.suspended, fields.Flag(11));
  EK_TRY_ASSIGN(status.installs_held, fields.Flag(12));
  EK_TRY_ASSIGN(status.max_sessions, fields.Unsigned<std::uint32_t>(13));
  EK_TRY_ASSIGN(status.quarantined, fields.Flag(14));
  EK_TRY(fields.End());
  return status;
}

Status EncodeReleases(const ReleaseStatus& status, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, status.operations.empty() ? 13 : 14));
  EK_TRY(fields.Unsigned(1, status.policy_version));
  EK_TRY(fields.Unsigned(2, status.profile));
  EK_TRY(fields.Unsigned(3, status.root_version));
  EK_TRY(fields.Unsigned(4, status.targets_version));
  EK_TRY(fields.Unsigned(5, status.time_floor.value));
  EK_TRY(fields.Unsigned(6, status.waiting_policy));
  EK_TRY(fields.Unsigned(7, status.waits_until.value));
  EK_TRY(fields.ByteString(8, status.policy_fingerprint.view()));
  if (!status.operations.empty()) EK_TRY(fields.ByteString(kOperations, status.operations.view()));
  EK_TRY(fields.Flag(10, status.operations_unreadable));
  EK_TRY(fields.Flag(11, status.suspended));
  EK_TRY(fields.Flag(12, status.installs_held));
  EK_TRY(fields.Unsigned(13, status.max_sessions));
  return fields.Flag(14, status.quarantined);
}

Result<StatusAnswer> DecodeStatusFields(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  StatusAnswer answer;
  EK_TRY_ASSIGN(answer.initialised, fields.Flag(1));
  EK_TRY_ASSIGN(answer.device, fields.IdOf<DeviceId>(2));
  EK_TRY_ASSIGN(answer.anchor, fields.Unsigned<std::uint8_t>(3));
  EK_TRY_ASSIGN(answer.publisher, fields.Text<63>(4));
  EK_TRY_ASSIGN(answer.engine_key, fields.Text<128>(5));
  EK_TRY_ASSIGN(answer.memory_locking, fields.Text<32>(6));
  EK_TRY(fields.At(7));
  EK_TRY_ASSIGN(answer.products, DecodeProducts(in));
  EK_TRY_ASSIGN(const bool releases, fields.Has(kReleases));
  if (releases) {
    EK_TRY_ASSIGN(answer.releases, DecodeReleases(in));
  }
  EK_TRY_ASSIGN(answer.clock_behind_seconds, fields.Unsigned<std::uint64_t>(kClockBehind));
  EK_TRY(fields.End());
  return answer;
}

}  // namespace

Result<StatusAnswer> DecodeStatusAnswer(ByteView body) {
  return DecodeWhole(body, DecodeStatusFields);
}

Status EncodeStatusAnswer(const StatusAnswer& answer, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, answer.releases ? 9 : 8));
  EK_TRY(fields.Flag(1, answer.initialised));
  EK_TRY(fields.ByteString(2, answer.device.view()));
  EK_TRY(fields.Unsigned(3, answer.anchor));
  EK_TRY(fields.Text(4, answer.publisher.view()));
  EK_TRY(fields.Text(5, answer.engine_key.view()));
  EK_TRY(fields.Text(6, answer.memory_locking.view()));
  EK_TRY(fields.At(7));
  EK_TRY(out.Array(answer.products.size()));
  for (const ProductStatus& status : answer.products) EK_TRY(EncodeProduct(status, out));
  if (answer.releases) {
    EK_TRY(fields.At(kReleases));
    EK_TRY(EncodeReleases(*answer.releases, out));
  }
  return fields.Unsigned(kClockBehind, answer.clock_behind_seconds);
}

}  // namespace edgekeep::gate
