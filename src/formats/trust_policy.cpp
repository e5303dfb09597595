#include "edgekeep/formats/trust_policy.h"

#include "authority_fields.h"
#include "holder_fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::size_t kMaxCosignerName = 255;
constexpr std::int64_t kAheadFrom = 4;

Status CheckNotaries(const TrustPolicy& policy) {
  EK_TRY(CheckHolders(policy.notaries.view()));
  EK_TRY(CheckHolders(policy.officers.view()));
  InlineVector<PublicKey, (kMaxNotaries + kMaxOfficers) * kMaxHolderKeys> keys;
  EK_TRY(CollectKeys(policy.notaries.view(), keys));
  EK_TRY(CollectKeys(policy.officers.view(), keys));
  return CheckKeysDiffer(keys.view());
}

Status CheckCosigners(const TrustPolicy& policy) {
  std::string_view previous;
  for (const std::string_view name : policy.dependent_cosigners) {
    if (name.size() > kMaxCosignerName) return Error(ErrorCode::kTooLarge, "trust policy: cosigner's name");
    if (name <= previous) return Malformed("trust policy: order of dependent cosigners");
    previous = name;
  }
  return {};
}

Status CheckNumbers(const TrustPolicy& policy) {
  if (policy.version == 0) return Malformed("trust policy: version 0");
  if (policy.min_approvers == 0 || policy.min_approvers > kMaxPolicyApprovers)
    return Malformed("trust policy: number of approvers");
  if (policy.min_independent_witnesses > kMaxPolicyWitnesses) return Malformed("trust policy: number of witnesses");
  if (policy.delay > kMaxPolicyDelay) return Malformed("trust policy: delay");
  if (policy.max_time_step < kMinTimeStep || policy.max_time_step > kMaxTimeStep)
    return Malformed("trust policy: step of time");
  return CheckTime(policy.issued_at);
}

// What a policy for production may not leave out.
Status CheckProfile(const TrustPolicy& policy) {
  EK_TRY(CheckEnum(policy.profile, PolicyProfile::kProduction));
  if (policy.profile == PolicyProfile::kDevelopment) return {};
  if (policy.notaries.empty()) return Malformed("production: no notary");
  if (policy.min_independent_witnesses == 0) return Malformed("production: no independent witness");
  if (policy.min_approvers < 2) return Malformed("production: a single approver");
  if (policy.required_classes.size() < 2) return Malformed("production: a single class");
  return {};
}

Status Check(const TrustPolicy& policy) {
  if (!IsName(policy.authority)) return Malformed("trust policy: authority");
  EK_TRY(CheckNumbers(policy));
  EK_TRY(CheckClasses(policy.required_classes.view()));
  EK_TRY(CheckNotaries(policy));
  EK_TRY(CheckCosigners(policy));
  if (policy.log_policy.empty()) return Malformed("trust policy: no log policy");
  EK_TRY(CheckLimit(AsBytes(policy.log_policy), kMaxPolicyLogText));
  EK_TRY(CheckOrderRules(policy));
  EK_TRY(CheckQuarantine(policy));
  return CheckProfile(policy);
}

Status ReadCosigners(CborReader& in, TrustPolicy& policy) {
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const std::string_view name, in.ReadText());
    EK_TRY(policy.dependent_cosigners.PushBack(name));
  }
  return {};
}

Status ReadNumbers(FieldReader& fields, TrustPolicy& policy) {
  EK_TRY_ASSIGN(policy.min_approvers, fields.Unsigned<std::uint32_t>(5));
  EK_TRY_ASSIGN(policy.delay, fields.Unsigned<std::uint64_t>(6));
  EK_TRY_ASSIGN(policy.max_time_step, fields.Unsigned<std::uint64_t>(7));
  EK_TRY_ASSIGN(policy.issued_at, fields.NumberOf<UnixTime>(8));
  return {};
}

Status Check(const TimeRepair& repair) {
  if (repair.number == 0) return Malformed("time repair: number 0");
  if (repair.root_version == 0) return Malformed("time repair: root 0");
  if (!repair.ahead_from) return CheckTime(repair.time);
  if (*repair.ahead_from <= repair.time) return Malformed("time repair: back from a time that is not ahead");
  return CheckTime(*repair.ahead_from);
}

}  // namespace

Result<TrustPolicy> DecodeTrustPolicy(ByteView payload) {
  EK_TRY(CheckLimit(payload, kMaxTrustPolicySize));
  CborReader in(payload);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  TrustPolicy policy;
  EK_TRY_ASSIGN(policy.version, fields.Unsigned<std::uint64_t>(1));
  EK_TRY_ASSIGN(policy.authority, fields.Text(2));
  EK_TRY_ASSIGN(policy.profile, fields.EnumOf<PolicyProfile>(3));
  EK_TRY(fields.At(4));
  EK_TRY_ASSIGN(policy.required_classes, ReadClasses(in));
  EK_TRY(ReadNumbers(fields, policy));
  EK_TRY(fields.At(9));
  EK_TRY_ASSIGN(policy.notaries, ReadHolders<kMaxNotaries>(in));
  EK_TRY_ASSIGN(policy.min_independent_witnesses, fields.Unsigned<std::uint32_t>(10));
  EK_TRY(fields.At(11));
  EK_TRY(ReadCosigners(in, policy));
  EK_TRY_ASSIGN(policy.log_policy, fields.Text(12));
  EK_TRY(ReadAuthority(fields, in, policy));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(policy));
  return policy;
}

Status EncodeTrustPolicy(const TrustPolicy& policy, CborWriter& out) {
  EK_TRY(Check(policy));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 12 + CountAuthorityFields(policy)));
  EK_TRY(fields.Unsigned(1, policy.version));
  EK_TRY(fields.Text(2, policy.authority));
  EK_TRY(fields.Unsigned(3, std::to_underlying(policy.profile)));
  EK_TRY(fields.At(4));
  EK_TRY(WriteClasses(policy.required_classes.view(), out));
  EK_TRY(fields.Unsigned(5, policy.min_approvers));
  EK_TRY(fields.Unsigned(6, policy.delay));
  EK_TRY(fields.Unsigned(7, policy.max_time_step));
  EK_TRY(fields.Unsigned(8, policy.issued_at.value));
  EK_TRY(fields.At(9));
  EK_TRY(WriteHolders(policy.notaries.view(), out));
  EK_TRY(fields.Unsigned(10, policy.min_independent_witnesses));
  EK_TRY(fields.At(11));
  EK_TRY(out.Array(policy.dependent_cosigners.size()));
  for (const std::string_view name : policy.dependent_cosigners) EK_TRY(out.Text(name));
  EK_TRY(fields.Text(12, policy.log_policy));
  return WriteAuthority(policy, fields, out);
}

Result<TimeRepair> DecodeTimeRepair(ByteView payload) {
  EK_TRY(CheckLimit(payload, kMaxTimeRepairSize));
  CborReader in(payload);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  TimeRepair repair;
  EK_TRY_ASSIGN(repair.number, fields.Unsigned<std::uint64_t>(1));
  EK_TRY_ASSIGN(repair.time, fields.NumberOf<UnixTime>(2));
  EK_TRY_ASSIGN(repair.root_version, fields.Unsigned<std::uint64_t>(3));
  EK_TRY_ASSIGN(const bool is_back, fields.Has(kAheadFrom));
  if (is_back) {
    EK_TRY_ASSIGN(const std::uint64_t ahead_from, in.ReadUnsigned());
    repair.ahead_from = UnixTime{ahead_from};
  }
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(repair));
  return repair;
}

Status EncodeTimeRepair(const TimeRepair& repair, CborWriter& out) {
  EK_TRY(Check(repair));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, repair.ahead_from ? 4 : 3));
  EK_TRY(fields.Unsigned(1, repair.number));
  EK_TRY(fields.Unsigned(2, repair.time.value));
  EK_TRY(fields.Unsigned(3, repair.root_version));
  return repair.ahead_from ? fields.Unsigned(kAheadFrom, repair.ahead_from->value) : Status();
}

}  // namespace edgekeep::formats
