#include "edgekeep/formats/licence.h"

#include <algorithm>
#include <limits>

#include "edgekeep/base/hex.h"
#include "edgekeep/formats/limits.h"
#include "fields.h"

namespace edgekeep::formats {
namespace {

// RFC 8392 §4 registers the positive ones; below -65536 is for private use.
enum Claim : std::int64_t {
  kIssuer = 1,
  kSubject = 2,
  kExpires = 4,
  kNotBefore = 5,
  kIssuedAt = 6,
  kId = 7,
  kProduct = -65537,
  kEpoch = -65538,
  kFirstSequence = -65539,
  kLastSequence = -65540,
  kIsolationFloor = -65541,
  kHpkeSuite = -65542,
  kEnc = -65543,
  kWrappedEpochKey = -65544,
  kExport = -65545,
  kCallBudget = -65546,
  kCallsPerMinute = -65547,
  kLease = -65548,
  kFeatures = -65549,
  kProcessorOnly = -65550,
  kTransferable = -65551,
};

constexpr std::size_t kBindingFields = 11;  // without the optional ones
constexpr std::size_t kKeyFields = 2;
constexpr std::uint64_t kYes = 1;
constexpr std::size_t kLeaseNumbers = 5;

bool IsFeature(std::string_view text) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'; };
  return !text.empty() && text.size() <= kMaxFeatureLength && std::ranges::all_of(text, allowed);
}

Status CheckFeatures(const Features& features) {
  for (std::size_t i = 0; i < features.size(); ++i) {
    if (!IsFeature(features[i].view())) return Malformed("licence: a feature's name");
    if (i > 0 && features[i - 1].view() >= features[i].view()) return Malformed("licence: order of features");
  }
  return {};
}

Status CheckLease(const std::optional<Lease>& lease) {
  if (!lease) return {};
  if (lease->seconds == 0) return Malformed("licence: no lease at all");
  return CheckEnum(lease->clock_behind, ClockBehind::kDeny);
}

Status CheckTerms(const LicenceTerms& terms) {
  if (terms.first_sequence > terms.last_sequence) return Malformed("licence: first version after the last");
  EK_TRY(CheckTime(terms.not_before));
  if (terms.expires) {
    EK_TRY(CheckTime(*terms.expires));
    if (*terms.expires <= terms.not_before) return Malformed("licence: expires before it begins");
  }
  if (terms.call_budget == 0U || terms.calls_per_minute == 0U) return Malformed("licence: no call at all");
  EK_TRY(CheckLease(terms.lease));
  EK_TRY(CheckFeatures(terms.features));
  return CheckEnum(terms.isolation_floor, Isolation::kTrustZone);
}

Status CheckBinding(const Licence& licence) {
  EK_TRY(CheckProduct(licence.product));
  if (licence.issuer.view() != licence.product.publisher()) return Malformed("licence: issuer is not the publisher");
  EK_TRY(CheckTime(licence.issued_at));
  EK_TRY(CheckEpoch(licence.epoch));
  EK_TRY(CheckTerms(licence.terms));
  return CheckAlgorithmNumber(licence.hpke_suite);
}

Status Check(const Licence& licence) {
  EK_TRY(CheckBinding(licence));
  EK_TRY(CheckEnc(licence.enc));
  return CheckSize(licence.wrapped_epoch_key, kWrappedKeySize, "wrapped epoch key size");
}

Result<DeviceId> ReadDevice(FieldReader& fields) {
  EK_TRY_ASSIGN(const std::string_view text, fields.Text(kSubject));
  DeviceId device;
  EK_TRY(FromHex(text, device.mutable_view()));
  return device;
}

Result<std::optional<UnixTime>> ReadExpires(FieldReader& fields, CborReader& in) {
  EK_TRY_ASSIGN(const bool present, fields.Has(kExpires));
  if (!present) return std::optional<UnixTime>();
  EK_TRY_ASSIGN(const std::uint64_t seconds, in.ReadUnsigned());
  return std::optional(UnixTime{seconds});
}

// Absence is the only way to say no.
Result<bool> ReadYes(Claim claim, FieldReader& fields, CborReader& in) {
  EK_TRY_ASSIGN(const bool present, fields.Has(claim));
  if (!present) return false;
  EK_TRY_ASSIGN(const std::uint64_t kind, in.ReadUnsigned());
  if (kind != kYes) return Error(ErrorCode::kUnsupported, "licence: unknown kind of a permission or bound");
  return true;
}

Result<std::uint32_t> ReadSeconds(CborReader& in) {
  EK_TRY_ASSIGN(const std::uint64_t seconds, in.ReadUnsigned());
  if (seconds > std::numeric_limits<std::uint32_t>::max()) return Malformed("licence: seconds of a lease");
  return static_cast<std::uint32_t>(seconds);
}

Result<std::optional<Lease>> ReadLease(FieldReader& fields, CborReader& in) {
  EK_TRY_ASSIGN(const bool present, fields.Has(kLease));
  if (!present) return std::optional<Lease>();
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  if (count != kLeaseNumbers) return Malformed("licence: lease");
  Lease lease;
  EK_TRY_ASSIGN(lease.seconds, ReadSeconds(in));
  EK_TRY_ASSIGN(lease.grace_seconds, ReadSeconds(in));
  EK_TRY_ASSIGN(lease.start_charge_seconds, ReadSeconds(in));
  EK_TRY_ASSIGN(const std::uint64_t behind, in.ReadUnsigned());
  if (behind > std::to_underlying(ClockBehind::kDeny)) return Error(ErrorCode::kUnsupported, "licence: clock behind");
  lease.clock_behind = static_cast<ClockBehind>(behind);
  EK_TRY_ASSIGN(lease.counted_seconds, in.ReadUnsigned());
  return std::optional(lease);
}

Result<Features> ReadFeatures(FieldReader& fields, CborReader& in) {
  Features features;
  EK_TRY_ASSIGN(const bool present, fields.Has(kFeatures));
  if (!present) return features;
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  if (count == 0) return Malformed("licence: no feature at all");
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const std::string_view text, in.ReadText());
    EK_TRY_ASSIGN(const auto feature, InlineString<kMaxFeatureLength>::From(text));
    EK_TRY(features.PushBack(feature));
  }
  return features;
}

template <typename Number>
Result<std::optional<Number>> ReadBound(Claim claim, FieldReader& fields, CborReader& in) {
  EK_TRY_ASSIGN(const bool present, fields.Has(claim));
  if (!present) return std::optional<Number>();
  EK_TRY_ASSIGN(const std::uint64_t number, in.ReadUnsigned());
  if (number > std::numeric_limits<Number>::max()) return Malformed("licence: bound on calls");
  return std::optional(static_cast<Number>(number));
}

// Last in the map, for their keys are.
Status ReadOptionalTerms(FieldReader& fields, CborReader& in, LicenceTerms& terms) {
  EK_TRY_ASSIGN(terms.allows_export, ReadYes(kExport, fields, in));
  EK_TRY_ASSIGN(terms.call_budget, ReadBound<std::uint64_t>(kCallBudget, fields, in));
  EK_TRY_ASSIGN(terms.calls_per_minute, ReadBound<std::uint32_t>(kCallsPerMinute, fields, in));
  EK_TRY_ASSIGN(terms.lease, ReadLease(fields, in));
  EK_TRY_ASSIGN(terms.features, ReadFeatures(fields, in));
  EK_TRY_ASSIGN(terms.processor_only, ReadYes(kProcessorOnly, fields, in));
  EK_TRY_ASSIGN(terms.transferable, ReadYes(kTransferable, fields, in));
  return {};
}

std::size_t NumOptionalTerms(const LicenceTerms& terms) {
  return (terms.allows_export ? 1U : 0U) + (terms.call_budget ? 1U : 0U) + (terms.calls_per_minute ? 1U : 0U) +
         (terms.lease ? 1U : 0U) + (terms.features.empty() ? 0U : 1U) + (terms.processor_only ? 1U : 0U) +
         (terms.transferable ? 1U : 0U);
}

Status WriteLease(const Lease& lease, FieldWriter& fields, CborWriter& out) {
  EK_TRY(fields.At(kLease));
  EK_TRY(out.Array(kLeaseNumbers));
  EK_TRY(out.Unsigned(lease.seconds));
  EK_TRY(out.Unsigned(lease.grace_seconds));
  EK_TRY(out.Unsigned(lease.start_charge_seconds));
  EK_TRY(out.Unsigned(std::to_underlying(lease.clock_behind)));
  return out.Unsigned(lease.counted_seconds);
}

Status WriteFeatures(const Features& features, FieldWriter& fields, CborWriter& out) {
  EK_TRY(fields.At(kFeatures));
  EK_TRY(out.Array(features.size()));
  for (const auto& feature : features) EK_TRY(out.Text(feature.view()));
  return {};
}

Status WriteOptionalTerms(const LicenceTerms& terms, FieldWriter& fields, CborWriter& out) {
  if (terms.allows_export) EK_TRY(fields.Unsigned(kExport, kYes));
  if (terms.call_budget) EK_TRY(fields.Unsigned(kCallBudget, *terms.call_budget));
  if (terms.calls_per_minute) EK_TRY(fields.Unsigned(kCallsPerMinute, *terms.calls_per_minute));
  if (terms.lease) EK_TRY(WriteLease(*terms.lease, fields, out));
  if (!terms.features.empty()) EK_TRY(WriteFeatures(terms.features, fields, out));
  if (terms.processor_only) EK_TRY(fields.Unsigned(kProcessorOnly, kYes));
  if (terms.transferable) EK_TRY(fields.Unsigned(kTransferable, kYes));
  return {};
}

Status ReadPublicClaims(FieldReader& fields, CborReader& in, Licence& licence) {
  EK_TRY_ASSIGN(const std::string_view issuer, fields.Text(kIssuer));
  EK_TRY_ASSIGN(licence.issuer, InlineString<63>::From(issuer));
  EK_TRY_ASSIGN(licence.device, ReadDevice(fields));
  EK_TRY_ASSIGN(licence.terms.expires, ReadExpires(fields, in));
  EK_TRY_ASSIGN(licence.terms.not_before, fields.NumberOf<UnixTime>(kNotBefore));
  EK_TRY_ASSIGN(licence.issued_at, fields.NumberOf<UnixTime>(kIssuedAt));
  EK_TRY_ASSIGN(licence.id, fields.IdOf<LicenceId>(kId));
  return {};
}

Status ReadPrivateClaims(FieldReader& fields, Licence& licence) {
  EK_TRY_ASSIGN(licence.product, fields.Product(kProduct));
  EK_TRY_ASSIGN(licence.epoch, fields.NumberOf<Epoch>(kEpoch));
  EK_TRY_ASSIGN(licence.terms.first_sequence, fields.NumberOf<Sequence>(kFirstSequence));
  EK_TRY_ASSIGN(licence.terms.last_sequence, fields.NumberOf<Sequence>(kLastSequence));
  EK_TRY_ASSIGN(licence.terms.isolation_floor, fields.EnumOf<Isolation>(kIsolationFloor));
  EK_TRY_ASSIGN(licence.hpke_suite, fields.Unsigned<std::uint16_t>(kHpkeSuite));
  EK_TRY_ASSIGN(licence.enc, fields.ByteString(kEnc));
  EK_TRY_ASSIGN(licence.wrapped_epoch_key, fields.ByteString(kWrappedEpochKey));
  return {};
}

// Writes the map's head for `key_fields` more fields than the binding, and the binding's but for the optional terms.
Result<FieldWriter> EncodeBindingFields(const Licence& licence, std::size_t key_fields, CborWriter& out) {
  const LicenceTerms& terms = licence.terms;
  const std::size_t pairs = kBindingFields + (terms.expires ? 1 : 0) + NumOptionalTerms(terms) + key_fields;
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, pairs));
  EK_TRY(fields.Text(kIssuer, licence.issuer.view()));
  EK_TRY(fields.Text(kSubject, ToHex(licence.device.view()).view()));
  if (terms.expires) EK_TRY(fields.Unsigned(kExpires, terms.expires->value));
  EK_TRY(fields.Unsigned(kNotBefore, terms.not_before.value));
  EK_TRY(fields.Unsigned(kIssuedAt, licence.issued_at.value));
  EK_TRY(fields.ByteString(kId, licence.id.view()));
  EK_TRY(fields.Text(kProduct, licence.product.view()));
  EK_TRY(fields.Unsigned(kEpoch, licence.epoch.value));
  EK_TRY(fields.Unsigned(kFirstSequence, terms.first_sequence.value));
  EK_TRY(fields.Unsigned(kLastSequence, terms.last_sequence.value));
  EK_TRY(fields.Unsigned(kIsolationFloor, std::to_underlying(terms.isolation_floor)));
  EK_TRY(fields.Unsigned(kHpkeSuite, licence.hpke_suite));
  return fields;
}

}  // namespace

Result<Licence> DecodeLicence(ByteView payload) {
  EK_TRY(CheckLimit(payload, kMaxLicenceSize));
  CborReader in(payload);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  Licence licence;
  EK_TRY(ReadPublicClaims(fields, in, licence));
  EK_TRY(ReadPrivateClaims(fields, licence));
  EK_TRY(ReadOptionalTerms(fields, in, licence.terms));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(licence));
  return licence;
}

Status EncodeLicence(const Licence& licence, CborWriter& out) {
  EK_TRY(Check(licence));
  EK_TRY_ASSIGN(FieldWriter fields, EncodeBindingFields(licence, kKeyFields, out));
  EK_TRY(fields.ByteString(kEnc, licence.enc));
  EK_TRY(fields.ByteString(kWrappedEpochKey, licence.wrapped_epoch_key));
  return WriteOptionalTerms(licence.terms, fields, out);
}

Status EncodeLicenceBinding(const Licence& licence, CborWriter& out) {
  EK_TRY(CheckBinding(licence));
  EK_TRY_ASSIGN(FieldWriter fields, EncodeBindingFields(licence, 0, out));
  return WriteOptionalTerms(licence.terms, fields, out);
}

}  // namespace edgekeep::formats
