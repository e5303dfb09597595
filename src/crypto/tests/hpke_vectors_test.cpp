// HPKE against the vectors of RFC 9180, of draft-ietf-hpke-pq, and of an independent implementation.
#include "hpke_vectors.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "../hpke_kem.h"
#include "../hpke_schedule.h"
#include "edgekeep/crypto/testing/forwarding_provider.h"
#include "test_provider.h"

namespace edgekeep::crypto::test {
namespace {

constexpr int kExportOnly = 0xffff;

AlgorithmId KemFor(int number) {
  switch (number) {
    case 0x10:
      return AlgorithmId::kDhKemP256;
    case 0x12:
      return AlgorithmId::kDhKemP521;
    case 0x20:
      return AlgorithmId::kDhKemX25519;
    case 0x50:
      return AlgorithmId::kMlKem768P256;
    default:
      return AlgorithmId::kNone;
  }
}

HpkeSuite SuiteOf(const HpkeVector& vector) {
  const AlgorithmId kdf = vector.Number("kdf_id") == 1 ? AlgorithmId::kHkdfSha256 : AlgorithmId::kHkdfSha512;
  constexpr AlgorithmId kAeads[] = {AlgorithmId::kNone, AlgorithmId::kAes128Gcm, AlgorithmId::kAes256Gcm,
                                    AlgorithmId::kChaCha20Poly1305};
  const int aead = vector.Number("aead_id");
  return HpkeSuite{.id = HpkeSuiteId{0},
                   .kem = KemFor(vector.Number("kem_id")),
                   .kdf = kdf,
                   .aead = aead == kExportOnly ? AlgorithmId::kNone : kAeads[aead]};
}

SoftwareHpkeRecipient RecipientOf(const HpkeVector& vector) {
  return SoftwareHpkeRecipient::FromPrivateKey(TestProvider(), KemFor(vector.Number("kem_id")),
                                               SecretBytes::CopyOf(vector.Hex("skRm")).value())
      .value();
}

// Draws a vector's ephemeral keys instead of fresh ones.
class FixedEphemeral final : public ForwardingProvider {
 public:
  FixedEphemeral(const HpkeVector& vector, const HpkeRecipient& recipient)
      : ForwardingProvider(TestProvider()), vector_(vector), recipient_(recipient) {}

  Result<KeyPair> GenerateDhKey(AlgorithmId kem) const override {
    KeyPair pair;
    EK_TRY_ASSIGN(pair.private_key, SecretBytes::CopyOf(vector_.Hex("skEm")));
    EK_TRY_ASSIGN(pair.public_key, PublicKeyOf(kem, pair.private_key.Reveal()));
    return pair;
  }

  Result<Encapsulation> Encapsulate(AlgorithmId, ByteView) const override {
    const ByteVector enc = vector_.Hex("enc");
    Encapsulation made;
    EK_TRY_ASSIGN(made.ciphertext, Bytes::Copy(ByteView(enc).first(enc.size() - 65)));
    EK_TRY_ASSIGN(made.shared_secret, recipient_.DecapsulateMlKem(made.ciphertext.view()));
    return made;
  }

 private:
  const HpkeVector& vector_;
  const HpkeRecipient& recipient_;
};

ByteVector Derive(const HpkeSchedule& schedule, std::string_view label, std::size_t size) {
  ByteVector out(size);
  const bool derived = size == 0 || schedule.Derive(label, out).has_value();
  EXPECT_TRUE(derived);
  return out;
}

// RFC 9180 §5.2: the sequence number goes over the end of the base nonce.
ByteVector NonceFor(ByteVector nonce, std::uint64_t sequence) {
  for (std::size_t i = 0; i < 8; ++i) {
    nonce[nonce.size() - 1 - i] = static_cast<std::uint8_t>(nonce[nonce.size() - 1 - i] ^ (sequence >> (8 * i)));
  }
  return nonce;
}

void CheckEncryption(const HpkeVector& vector, const HpkeEncryption& expected) {
  const auto aead = TestProvider().NewAead(SuiteOf(vector).aead, vector.Hex("key")).value();
  const ByteVector nonce = NonceFor(vector.Hex("base_nonce"), expected.sequence);
  ByteVector sealed(expected.ciphertext.size());
  ASSERT_TRUE(aead->Seal(nonce, expected.aad, expected.plaintext, sealed));
  EXPECT_EQ(sealed, expected.ciphertext);
  ByteVector opened(expected.plaintext.size());
  ASSERT_TRUE(aead->Open(nonce, expected.aad, expected.ciphertext, opened));
  EXPECT_EQ(opened, expected.plaintext);
}

// The first message of a context is what the public functions make and take.
void CheckMessage(const HpkeVector& vector, const SoftwareHpkeRecipient& recipient) {
  const HpkeEncryption& first = vector.encryptions.at(0);
  ASSERT_EQ(first.sequence, 0U);
  const FixedEphemeral provider(vector, recipient);
  const auto sealed =
      HpkeSeal(provider, SuiteOf(vector), vector.Hex("pkRm"), vector.Hex("info"), first.aad, first.plaintext);
  ASSERT_TRUE(sealed);
  EXPECT_TRUE(Equal(sealed->enc.view(), vector.Hex("enc")));
  EXPECT_TRUE(Equal(sealed->ciphertext.view(), first.ciphertext));
  const auto opened = HpkeOpen(TestProvider(), SuiteOf(vector), recipient, vector.Hex("enc"), vector.Hex("info"),
                               first.aad, first.ciphertext);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(std::ranges::equal(opened->Reveal(), first.plaintext));
}

HpkeKdf KdfOf(const HpkeVector& vector) {
  const auto number = [&](const char* name) { return static_cast<std::uint16_t>(vector.Number(name)); };
  return HpkeKdf::ForSuite(TestProvider(), SuiteOf(vector).kdf,
                           {.kem = number("kem_id"), .kdf = number("kdf_id"), .aead = number("aead_id")})
      .value();
}

void CheckSchedule(const HpkeVector& vector, const SecretBytes& shared_secret) {
  const HpkeKdf kdf = KdfOf(vector);
  const HpkeSchedule schedule = HpkeSchedule::Start(kdf, shared_secret.Reveal(), vector.Hex("info")).value();
  EXPECT_EQ(Derive(schedule, "key", vector.Hex("key").size()), vector.Hex("key"));
  EXPECT_EQ(Derive(schedule, "base_nonce", vector.Hex("base_nonce").size()), vector.Hex("base_nonce"));
  const ByteVector exporter = Derive(schedule, "exp", kdf.hash_size());
  EXPECT_EQ(exporter, vector.Hex("exporter_secret"));
  for (const HpkeExport& expected : vector.exports) {
    ByteVector exported(expected.value.size());
    ASSERT_TRUE(kdf.LabeledExpand(exporter, "sec", expected.context, exported));
    EXPECT_EQ(exported, expected.value);
  }
}

struct Counts {
  int setups = 0;
  std::size_t encryptions = 0;
  std::size_t exports = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
};

Counts RunFile(const std::filesystem::path& path) {
  Counts counts;
  for (const HpkeVector& vector : LoadHpkeVectors(path)) {
    SCOPED_TRACE(path.filename().string() + " kem " + vector.fields.at("kem_id") + " kdf " +
                 vector.fields.at("kdf_id") + " aead " + vector.fields.at("aead_id"));
    const SoftwareHpkeRecipient recipient = RecipientOf(vector);
    EXPECT_TRUE(Equal(recipient.public_key(), vector.Hex("pkRm")));
    const HpkeKem kem = FindHpkeKem(KemFor(vector.Number("kem_id"))).value();
    EXPECT_TRUE(CheckEncapsulatedKey(TestProvider(), kem, vector.Hex("enc")));
    const auto shared_secret = HpkeDecapsulate(TestProvider(), kem, recipient, vector.Hex("enc"));
    EXPECT_TRUE(std::ranges::equal(shared_secret.value().Reveal(), vector.Hex("shared_secret")));
    CheckSchedule(vector, *shared_secret);
    for (const HpkeEncryption& encryption : vector.encryptions) CheckEncryption(vector, encryption);
    if (!vector.encryptions.empty()) CheckMessage(vector, recipient);
    ++counts.setups;
    counts.encryptions += vector.encryptions.size();
    counts.exports += vector.exports.size();
  }
  return counts;
}

TEST(HpkeVectors, Rfc9180) {
  EK_NEED_OUTSIDE_VECTORS("hpke");
  EXPECT_EQ(RunFile(OutsideVectors() / "hpke/rfc9180.txt"), (Counts{.setups = 7, .encryptions = 36, .exports = 21}));
}

TEST(HpkeVectors, DraftMlKem768P256) {
  EXPECT_EQ(RunFile(SpecVectors() / "hpke-mlkem768-p256.txt"), (Counts{.setups = 1, .encryptions = 10, .exports = 5}));
}

TEST(HpkeVectors, SuitesByAnIndependentImplementation) {
  EXPECT_EQ(RunFile(SpecVectors() / "hpke-suites.txt"), (Counts{.setups = 3, .encryptions = 3, .exports = 0}));
}

}  // namespace
}  // namespace edgekeep::crypto::test
