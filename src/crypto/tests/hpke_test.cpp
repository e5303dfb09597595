// HPKE's promises: what was sealed opens, and nothing else does.
#include "edgekeep/crypto/hpke.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "edgekeep/base/testing/native_stride.h"
#include "test_provider.h"
#include "vectors.h"

namespace edgekeep::crypto::test {
namespace {

constexpr std::string_view kPlaintext = "thirty-two bytes of content key!";

// Every suite a format may name, and the ones that only vectors need.
constexpr HpkeSuite kSuites[] = {
    {HpkeSuiteId{1}, AlgorithmId::kMlKem768P256, AlgorithmId::kHkdfSha256, AlgorithmId::kAes256Gcm},
    {HpkeSuiteId{2}, AlgorithmId::kMlKem768P256, AlgorithmId::kHkdfSha256, AlgorithmId::kChaCha20Poly1305},
    {HpkeSuiteId{3}, AlgorithmId::kDhKemP256, AlgorithmId::kHkdfSha256, AlgorithmId::kAes256Gcm},
    {HpkeSuiteId{0}, AlgorithmId::kDhKemP521, AlgorithmId::kHkdfSha512, AlgorithmId::kAes256Gcm},
    {HpkeSuiteId{0}, AlgorithmId::kDhKemX25519, AlgorithmId::kHkdfSha256, AlgorithmId::kChaCha20Poly1305},
};

AlgorithmId DhOf(const HpkeSuite& suite) {
  return suite.kem == AlgorithmId::kMlKem768P256 ? AlgorithmId::kDhKemP256 : suite.kem;
}

SoftwareHpkeRecipient NewRecipient(const HpkeSuite& suite) {
  return SoftwareHpkeRecipient::Generate(TestProvider(), suite.kem).value();
}

HpkeMessage SealTo(const HpkeSuite& suite, const HpkeRecipient& recipient) {
  return HpkeSeal(TestProvider(), suite, recipient.public_key(), AsBytes("info"), AsBytes("aad"), AsBytes(kPlaintext))
      .value();
}

Result<SecretBytes> Open(const HpkeSuite& suite, const HpkeRecipient& recipient, ByteView enc, ByteView ciphertext) {
  return HpkeOpen(TestProvider(), suite, recipient, enc, AsBytes("info"), AsBytes("aad"), ciphertext);
}

class Hpke : public testing::TestWithParam<HpkeSuite> {
 protected:
  const HpkeSuite& suite_ = GetParam();
  const SoftwareHpkeRecipient recipient_ = NewRecipient(suite_);
  const HpkeMessage message_ = SealTo(suite_, recipient_);
};

TEST_P(Hpke, OpensWhatWasSealed) {
  const auto opened = Open(suite_, recipient_, message_.enc.view(), message_.ciphertext.view());
  ASSERT_TRUE(opened);
  EXPECT_EQ(AsText(opened->Reveal()), kPlaintext);
}

TEST_P(Hpke, OpensTheEmptyMessage) {
  const HpkeMessage empty = HpkeSeal(TestProvider(), suite_, recipient_.public_key(), {}, {}, {}).value();
  const auto opened = HpkeOpen(TestProvider(), suite_, recipient_, empty.enc.view(), {}, {}, empty.ciphertext.view());
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->size(), 0U);
}

TEST_P(Hpke, NeverSealsTwiceAlike) {
  const HpkeMessage again = SealTo(suite_, recipient_);
  EXPECT_FALSE(Equal(again.enc.view(), message_.enc.view()));
  EXPECT_FALSE(Equal(again.ciphertext.view(), message_.ciphertext.view()));
}

// A changed classical point is malformed where it leaves the curve; everything else is denied. The second hybrid suite
// shares the first one's KEM, so that a sample does.
TEST_P(Hpke, RefusesEachChangedByteOfTheEncapsulatedKey) {
  const std::size_t stride = suite_.id == HpkeSuiteId{2} ? 37 : NativeStride(1);
  const std::size_t point_begin = message_.enc.size() - FindAlgorithm(DhOf(suite_))->public_size;
  for (std::size_t i = 0; i < message_.enc.size(); i += stride) {
    Bytes changed = Bytes::Copy(message_.enc.view()).value();
    changed.mutable_view()[i] ^= 0x04;
    const auto opened = Open(suite_, recipient_, changed.view(), message_.ciphertext.view());
    ASSERT_FALSE(opened) << i;
    const bool leaves_curve = i >= point_begin && suite_.kem != AlgorithmId::kDhKemX25519;
    EXPECT_EQ(opened.error().code(), leaves_curve ? ErrorCode::kMalformed : ErrorCode::kDenied) << i;
  }
}

TEST_P(Hpke, DeniesEachChangedByteOfTheCiphertext) {
  for (std::size_t i = 0; i < message_.ciphertext.size(); ++i) {
    Bytes changed = Bytes::Copy(message_.ciphertext.view()).value();
    changed.mutable_view()[i] ^= 0x01;
    EXPECT_EQ(Open(suite_, recipient_, message_.enc.view(), changed.view()).error().code(), ErrorCode::kDenied) << i;
  }
}

TEST_P(Hpke, DeniesOtherInfoAndOtherAad) {
  const auto open_with = [&](std::string_view info, std::string_view aad) {
    return HpkeOpen(TestProvider(), suite_, recipient_, message_.enc.view(), AsBytes(info), AsBytes(aad),
                    message_.ciphertext.view());
  };
  EXPECT_TRUE(open_with("info", "aad"));
  for (const char* info : {"", "inf", "infp", "info "}) {
    EXPECT_EQ(open_with(info, "aad").error().code(), ErrorCode::kDenied) << info;
  }
  for (const char* aad : {"", "aa", "aae", "aad "}) {
    EXPECT_EQ(open_with("info", aad).error().code(), ErrorCode::kDenied) << aad;
  }
}

TEST_P(Hpke, DeniesAnotherRecipient) {
  const SoftwareHpkeRecipient other = NewRecipient(suite_);
  EXPECT_EQ(Open(suite_, other, message_.enc.view(), message_.ciphertext.view()).error().code(), ErrorCode::kDenied);
}

TEST_P(Hpke, RefusesEveryTruncation) {
  for (std::size_t size = 0; size < message_.enc.size(); ++size) {
    EXPECT_EQ(Open(suite_, recipient_, message_.enc.view().first(size), message_.ciphertext.view()).error().code(),
              ErrorCode::kMalformed);
  }
  for (std::size_t size = 0; size < message_.ciphertext.size(); ++size) {
    EXPECT_EQ(Open(suite_, recipient_, message_.enc.view(), message_.ciphertext.view().first(size)).error().code(),
              size < kAeadTagSize ? ErrorCode::kMalformed : ErrorCode::kDenied);
  }
}

TEST_P(Hpke, SealsToNoTruncatedPublicKey) {
  for (std::size_t size = 0; size < recipient_.public_key().size(); ++size) {
    EXPECT_EQ(HpkeSeal(TestProvider(), suite_, recipient_.public_key().first(size), {}, {}, {}).error().code(),
              ErrorCode::kMalformed);
  }
}

// A message's suite is part of its key schedule: naming another one with the same KEM opens nothing.
TEST_P(Hpke, DeniesAnotherSuite) {
  HpkeSuite other = suite_;
  other.aead = suite_.aead == AlgorithmId::kAes256Gcm ? AlgorithmId::kChaCha20Poly1305 : AlgorithmId::kAes256Gcm;
  EXPECT_EQ(Open(other, recipient_, message_.enc.view(), message_.ciphertext.view()).error().code(),
            ErrorCode::kDenied);
  other = suite_;
  other.kdf = suite_.kdf == AlgorithmId::kHkdfSha256 ? AlgorithmId::kHkdfSha512 : AlgorithmId::kHkdfSha256;
  EXPECT_EQ(Open(other, recipient_, message_.enc.view(), message_.ciphertext.view()).error().code(),
            ErrorCode::kDenied);
}

INSTANTIATE_TEST_SUITE_P(Suites, Hpke, testing::ValuesIn(kSuites), [](const testing::TestParamInfo<HpkeSuite>& suite) {
  std::string name = FindAlgorithm(suite.param.kem).value().name;
  name += std::string("_") + FindAlgorithm(suite.param.aead).value().name;
  std::erase(name, '-');
  return name;
});

// A recipient whose hardware misbehaves.
class FaultyRecipient final : public HpkeRecipient {
 public:
  explicit FaultyRecipient(const SoftwareHpkeRecipient& real) : real_(real) {}

  ByteView public_key() const override { return real_.public_key(); }

  Result<SecretBytes> Dh(ByteView peer) const override {
    if (dh_fails) return Error(ErrorCode::kIo, "anchor");
    if (dh_is_zero) return SecretBytes::Allocate(32);
    if (dh_is_empty) return SecretBytes::Allocate(0);
    return real_.Dh(peer);
  }

  Result<SecretBytes> DecapsulateMlKem(ByteView ciphertext) const override {
    if (ml_kem_fails) return Error(ErrorCode::kBusy, "seed");
    return real_.DecapsulateMlKem(ciphertext);
  }

  bool dh_fails = false;
  bool dh_is_zero = false;
  bool dh_is_empty = false;
  bool ml_kem_fails = false;

 private:
  const SoftwareHpkeRecipient& real_;
};

TEST(HpkeRecipientFaults, AreDenied) {
  const HpkeSuite& suite = kSuites[0];
  const SoftwareHpkeRecipient real = NewRecipient(suite);
  const HpkeMessage message = SealTo(suite, real);
  FaultyRecipient recipient(real);
  ASSERT_TRUE(Open(suite, recipient, message.enc.view(), message.ciphertext.view()));
  for (bool FaultyRecipient::* fault : {&FaultyRecipient::dh_fails, &FaultyRecipient::dh_is_zero,
                                        &FaultyRecipient::dh_is_empty, &FaultyRecipient::ml_kem_fails}) {
    recipient.*fault = true;
    EXPECT_EQ(Open(suite, recipient, message.enc.view(), message.ciphertext.view()).error().code(), ErrorCode::kDenied);
    recipient.*fault = false;
  }
}

// The all-zero Diffie-Hellman result is refused even where both sides would agree on it.
TEST(HpkeRecipientFaults, ZeroSharedSecretIsDeniedForX25519) {
  const HpkeSuite& suite = kSuites[4];
  const SoftwareHpkeRecipient real = NewRecipient(suite);
  const HpkeMessage message = SealTo(suite, real);
  FaultyRecipient recipient(real);
  recipient.dh_is_zero = true;
  EXPECT_EQ(Open(suite, recipient, message.enc.view(), message.ciphertext.view()).error().code(), ErrorCode::kDenied);
}

TEST(HpkePoints, LowOrderX25519IsMalformed) {
  const HpkeSuite& suite = kSuites[4];
  const SoftwareHpkeRecipient recipient = NewRecipient(suite);
  const ByteVector ciphertext(48);
  // RFC 7748 and "May the Fourth": the points of order 1, 2, 4 and 8, and non-canonical forms of zero and one.
  for (const char* point : {"0000000000000000000000000000000000000000000000000000000000000000",
                            "0100000000000000000000000000000000000000000000000000000000000000",
                            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    const ByteVector enc = UnHex(point);
    EXPECT_EQ(Open(suite, recipient, enc, ciphertext).error().code(), ErrorCode::kMalformed) << point;
    EXPECT_EQ(HpkeSeal(TestProvider(), suite, enc, {}, {}, {}).error().code(), ErrorCode::kMalformed) << point;
  }
}

TEST(HpkePoints, OffCurveP256IsMalformed) {
  for (const HpkeSuite& suite : {kSuites[0], kSuites[2]}) {
    const SoftwareHpkeRecipient recipient = NewRecipient(suite);
    const HpkeMessage message = SealTo(suite, recipient);
    Bytes enc = Bytes::Copy(message.enc.view()).value();
    enc.mutable_view()[enc.size() - 1] ^= 1;
    EXPECT_EQ(Open(suite, recipient, enc.view(), message.ciphertext.view()).error().code(), ErrorCode::kMalformed);
    Bytes key = Bytes::Copy(recipient.public_key()).value();
    key.mutable_view()[key.size() - 1] ^= 1;
    EXPECT_EQ(HpkeSeal(TestProvider(), suite, key.view(), {}, {}, {}).error().code(), ErrorCode::kMalformed);
  }
}

TEST(HpkePoints, PublicKeyWithACoefficientOutOfRangeIsMalformed) {
  const SoftwareHpkeRecipient recipient = NewRecipient(kSuites[0]);
  Bytes key = Bytes::Copy(recipient.public_key()).value();
  key.mutable_view()[0] = 0xff;
  key.mutable_view()[1] |= 0x0f;
  EXPECT_EQ(HpkeSeal(TestProvider(), kSuites[0], key.view(), {}, {}, {}).error().code(), ErrorCode::kMalformed);
}

TEST(HpkeSuites, PartsThatAreNoHpkeAlgorithmsAreUnsupported) {
  const SoftwareHpkeRecipient recipient = NewRecipient(kSuites[2]);
  const HpkeSuite bad[] = {{HpkeSuiteId{0}, AlgorithmId::kMlKem768, AlgorithmId::kHkdfSha256, AlgorithmId::kAes256Gcm},
                           {HpkeSuiteId{0}, AlgorithmId::kDhKemP256, AlgorithmId::kSha256, AlgorithmId::kAes256Gcm},
                           {HpkeSuiteId{0}, AlgorithmId::kDhKemP256, AlgorithmId::kHkdfSha256, AlgorithmId::kNone}};
  for (const HpkeSuite& suite : bad) {
    EXPECT_EQ(HpkeSeal(TestProvider(), suite, recipient.public_key(), {}, {}, {}).error().code(),
              ErrorCode::kUnsupported);
    EXPECT_EQ(Open(suite, recipient, recipient.public_key(), ByteVector(16)).error().code(), ErrorCode::kUnsupported);
  }
}

TEST(HpkeSuites, ARecipientOfAnotherKemIsABadArgument) {
  const SoftwareHpkeRecipient recipient = NewRecipient(kSuites[2]);
  const HpkeMessage message = SealTo(kSuites[2], recipient);
  EXPECT_EQ(Open(kSuites[0], recipient, message.enc.view(), message.ciphertext.view()).error().code(),
            ErrorCode::kBadArgument);
}

TEST(SoftwareHpkeRecipient, ComesBackFromItsPrivateKey) {
  for (const HpkeSuite& suite : kSuites) {
    const SoftwareHpkeRecipient first = NewRecipient(suite);
    const auto again = SoftwareHpkeRecipient::FromPrivateKey(TestProvider(), suite.kem,
                                                             SecretBytes::CopyOf(first.private_key().Reveal()).value());
    ASSERT_TRUE(again);
    EXPECT_TRUE(Equal(again->public_key(), first.public_key()));
    const HpkeMessage message = SealTo(suite, first);
    EXPECT_TRUE(Open(suite, *again, message.enc.view(), message.ciphertext.view()));
  }
}

TEST(SoftwareHpkeRecipient, RefusesWrongLengthsAndOtherAlgorithms) {
  const auto from = [](AlgorithmId kem, std::size_t size) {
    return SoftwareHpkeRecipient::FromPrivateKey(TestProvider(), kem, SecretBytes::CopyOf(ByteVector(size, 1)).value());
  };
  EXPECT_TRUE(from(AlgorithmId::kMlKem768P256, 96));
  EXPECT_EQ(from(AlgorithmId::kMlKem768P256, 95).error().code(), ErrorCode::kMalformed);
  EXPECT_EQ(from(AlgorithmId::kMlKem768P256, 32).error().code(), ErrorCode::kMalformed);
  EXPECT_EQ(from(AlgorithmId::kDhKemP256, 0).error().code(), ErrorCode::kMalformed);
  EXPECT_EQ(from(AlgorithmId::kMlKem768, 64).error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(from(AlgorithmId::kEd25519, 32).error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(SoftwareHpkeRecipient::Generate(TestProvider(), AlgorithmId::kMlKem1024).error().code(),
            ErrorCode::kUnsupported);
}

TEST(SoftwareHpkeRecipient, HasNoMlKemHalfWhenClassical) {
  EXPECT_EQ(NewRecipient(kSuites[2]).DecapsulateMlKem(ByteVector(1088)).error().code(), ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace edgekeep::crypto::test
