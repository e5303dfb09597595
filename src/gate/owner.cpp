#include "edgekeep/gate/owner.h"

#include <utility>

#include "fields.h"

namespace edgekeep::gate {
namespace {

// Present ones are not empty.
Result<ByteView> OptionalBytes(CborReader& in, FieldReader& fields, std::int64_t key) {
  EK_TRY_ASSIGN(const bool present, fields.Has(key));
  if (!present) return ByteView();
  EK_TRY_ASSIGN(const ByteView bytes, in.ReadByteString());
  if (bytes.empty()) return Error(ErrorCode::kMalformed, "an empty part");
  return bytes;
}

Status WriteOptional(FieldWriter& fields, std::int64_t key, ByteView bytes) {
  return bytes.empty() ? Status() : fields.ByteString(key, bytes);
}

Result<CredentialRequest> ReadCredentialRequest(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  CredentialRequest request;
  EK_TRY_ASSIGN(request.authority, OptionalBytes(in, fields, 1));
  EK_TRY_ASSIGN(request.csr_attributes, OptionalBytes(in, fields, 2));
  EK_TRY_ASSIGN(request.challenge_password, fields.Text<kMaxChallengePassword>(3));
  EK_TRY(fields.End());
  return request;
}

Result<CredentialAnswer> ReadCredentialAnswer(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  CredentialAnswer answer;
  EK_TRY_ASSIGN(answer.answer, fields.ByteString(1));
  EK_TRY_ASSIGN(answer.others, OptionalBytes(in, fields, 2));
  EK_TRY(fields.End());
  return answer;
}

Result<HeldCertificate> ReadHeld(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  HeldCertificate held;
  EK_TRY_ASSIGN(held.certificate, fields.ByteString(1));
  EK_TRY_ASSIGN(held.not_before.value, fields.Unsigned<std::uint64_t>(2));
  EK_TRY_ASSIGN(held.not_after.value, fields.Unsigned<std::uint64_t>(3));
  EK_TRY_ASSIGN(held.renew_from.value, fields.Unsigned<std::uint64_t>(4));
  EK_TRY_ASSIGN(held.now.value, fields.Unsigned<std::uint64_t>(5));
  EK_TRY(fields.End());
  return held;
}

Status WriteHeld(const HeldCertificate& held, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 5));
  EK_TRY(fields.ByteString(1, held.certificate));
  EK_TRY(fields.Unsigned(2, held.not_before.value));
  EK_TRY(fields.Unsigned(3, held.not_after.value));
  EK_TRY(fields.Unsigned(4, held.renew_from.value));
  return fields.Unsigned(5, held.now.value);
}

constexpr std::int64_t kAuthority = 1, kRequested = 2, kHeld = 3, kChanges = 4;

Result<CredentialFacts> ReadCredentialFacts(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  CredentialFacts facts;
  EK_TRY_ASSIGN(const ByteView authority, OptionalBytes(in, fields, kAuthority));
  if (!authority.empty()) {
    EK_TRY_ASSIGN(facts.authority, Digest::From(authority));
  }
  EK_TRY_ASSIGN(facts.requested, fields.Flag(kRequested));
  EK_TRY_ASSIGN(const bool has_certificate, fields.Has(kHeld));
  if (has_certificate) {
    EK_TRY_ASSIGN(facts.held, ReadHeld(in));
  }
  EK_TRY_ASSIGN(facts.changes, fields.Unsigned<std::uint64_t>(kChanges));
  EK_TRY(fields.End());
  return facts;
}

constexpr std::size_t kSha256Size = 32, kSha384Size = 48, kSignatureSize = 64;

bool IsTranscriptHash(ByteView hash) {
  return hash.empty() || hash.size() == kSha256Size || hash.size() == kSha384Size;
}

bool IsTlsIdentity(std::uint8_t identity) {
  return identity == std::to_underlying(TlsIdentity::kFactory) || identity == std::to_underlying(TlsIdentity::kOwner);
}

Result<TlsIdentityRequest> ReadTlsIdentityRequest(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  TlsIdentityRequest request;
  EK_TRY_ASSIGN(const auto identity, fields.Unsigned<std::uint8_t>(1));
  EK_TRY_ASSIGN(request.transcript_hash, OptionalBytes(in, fields, 2));
  EK_TRY(fields.End());
  if (!IsTlsIdentity(identity)) return Error(ErrorCode::kMalformed, "TLS identity");
  if (!IsTranscriptHash(request.transcript_hash)) return Error(ErrorCode::kMalformed, "transcript hash");
  request.identity = static_cast<TlsIdentity>(identity);
  return request;
}

Result<TlsIdentityAnswer> ReadTlsIdentityAnswer(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  TlsIdentityAnswer answer;
  EK_TRY(fields.At(1));
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const ByteView certificate, in.ReadByteString());
    if (certificate.empty()) return Error(ErrorCode::kMalformed, "an empty certificate");
    EK_TRY(answer.certificates.PushBack(certificate));
  }
  EK_TRY_ASSIGN(answer.signature, OptionalBytes(in, fields, 2));
  EK_TRY(fields.End());
  if (answer.certificates.empty()) return Error(ErrorCode::kMalformed, "TLS identity without a certificate");
  if (answer.signature.empty() || answer.signature.size() == kSignatureSize) return answer;
  return Error(ErrorCode::kMalformed, "signature");
}

}  // namespace

Result<CredentialRequest> DecodeCredentialRequest(ByteView body) {
  return DecodeWhole(body, ReadCredentialRequest);
}

Status EncodeCredentialRequest(const CredentialRequest& request, CborWriter& out) {
  const std::size_t pairs = 1U + (request.authority.empty() ? 0U : 1U) + (request.csr_attributes.empty() ? 0U : 1U);
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, pairs));
  EK_TRY(WriteOptional(fields, 1, request.authority));
  EK_TRY(WriteOptional(fields, 2, request.csr_attributes));
  return fields.Text(3, request.challenge_password.view());
}

Result<CredentialAnswer> DecodeCredentialAnswer(ByteView body) {
  return DecodeWhole(body, ReadCredentialAnswer);
}

Status EncodeCredentialAnswer(const CredentialAnswer& answer, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, answer.others.empty() ? 1 : 2));
  EK_TRY(fields.ByteString(1, answer.answer));
  return WriteOptional(fields, 2, answer.others);
}

Result<CredentialFacts> DecodeCredentialFacts(ByteView body) {
  return DecodeWhole(body, ReadCredentialFacts);
}

Status EncodeCredentialFacts(const CredentialFacts& facts, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2U + (facts.authority ? 1U : 0U) + (facts.held ? 1U : 0U)));
  if (facts.authority) EK_TRY(fields.ByteString(kAuthority, facts.authority->view()));
  EK_TRY(fields.Flag(kRequested, facts.requested));
  if (facts.held) {
    EK_TRY(fields.At(kHeld));
    EK_TRY(WriteHeld(*facts.held, out));
  }
  return fields.Unsigned(kChanges, facts.changes);
}

Result<TlsIdentityRequest> DecodeTlsIdentityRequest(ByteView body) {
  return DecodeWhole(body, ReadTlsIdentityRequest);
}

Status EncodeTlsIdentityRequest(const TlsIdentityRequest& request, CborWriter& out) {
  if (!IsTranscriptHash(request.transcript_hash)) return Error(ErrorCode::kMalformed, "transcript hash");
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, request.transcript_hash.empty() ? 1 : 2));
  EK_TRY(fields.Unsigned(1, std::to_underlying(request.identity)));
  return WriteOptional(fields, 2, request.transcript_hash);
}

Result<TlsIdentityAnswer> DecodeTlsIdentityAnswer(ByteView body) {
  return DecodeWhole(body, ReadTlsIdentityAnswer);
}

Status EncodeTlsIdentityAnswer(const TlsIdentityAnswer& answer, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, answer.signature.empty() ? 1 : 2));
  EK_TRY(fields.At(1));
  EK_TRY(out.Array(answer.certificates.size()));
  for (const ByteView certificate : answer.certificates) EK_TRY(out.ByteString(certificate));
  return WriteOptional(fields, 2, answer.signature);
}

}  // namespace edgekeep::gate
