// kRequestCredential, kInstallCredential, kShowCredential: whoever carries requests to an owner's EST server, and its
// answers back, decides nothing.
#include "owner_credential.h"

#include <algorithm>

#include "edgekeep/base/hex.h"
#include "edgekeep/formats/attestation.h"
#include "edgekeep/formats/labels.h"
#include "edgekeep/formats/owner_credential.h"
#include "handlers.h"

namespace edgekeep::keep {
namespace {

using MaybeOwner = std::optional<StoredOwner>;

Result<Bytes> SealSalt(KeepState& state, ByteView authority, const SecretArray<32>& salt) {
  EK_TRY_ASSIGN(const SecretBytes secret, SecretBytes::CopyOf(salt.Reveal()));
  return state.vault.SealSecret(formats::label::kOwnerSalt, authority, secret);
}

Result<SecretArray<32>> OpenSalt(KeepState& state, ByteView authority, ByteView sealed) {
  EK_TRY_ASSIGN(const SecretBytes secret, state.vault.OpenSecret(formats::label::kOwnerSalt, authority, sealed));
  return SecretArray<32>::CopyOf(secret.Reveal().first<32>());
}

// The serial number that a device has in certificates, of its maker's as of its owner's.
InlineString<128> SerialOf(const KeepState& state) {
  return ToHex(state.device->id().view());
}

// Whose certificate is to count: who is the owner already, or, while none is, whoever is named.
Result<ByteView> AuthorityFor(const MaybeOwner& owner, ByteView named) {
  const ByteView authority = owner ? owner->record.authority : ByteView();
  if (authority.empty() && named.empty())
    return Error(ErrorCode::kNotFound, "this device has no owner yet: name their authority");
  if (authority.empty() || named.empty()) return authority.empty() ? named : authority;
  if (!OwnerIsSettled(owner->record) || Equal(authority, named)) return named;
  return Error(ErrorCode::kAlreadyExists, "this device has another owner");
}

// A key that a certificate is asked for.
struct AskedKey {
  SecretArray<32> salt;
  Bytes point;
  Bytes renewed;  // the certificate that counts until then; empty: none does
};

Result<Bytes> CertificateOf(const formats::OwnerRecord& record) {
  return record.credential ? Bytes::Copy(record.credential->certificates[0]) : Bytes();
}

Result<AskedKey> MakeKey(KeepState& state) {
  AskedKey key;
  EK_TRY(state.world.provider.Random(key.salt.RevealForWriting()));
  EK_TRY_ASSIGN(key.point, state.world.anchor.OwnerPublicKey(key.salt));
  return key;
}

// The same until it is answered: answers take their time, and asking again costs nothing. It is stored before anybody
// sees a request for it.
Result<AskedKey> KeyToAskFor(KeepState& state, ByteView named) {
  const std::lock_guard lock(state.mutex);
  EK_TRY(state.CheckNotRetiring());
  EK_TRY_ASSIGN(const MaybeOwner owner, ReadOwner(state));
  EK_TRY_ASSIGN(const ByteView authority, AuthorityFor(owner, named));
  const bool is_same = owner && Equal(owner->record.authority, authority);
  if (is_same && owner->record.request) {
    AskedKey key;
    EK_TRY_ASSIGN(key.salt, OpenSalt(state, authority, owner->record.request->salt));
    EK_TRY_ASSIGN(key.point, Bytes::Copy(owner->record.request->key));
    EK_TRY_ASSIGN(key.renewed, CertificateOf(owner->record));
    return key;
  }
  EK_TRY_ASSIGN(AskedKey key, MakeKey(state));
  EK_TRY_ASSIGN(const Bytes sealed, SealSalt(state, authority, key.salt));
  formats::OwnerRecord next{.authority = authority, .credential = {}, .request = {}, .change = {}};
  if (owner) next.change = owner->record.change;
  if (is_same) {
    next.credential = owner->record.credential;
    EK_TRY_ASSIGN(key.renewed, CertificateOf(owner->record));
  }
  next.request = {.salt = sealed.view(), .key = key.point.view()};
  EK_TRY(WriteOwner(state, next));
  state.world.journal.NoteEvent("a key for its owner's certificate was made");
  return key;
}

class AnchorSigner final : public ports::RequestSigner {
 public:
  AnchorSigner(ports::Anchor& anchor, const SecretArray<32>& salt) noexcept : anchor_(&anchor), salt_(&salt) {}

  Result<Bytes> Sign(ByteView message) override { return anchor_->SignWithOwnerKey(*salt_, message); }

 private:
  ports::Anchor* anchor_;
  const SecretArray<32>* salt_;
};

// Under no other nonce than a challenge's: an activation is for whoever enrols the chip.
Result<Bytes> EvidenceFor(KeepState& state, ByteView challenge) {
  if (challenge.empty()) return Bytes();
  EK_TRY(formats::DecodeChallenge(challenge));
  return Attest(state, challenge);
}

Result<ports::CertificateChain> Judge(KeepState& state, const formats::OwnerRecord& record,
                                      const gate::CredentialAnswer& answer) {
  EK_TRY_ASSIGN(const UnixTime now, state.clock.Now());
  return state.world.certificates->Judge({.answer = answer.answer,
                                          .others = answer.others,
                                          .authority = record.authority,
                                          .key = record.request->key,
                                          .serial = SerialOf(state).view(),
                                          .now = now});
}

// A third of a certificate's life is left for the next one.
UnixTime RenewFrom(const formats::OwnerCredential& credential) {
  const std::uint64_t life = credential.not_after.value - credential.not_before.value;
  return {credential.not_after.value - life / 3};
}

Result<CredentialState> FactsOf(KeepState& state, MaybeOwner owner) {
  CredentialState shown;
  if (!owner) return shown;
  shown.bytes = std::move(owner->bytes);
  const formats::OwnerRecord& record = owner->record;
  shown.facts.changes = record.change ? record.change->number : 0;
  if (record.authority.empty()) return shown;
  EK_TRY_ASSIGN(shown.facts.authority, DigestOf(state, record.authority));
  shown.facts.requested = record.request.has_value();
  if (!record.credential) return shown;
  EK_TRY_ASSIGN(const UnixTime now, state.clock.Now());
  shown.facts.held = {.certificate = record.credential->certificates[0],
                      .not_before = record.credential->not_before,
                      .not_after = record.credential->not_after,
                      .renew_from = RenewFrom(*record.credential),
                      .now = now};
  return shown;
}

}  // namespace

// An empty object is none: a store has no names that are gone.
Result<MaybeOwner> ReadOwner(KeepState& state) {
  Result<Bytes> stored = state.world.store.Read(kOwnerObject, formats::kMaxOwnerRecord);
  if (!stored && stored.error().code() == ErrorCode::kNotFound) return MaybeOwner();
  if (!stored) return stored.error();
  if (stored->empty()) return MaybeOwner();
  StoredOwner owner{*std::move(stored), {}};
  EK_TRY_ASSIGN(owner.record, formats::DecodeOwnerRecord(owner.bytes.view()));
  return MaybeOwner(std::move(owner));
}

Result<Bytes> EncodeOwner(const formats::OwnerRecord& record) {
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(formats::kMaxOwnerRecord));
  CborWriter out(bytes.mutable_view());
  EK_TRY(formats::EncodeOwnerRecord(record, out));
  bytes.Truncate(out.written().size());
  return bytes;
}

Status WriteOwner(KeepState& state, const formats::OwnerRecord& record) {
  EK_TRY_ASSIGN(const Bytes bytes, EncodeOwner(record));
  return state.world.store.Replace(kOwnerObject, bytes.view());
}

bool OwnerIsSettled(const formats::OwnerRecord& record) noexcept {
  const bool handed_over = record.change && record.change->how == formats::OwnerChanged::kHandedOver;
  return record.credential.has_value() || handed_over;
}

Result<ports::OwnerCertificates*> CertificatesOf(KeepState& state) {
  EK_TRY(state.CheckInitialised());
  if (state.world.certificates != nullptr) return state.world.certificates;
  return Error(ErrorCode::kUnsupported, "this keep knows no certificates");
}

Result<Digest> DigestOf(const KeepState& state, ByteView bytes) {
  EK_TRY_ASSIGN(const auto hash, state.world.provider.NewHash(crypto::AlgorithmId::kSha256));
  EK_TRY(hash->Update(bytes));
  Digest digest;
  EK_TRY(hash->Finish(digest.mutable_view()));
  return digest;
}

Result<Bytes> RequestCredential(KeepState& state, const gate::CredentialRequest& request) {
  ports::OwnerCertificates* certificates = nullptr;
  {
    const std::lock_guard lock(state.mutex);
    EK_TRY_ASSIGN(certificates, CertificatesOf(state));
  }
  if (!request.authority.empty()) EK_TRY(certificates->CheckAuthority(request.authority));
  ports::RequestWishes wishes;
  if (!request.csr_attributes.empty()) {
    EK_TRY_ASSIGN(wishes, certificates->ReadWishes(request.csr_attributes));
  }
  if (wishes.challenge_password && request.challenge_password.empty()) {
    return Error(ErrorCode::kBadArgument, "the server wants a challenge password");
  }
  EK_TRY_ASSIGN(const AskedKey key, KeyToAskFor(state, request.authority));
  EK_TRY_ASSIGN(const Bytes evidence, EvidenceFor(state, wishes.challenge.view()));
  AnchorSigner signer(state.world.anchor, key.salt);
  const InlineString<128> serial = SerialOf(state);
  return certificates->MakeRequest({.key = key.point.view(),
                                    .serial = serial.view(),
                                    .renewed = key.renewed.view(),
                                    .challenge_password = request.challenge_password.view(),
                                    .evidence = evidence.view()},
                                   signer);
}

// The old certificate counts until this one does, whatever is cut. A key is answered once.
Result<CredentialState> InstallCredential(KeepState& state, const gate::CredentialAnswer& answer) {
  const std::lock_guard lock(state.mutex);
  EK_TRY(CertificatesOf(state));
  EK_TRY_ASSIGN(const MaybeOwner owner, ReadOwner(state));
  if (!owner || !owner->record.request) return Error(ErrorCode::kBadState, "no certificate was asked for");
  EK_TRY_ASSIGN(const ports::CertificateChain chain, Judge(state, owner->record, answer));
  formats::OwnerRecord next{
      .authority = owner->record.authority, .credential = {}, .request = {}, .change = owner->record.change};
  formats::OwnerCredential& credential = next.credential.emplace();
  credential.salt = owner->record.request->salt;
  credential.not_before = chain.not_before;
  credential.not_after = chain.not_after;
  for (const Bytes& certificate : chain.view()) EK_TRY(credential.certificates.PushBack(certificate.view()));
  EK_TRY(WriteOwner(state, next));
  state.world.journal.NoteEvent("a certificate of its owner's counts");
  EK_TRY_ASSIGN(MaybeOwner stored, ReadOwner(state));
  return FactsOf(state, std::move(stored));
}

Result<CredentialState> ShowCredential(KeepState& state) {
  const std::lock_guard lock(state.mutex);
  EK_TRY(state.CheckInitialised());
  EK_TRY_ASSIGN(MaybeOwner owner, ReadOwner(state));
  return FactsOf(state, std::move(owner));
}

Result<OwnerKey> OpenOwnerKey(KeepState& state) {
  EK_TRY_ASSIGN(MaybeOwner owner, ReadOwner(state));
  if (!owner || !owner->record.credential) return Error(ErrorCode::kNotFound, "no certificate of this device's owner");
  const formats::OwnerCredential& credential = *owner->record.credential;
  EK_TRY_ASSIGN(const UnixTime now, state.clock.Now());
  if (credential.not_after < now) return Error(ErrorCode::kExpired, "the certificate of this device's owner");
  EK_TRY_ASSIGN(SecretArray<32> salt, OpenSalt(state, owner->record.authority, credential.salt));
  return OwnerKey{std::move(owner->bytes), credential, std::move(salt)};
}

// What is damaged is claimed by nobody, and keeps no device from saying the rest.
Status ClaimOwnerKey(KeepState& state, formats::Evidence& evidence) {
  const Result<MaybeOwner> owner = ReadOwner(state);
  if (!owner || !*owner || !(*owner)->record.request) return {};
  EK_TRY_ASSIGN(const Digest key, DigestOf(state, (*owner)->record.request->key));
  return evidence.policies.PushBack({std::to_underlying(formats::ClaimedPolicy::kOwnerKey), 0, key});
}

}  // namespace edgekeep::keep
