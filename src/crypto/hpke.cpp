#include "edgekeep/crypto/hpke.h"

#include <array>

#include "hpke_kem.h"
#include "hpke_schedule.h"

namespace edgekeep::crypto {
namespace {

// The AEAD of an HPKE context, and the nonce of its only message: sequence number 0, so that it is the base nonce.
struct SingleMessage {
  std::unique_ptr<AeadState> aead;
  std::array<std::uint8_t, kAeadNonceSize> nonce{};
};

Result<SingleMessage> Schedule(const Provider& provider, const HpkeSuite& suite, const SecretBytes& shared_secret,
                               ByteView info) {
  EK_TRY_ASSIGN(const HpkeNumbers numbers, NumbersOf(suite));
  EK_TRY_ASSIGN(const Algorithm aead, FindAlgorithm(suite.aead, Kind::kAead));
  EK_TRY_ASSIGN(const HpkeKdf kdf, HpkeKdf::ForSuite(provider, suite.kdf, numbers));
  EK_TRY_ASSIGN(const HpkeSchedule schedule, HpkeSchedule::Start(kdf, shared_secret.Reveal(), info));
  SecretArray<32> key_buffer;
  const MutableByteView key = MutableByteView(key_buffer.RevealForWriting()).first(aead.secret_size);
  SingleMessage message;
  EK_TRY(schedule.Derive("key", key));
  EK_TRY(schedule.Derive("base_nonce", message.nonce));
  EK_TRY_ASSIGN(message.aead, provider.NewAead(suite.aead, key));
  return message;
}

Error Denied() {
  return Error(ErrorCode::kDenied, "HPKE open");
}

}  // namespace

// NOLINTNEXTLINE(readability-function-size): the parameters are RFC 9180's.
Result<HpkeMessage> HpkeSeal(const Provider& provider, const HpkeSuite& suite, ByteView public_key, ByteView info,
                             ByteView aad, ByteView plaintext) {
  EK_TRY(NumbersOf(suite));
  EK_TRY_ASSIGN(const HpkeKem kem, FindHpkeKem(suite.kem));
  EK_TRY_ASSIGN(Encapsulation encapsulation, HpkeEncapsulate(provider, kem, public_key));
  EK_TRY_ASSIGN(const SingleMessage schedule, Schedule(provider, suite, encapsulation.shared_secret, info));
  HpkeMessage message;
  EK_TRY_ASSIGN(message.ciphertext, Bytes::Allocate(plaintext.size() + kAeadTagSize));
  EK_TRY(schedule.aead->Seal(schedule.nonce, aad, plaintext, message.ciphertext.mutable_view()));
  message.enc = std::move(encapsulation.ciphertext);
  return message;
}

// NOLINTNEXTLINE(readability-function-size): the parameters are RFC 9180's.
Result<SecretBytes> HpkeOpen(const Provider& provider, const HpkeSuite& suite, const HpkeRecipient& recipient,
                             ByteView enc, ByteView info, ByteView aad, ByteView ciphertext) {
  EK_TRY(NumbersOf(suite));
  EK_TRY_ASSIGN(const HpkeKem kem, FindHpkeKem(suite.kem));
  if (recipient.public_key().size() != kem.algorithm.public_size) {
    return Error(ErrorCode::kBadArgument, "HPKE recipient of another KEM");
  }
  if (ciphertext.size() < kAeadTagSize) return Error(ErrorCode::kMalformed, "HPKE ciphertext size");
  EK_TRY(CheckEncapsulatedKey(provider, kem, enc));
  // From here on the private key is in use: every failure looks the same.
  const auto shared_secret = HpkeDecapsulate(provider, kem, recipient, enc);
  if (!shared_secret) return Denied();
  const auto schedule = Schedule(provider, suite, *shared_secret, info);
  auto plaintext = SecretBytes::Allocate(ciphertext.size() - kAeadTagSize);
  if (!schedule || !plaintext ||
      !schedule->aead->Open(schedule->nonce, aad, ciphertext, plaintext->RevealForWriting())) {
    return Denied();
  }
  return plaintext;
}

}  // namespace edgekeep::crypto
