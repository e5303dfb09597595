// The C interface of an owner's credential (edgekeep/client/owner.h).
#include <array>
#include <cstring>
#include <utility>

#include "admin.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/client/owner.h"
#include "edgekeep/gate/owner.h"
#include "identity.h"
#include "options.h"
#include "report.h"

namespace edgekeep::client {
namespace {

struct CredentialRoom {
  void* buffer;
  std::size_t* size;

  bool is_one() const { return size != nullptr && (buffer != nullptr || *size == 0); }
};

ByteView Given(const void* bytes, std::size_t size) {
  return {static_cast<const std::uint8_t*>(bytes), bytes == nullptr ? 0 : size};
}

Outcome CopyTo(ByteView bytes, const CredentialRoom& room) {
  const std::size_t had = std::exchange(*room.size, bytes.size());
  if (bytes.size() > had) return Error(ErrorCode::kTooLarge, "the answer is larger than the buffer");
  if (!bytes.empty()) std::memcpy(room.buffer, bytes.data(), bytes.size());
  return {};
}

Outcome RequestCredentialInto(const ek_client& client, const ek_credential_request* given, const CredentialRoom& room) {
  EK_TRY_ASSIGN(const ek_credential_request asked, ReadSized(given, ek_credential_request EK_CREDENTIAL_REQUEST_INIT));
  gate::CredentialRequest request{.authority = Given(asked.authority, asked.authority_size),
                                  .csr_attributes = Given(asked.csr_attributes, asked.csr_attributes_size),
                                  .challenge_password = {}};
  if (asked.challenge_password != nullptr) {
    EK_TRY_ASSIGN(request.challenge_password,
                  InlineString<gate::kMaxChallengePassword>::From(asked.challenge_password));
  }
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(gate::kMaxBodySize));
  CborWriter body(bytes.mutable_view());
  EK_TRY(gate::EncodeCredentialRequest(request, body));
  EK_TRY_ASSIGN(const Reply reply, AskAdmin(client, {gate::Command::kRequestCredential, body.written(), {}}));
  EK_TRY_ASSIGN(const ByteView made, gate::DecodeBlob(reply.message.frame.body));
  return CopyTo(made, room);
}

ek_credential CredentialOf(const gate::CredentialFacts& facts) {
  ek_credential credential{};
  if (facts.authority) PutText(ToHex(facts.authority->view()).view(), credential.authority);
  credential.requested = facts.requested ? 1 : 0;
  credential.changes = facts.changes;
  if (!facts.held) return credential;
  credential.held = 1;
  credential.not_before = facts.held->not_before.value;
  credential.not_after = facts.held->not_after.value;
  credential.renew_from = facts.held->renew_from.value;
  credential.now = facts.held->now.value;
  return credential;
}

Outcome InstallCredentialInto(const ek_client& client, const gate::CredentialAnswer& answer,
                              ek_credential* credential) {
  EK_TRY(CheckSized(credential));
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(gate::kMaxBodySize));
  CborWriter body(bytes.mutable_view());
  EK_TRY(gate::EncodeCredentialAnswer(answer, body));
  EK_TRY_ASSIGN(const Reply reply, AskAdmin(client, {gate::Command::kInstallCredential, body.written(), {}}));
  EK_TRY_ASSIGN(const gate::CredentialFacts facts, gate::DecodeCredentialFacts(reply.message.frame.body));
  WriteSized(CredentialOf(facts), credential);
  return {};
}

Outcome ShowCredentialInto(const ek_client& client, ek_credential* credential, const CredentialRoom& room) {
  EK_TRY(CheckSized(credential));
  EK_TRY_ASSIGN(const Reply reply, AskAdmin(client, {gate::Command::kShowCredential, {}, {}}));
  EK_TRY_ASSIGN(const gate::CredentialFacts facts, gate::DecodeCredentialFacts(reply.message.frame.body));
  if (room.size != nullptr) EK_TRY(CopyTo(facts.held ? facts.held->certificate : ByteView(), room));
  WriteSized(CredentialOf(facts), credential);
  return {};
}

struct TlsIdentityShown {
  Reply reply;
  gate::TlsIdentityAnswer answer;  // borrows from it
};

Answer<TlsIdentityShown> UseTlsIdentity(const ek_client& client, int identity, ByteView transcript_hash) {
  const bool is_one = identity == EK_TLS_IDENTITY_FACTORY || identity == EK_TLS_IDENTITY_OWNER;
  if (!is_one) return Error(ErrorCode::kBadArgument, "no TLS identity");
  std::array<std::uint8_t, 64> bytes;
  CborWriter body(bytes);
  EK_TRY(gate::EncodeTlsIdentityRequest(
      {.identity = static_cast<gate::TlsIdentity>(identity), .transcript_hash = transcript_hash}, body));
  EK_TRY_ASSIGN(Reply reply, AskAdmin(client, {gate::Command::kUseTlsIdentity, body.written(), {}}));
  EK_TRY_ASSIGN(const auto answer, gate::DecodeTlsIdentityAnswer(reply.message.frame.body));
  return TlsIdentityShown{std::move(reply), answer};
}

Outcome TlsCertificateInto(const ek_client& client, int identity, std::size_t index, const CredentialRoom& room) {
  EK_TRY_ASSIGN(const TlsIdentityShown shown, UseTlsIdentity(client, identity, {}));
  if (index >= shown.answer.certificates.size()) return Error(ErrorCode::kNotFound, "no more certificates");
  return CopyTo(shown.answer.certificates[index], room);
}

Outcome SignTlsInto(const ek_client& client, int identity, ByteView transcript_hash, unsigned char* signature) {
  if (transcript_hash.empty()) return Error(ErrorCode::kBadArgument, "no transcript hash");
  EK_TRY_ASSIGN(const TlsIdentityShown shown, UseTlsIdentity(client, identity, transcript_hash));
  if (shown.answer.signature.empty()) return Error(ErrorCode::kMalformed, "an answer without a signature");
  std::memcpy(signature, shown.answer.signature.data(), EK_TLS_SIGNATURE_SIZE);
  return {};
}

ek_code MissingPointer(ek_error* error) {
  return Report(Error(ErrorCode::kBadArgument, "a pointer is null"), error);
}

}  // namespace
}  // namespace edgekeep::client

namespace ek = edgekeep::client;

// NOLINTBEGIN(readability-identifier-naming): C names
extern "C" ek_code ek_admin_request_credential(const ek_client* client, const ek_credential_request* request,
                                               void* buffer, size_t* size, ek_error* error) {
  const ek::CredentialRoom room{buffer, size};
  if (client == nullptr || request == nullptr || !room.is_one()) return ek::MissingPointer(error);
  return ek::ReportOutcome(ek::RequestCredentialInto(*client, request, room), error);
}

extern "C" ek_code ek_admin_install_credential(const ek_client* client, const void* answer, size_t answer_size,
                                               const void* others, size_t others_size, ek_credential* credential,
                                               ek_error* error) {
  if (client == nullptr || answer == nullptr) return ek::MissingPointer(error);
  return ek::ReportOutcome(
      ek::InstallCredentialInto(*client, {ek::Given(answer, answer_size), ek::Given(others, others_size)}, credential),
      error);
}

extern "C" ek_code ek_admin_show_credential(const ek_client* client, ek_credential* credential, void* buffer,
                                            size_t* size, ek_error* error) {
  const ek::CredentialRoom room{buffer, size};
  const bool wants_none = size == nullptr && buffer == nullptr;
  if (client == nullptr || (!wants_none && !room.is_one())) return ek::MissingPointer(error);
  return ek::ReportOutcome(ek::ShowCredentialInto(*client, credential, room), error);
}

extern "C" ek_code ek_admin_tls_certificate(const ek_client* client, int identity, size_t index, void* buffer,
                                            size_t* size, ek_error* error) {
  const ek::CredentialRoom room{buffer, size};
  if (client == nullptr || !room.is_one()) return ek::MissingPointer(error);
  return ek::ReportOutcome(ek::TlsCertificateInto(*client, identity, index, room), error);
}

extern "C" ek_code ek_admin_sign_tls(const ek_client* client, int identity, const void* transcript_hash,
                                     size_t hash_size, unsigned char signature[EK_TLS_SIGNATURE_SIZE],
                                     ek_error* error) {
  if (client == nullptr || signature == nullptr) return ek::MissingPointer(error);
  return ek::ReportOutcome(ek::SignTlsInto(*client, identity, ek::Given(transcript_hash, hash_size), signature), error);
}

// NOLINTEND(readability-identifier-naming)
