#include "edgekeep/formats/evidence.h"

#include "evidence_parts.h"

namespace edgekeep::formats {
namespace {

constexpr std::string_view kProfile = "urn:edgekeep:evidence:1";
constexpr std::uint8_t kUeidRandom = 0x01;  // RFC 9711 §4.2.1
constexpr std::size_t kNumClaims = 10;      // of every anchor
constexpr std::uint8_t kFirstForeignPcr = 24;

// Registered claims (RFC 8392, RFC 9711), and ours, which are for private use.
enum Claim : std::int64_t {
  kIssuedAt = 6,
  kNonce = 10,
  kUeid = 256,
  kEatProfile = 265,
  kAnchor = -65537,
  kLevel = -65538,
  kEvents = -65539,
  kCounters = -65540,
  kPolicies = -65541,
  kReleases = -65542,
  kChip = -65543,
  kPcrs = -65544,
  kStatements = -65545,
};

Status CheckReleases(const Evidence& evidence) {
  std::string_view before;
  for (const ReleaseClaim& release : evidence.releases) {
    EK_TRY(ProductName::Parse(release.product));
    EK_TRY(CheckVersion(release.version));
    if (release.product <= before) return Malformed("releases: order");
    before = release.product;
  }
  return {};
}

Status CheckStatement(const TpmStatementView& statement) {
  if (statement.attest.empty()) return Malformed("a chip's statement: none");
  EK_TRY(CheckLimit(statement.attest, kMaxChipStatement));
  return CheckSize(statement.signature, kTpmSignatureSize, "a chip's statement: signature");
}

Status CheckTpm(const TpmEvidence& tpm) {
  bool is_measured = false;
  for (std::size_t i = 0; i < tpm.pcrs.size(); ++i) {
    const std::uint8_t index = tpm.pcrs[i].index;
    if (index >= kFirstForeignPcr || (i > 0 && index <= tpm.pcrs[i - 1].index)) return Malformed("PCRs: order");
    is_measured = is_measured || index == kMeasuredPcr;
  }
  if (!is_measured) return Malformed("PCRs: the measured one is none of them");
  EK_TRY(CheckStatement(tpm.quote));
  EK_TRY(CheckStatement(tpm.identity));
  return CheckStatement(tpm.counter);
}

Status Check(const Evidence& evidence) {
  EK_TRY(CheckTime(evidence.issued_at));
  EK_TRY(CheckTime(evidence.time_floor));
  EK_TRY(CheckEnum(evidence.anchor, AnchorKind::kOptee));
  EK_TRY(CheckEnum(evidence.level, Isolation::kTrustZone));
  for (const MeasuredEvent& event : evidence.events) EK_TRY(CheckEvent(event));
  EK_TRY(CheckPolicyClaims(evidence.policies.view()));
  EK_TRY(CheckReleases(evidence));
  if (evidence.tpm.has_value() != (evidence.anchor == AnchorKind::kTpm2)) return Malformed("a chip and no tpm2 anchor");
  return evidence.tpm ? CheckTpm(*evidence.tpm) : Status();
}

Result<DeviceId> ReadUeid(FieldReader& fields) {
  EK_TRY_ASSIGN(const ByteView ueid, fields.ByteString(kUeid));
  if (ueid.size() != 1 + DeviceId::kSize || ueid[0] != kUeidRandom) return Malformed("evidence: ueid");
  return DeviceId::From(ueid.subspan(1));
}

Status WriteUeid(const DeviceId& device, FieldWriter& fields) {
  std::array<std::uint8_t, 1 + DeviceId::kSize> ueid;
  ueid[0] = kUeidRandom;
  std::copy(device.view().begin(), device.view().end(), ueid.begin() + 1);
  return fields.ByteString(kUeid, ueid);
}

Status ReadRelease(CborReader& in, ReleaseClaim& release) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY_ASSIGN(release.product, fields.Text(1));
  EK_TRY_ASSIGN(release.version, fields.VersionOf(2));
  EK_TRY_ASSIGN(release.sealed_file, fields.IdOf<SealedFileId>(3));
  EK_TRY_ASSIGN(release.security_epoch, fields.Unsigned<std::uint64_t>(4));
  EK_TRY_ASSIGN(const bool is_prepared, fields.Has(5));
  if (is_prepared) {
    EK_TRY_ASSIGN(release.prepared_form, ReadId<Digest>(in));
  }
  return fields.End();
}

Status WriteRelease(const ReleaseClaim& release, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, release.prepared_form ? 5 : 4));
  EK_TRY(fields.Text(1, release.product));
  EK_TRY(fields.VersionOf(2, release.version));
  EK_TRY(fields.ByteString(3, release.sealed_file.view()));
  EK_TRY(fields.Unsigned(4, release.security_epoch));
  return release.prepared_form ? fields.ByteString(5, release.prepared_form->view()) : Status();
}

Status ReadEvents(CborReader& in, Evidence& evidence) {
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const MeasuredEvent event, ReadEvent(in));
    EK_TRY(evidence.events.PushBack(event));
  }
  return {};
}

Status ReadReleases(CborReader& in, Evidence& evidence) {
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  for (std::size_t i = 0; i < count; ++i) {
    ReleaseClaim release;
    EK_TRY(ReadRelease(in, release));
    EK_TRY(evidence.releases.PushBack(release));
  }
  return {};
}

Status ReadPcrs(CborReader& in, TpmEvidence& tpm) {
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  for (std::size_t i = 0; i < count; ++i) {
    PcrValue pcr;
    EK_TRY(in.ExpectArray(2));
    EK_TRY_ASSIGN(pcr.index, ReadNumber<std::uint8_t>(in));
    EK_TRY_ASSIGN(pcr.value, ReadId<Digest>(in));
    EK_TRY(tpm.pcrs.PushBack(pcr));
  }
  return {};
}

Status ReadStatement(CborReader& in, TpmStatementView& statement) {
  EK_TRY(in.ExpectArray(2));
  EK_TRY_ASSIGN(statement.attest, in.ReadByteString());
  EK_TRY_ASSIGN(statement.signature, in.ReadByteString());
  return {};
}

Status WriteStatement(const TpmStatementView& statement, CborWriter& out) {
  EK_TRY(out.Array(2));
  EK_TRY(out.ByteString(statement.attest));
  return out.ByteString(statement.signature);
}

Status ReadTpm(FieldReader& fields, CborReader& in, TpmEvidence& tpm) {
  EK_TRY(fields.At(kChip));
  EK_TRY_ASSIGN(tpm.chip, ReadChip(in));
  EK_TRY(fields.At(kPcrs));
  EK_TRY(ReadPcrs(in, tpm));
  EK_TRY(fields.At(kStatements));
  EK_TRY(in.ExpectArray(3));
  EK_TRY(ReadStatement(in, tpm.quote));
  EK_TRY(ReadStatement(in, tpm.identity));
  return ReadStatement(in, tpm.counter);
}

Status WriteTpm(const TpmEvidence& tpm, FieldWriter& fields, CborWriter& out) {
  EK_TRY(fields.At(kChip));
  EK_TRY(WriteChip(tpm.chip, out));
  EK_TRY(fields.At(kPcrs));
  EK_TRY(out.Array(tpm.pcrs.size()));
  for (const PcrValue& pcr : tpm.pcrs) {
    EK_TRY(out.Array(2));
    EK_TRY(out.Unsigned(pcr.index));
    EK_TRY(out.ByteString(pcr.value.view()));
  }
  return {};
}

Status ReadClaims(FieldReader& fields, CborReader& in, Evidence& evidence) {
  EK_TRY_ASSIGN(evidence.issued_at, fields.NumberOf<UnixTime>(kIssuedAt));
  EK_TRY_ASSIGN(evidence.nonce, fields.IdOf<AttestationNonce>(kNonce));
  EK_TRY_ASSIGN(evidence.device, ReadUeid(fields));
  EK_TRY_ASSIGN(const std::string_view profile, fields.Text(kEatProfile));
  if (profile != kProfile) return Error(ErrorCode::kUnsupported, "evidence of another profile");
  EK_TRY_ASSIGN(evidence.anchor, fields.EnumOf<AnchorKind>(kAnchor));
  EK_TRY(CheckEnum(evidence.anchor, AnchorKind::kOptee));  // says which claims there are
  EK_TRY_ASSIGN(evidence.level, fields.EnumOf<Isolation>(kLevel));
  EK_TRY(fields.At(kEvents));
  EK_TRY(ReadEvents(in, evidence));
  EK_TRY(fields.At(kCounters));
  EK_TRY(in.ExpectArray(2));
  EK_TRY_ASSIGN(evidence.state_counter, in.ReadUnsigned());
  EK_TRY_ASSIGN(evidence.time_floor.value, in.ReadUnsigned());
  EK_TRY(fields.At(kPolicies));
  EK_TRY_ASSIGN(evidence.policies, ReadPolicyClaims(in));
  EK_TRY(fields.At(kReleases));
  return ReadReleases(in, evidence);
}

Status WriteClaims(const Evidence& evidence, FieldWriter& fields, CborWriter& out) {
  EK_TRY(fields.Unsigned(kIssuedAt, evidence.issued_at.value));
  EK_TRY(fields.ByteString(kNonce, evidence.nonce.view()));
  EK_TRY(WriteUeid(evidence.device, fields));
  EK_TRY(fields.Text(kEatProfile, kProfile));
  EK_TRY(fields.Unsigned(kAnchor, std::to_underlying(evidence.anchor)));
  EK_TRY(fields.Unsigned(kLevel, std::to_underlying(evidence.level)));
  EK_TRY(fields.At(kEvents));
  EK_TRY(out.Array(evidence.events.size()));
  for (const MeasuredEvent& event : evidence.events) EK_TRY(WriteEvent(event, out));
  EK_TRY(fields.At(kCounters));
  EK_TRY(out.Array(2));
  EK_TRY(out.Unsigned(evidence.state_counter));
  EK_TRY(out.Unsigned(evidence.time_floor.value));
  EK_TRY(fields.At(kPolicies));
  EK_TRY(WritePolicyClaims(evidence.policies.view(), out));
  EK_TRY(fields.At(kReleases));
  EK_TRY(out.Array(evidence.releases.size()));
  for (const ReleaseClaim& release : evidence.releases) EK_TRY(WriteRelease(release, out));
  return {};
}

}  // namespace

Result<Evidence> DecodeEvidence(ByteView payload) {
  EK_TRY(CheckLimit(payload, kMaxEvidenceClaims));
  CborReader in(payload);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  Result<Evidence> evidence(std::in_place);
  EK_TRY(ReadClaims(fields, in, *evidence));
  if (evidence->anchor == AnchorKind::kTpm2) EK_TRY(ReadTpm(fields, in, evidence->tpm.emplace()));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(*evidence));
  return evidence;
}

Status EncodeEvidenceClaims(const Evidence& evidence, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, kNumClaims + (evidence.tpm ? 2 : 0)));
  EK_TRY(WriteClaims(evidence, fields, out));
  return evidence.tpm ? WriteTpm(*evidence.tpm, fields, out) : Status();
}

Status EncodeEvidence(const Evidence& evidence, CborWriter& out) {
  EK_TRY(Check(evidence));
  if (!evidence.tpm) return EncodeEvidenceClaims(evidence, out);
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, kNumClaims + 3));
  EK_TRY(WriteClaims(evidence, fields, out));
  EK_TRY(WriteTpm(*evidence.tpm, fields, out));
  EK_TRY(fields.At(kStatements));
  EK_TRY(out.Array(3));
  EK_TRY(WriteStatement(evidence.tpm->quote, out));
  EK_TRY(WriteStatement(evidence.tpm->identity, out));
  return WriteStatement(evidence.tpm->counter, out);
}

Result<MeasuredEvent> DecodeMeasuredEvent(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxMeasuredEventSize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(const MeasuredEvent event, ReadEvent(in));
  EK_TRY(in.ExpectEnd());
  return event;
}

Status EncodeMeasuredEvent(const MeasuredEvent& event, CborWriter& out) {
  return WriteEvent(event, out);
}

}  // namespace edgekeep::formats
