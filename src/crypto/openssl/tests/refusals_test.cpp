// What the provider refuses: unknown algorithms, wrong kinds, wrong sizes, bytes that are no key.
#include <gtest/gtest.h>

#include <algorithm>

#include "../../tests/test_provider.h"
#include "../../tests/vectors.h"

namespace edgekeep::crypto::test {
namespace {

constexpr AlgorithmId kUnknown{0x7777};
constexpr AlgorithmId kSignatures[] = {AlgorithmId::kEd25519, AlgorithmId::kEcdsaP256Sha256, AlgorithmId::kMlDsa44,
                                       AlgorithmId::kMlDsa65, AlgorithmId::kMlDsa87};
constexpr AlgorithmId kDhKems[] = {AlgorithmId::kDhKemP256, AlgorithmId::kDhKemP521, AlgorithmId::kDhKemX25519};
constexpr AlgorithmId kMlKems[] = {AlgorithmId::kMlKem768, AlgorithmId::kMlKem1024};
constexpr AlgorithmId kAeads[] = {AlgorithmId::kAes256Gcm, AlgorithmId::kAes128Gcm, AlgorithmId::kChaCha20Poly1305};

template <typename T>
ErrorCode CodeOf(const Result<T>& result) {
  return result ? ErrorCode{} : result.error().code();
}

TEST(Refusals, AlgorithmsOfAnotherKind) {
  ByteVector bytes(64);
  for (const AlgorithmId id : {kUnknown, AlgorithmId::kNone, AlgorithmId::kArgon2id}) {
    EXPECT_EQ(CodeOf(TestProvider().NewHash(id)), ErrorCode::kUnsupported);
    EXPECT_EQ(CodeOf(TestProvider().NewHmac(id, bytes)), ErrorCode::kUnsupported);
    EXPECT_EQ(CodeOf(TestProvider().NewAead(id, bytes)), ErrorCode::kUnsupported);
    EXPECT_EQ(CodeOf(TestProvider().HkdfExtract(id, bytes, bytes, bytes)), ErrorCode::kUnsupported);
    EXPECT_EQ(CodeOf(TestProvider().HkdfExpand(id, bytes, bytes, bytes)), ErrorCode::kUnsupported);
    EXPECT_EQ(CodeOf(TestProvider().PublicKeyOf(id, bytes)), ErrorCode::kUnsupported);
  }
  for (const AlgorithmId id : {kUnknown, AlgorithmId::kNone, AlgorithmId::kAes256Gcm, AlgorithmId::kDhKemP256}) {
    EXPECT_EQ(CodeOf(TestProvider().GenerateSigningKey(id)), ErrorCode::kUnsupported);
    EXPECT_EQ(CodeOf(TestProvider().Sign(id, bytes, bytes)), ErrorCode::kUnsupported);
    EXPECT_EQ(CodeOf(TestProvider().Verify(id, bytes, bytes, bytes)), ErrorCode::kUnsupported);
  }
  for (const AlgorithmId id : {kUnknown, AlgorithmId::kEd25519, AlgorithmId::kMlKem768, AlgorithmId::kMlKem768P256}) {
    EXPECT_EQ(CodeOf(TestProvider().GenerateDhKey(id)), ErrorCode::kUnsupported);
    EXPECT_EQ(CodeOf(TestProvider().Dh(id, bytes, bytes)), ErrorCode::kUnsupported);
    EXPECT_EQ(CodeOf(TestProvider().CheckDhPublicKey(id, bytes)), ErrorCode::kUnsupported);
  }
  for (const AlgorithmId id :
       {kUnknown, AlgorithmId::kEd25519, AlgorithmId::kDhKemX25519, AlgorithmId::kMlKem768P256}) {
    EXPECT_EQ(CodeOf(TestProvider().GenerateKemKey(id)), ErrorCode::kUnsupported);
    EXPECT_EQ(CodeOf(TestProvider().Encapsulate(id, bytes)), ErrorCode::kUnsupported);
    EXPECT_EQ(CodeOf(TestProvider().Decapsulate(id, bytes, bytes)), ErrorCode::kUnsupported);
  }
  EXPECT_EQ(CodeOf(TestProvider().PublicKeyOf(AlgorithmId::kMlKem768P256, bytes)), ErrorCode::kUnsupported);
}

TEST(Refusals, RsaOnlyVerifies) {
  EXPECT_EQ(CodeOf(TestProvider().GenerateSigningKey(AlgorithmId::kRsaPss2048Sha256)), ErrorCode::kUnsupported);
  EXPECT_EQ(CodeOf(TestProvider().Sign(AlgorithmId::kRsaPss2048Sha256, {}, {})), ErrorCode::kUnsupported);
  EXPECT_EQ(CodeOf(TestProvider().PublicKeyOf(AlgorithmId::kRsaPss2048Sha256, {})), ErrorCode::kUnsupported);
}

TEST(Refusals, AeadSizes) {
  for (const AlgorithmId id : kAeads) {
    const std::size_t key_size = FindAlgorithm(id)->secret_size;
    for (std::size_t size = 0; size <= 64; ++size) {
      EXPECT_EQ(CodeOf(TestProvider().NewAead(id, ByteVector(size))),
                size == key_size ? ErrorCode{} : ErrorCode::kBadArgument);
    }
    const auto aead = TestProvider().NewAead(id, ByteVector(key_size)).value();
    const ByteVector nonce(12);
    ByteVector plaintext(5);
    for (const std::size_t size : std::initializer_list<std::size_t>{0, 4, 5, 15, 16, 20, 22}) {
      ByteVector ciphertext(size);
      EXPECT_EQ(CodeOf(aead->Seal(nonce, {}, plaintext, ciphertext)), ErrorCode::kBadArgument);
      EXPECT_EQ(CodeOf(aead->Open(nonce, {}, ciphertext, plaintext)), ErrorCode::kBadArgument);
    }
    ByteVector ciphertext(21);
    for (const std::size_t size : std::initializer_list<std::size_t>{0, 11, 13, 16}) {
      EXPECT_EQ(CodeOf(aead->Seal(ByteVector(size), {}, plaintext, ciphertext)), ErrorCode::kBadArgument);
      EXPECT_EQ(CodeOf(aead->Open(ByteVector(size), {}, ciphertext, plaintext)), ErrorCode::kBadArgument);
    }
  }
}

TEST(Refusals, AeadForgeriesLeaveTheStateUsable) {
  for (const AlgorithmId id : kAeads) {
    const auto aead = TestProvider().NewAead(id, ByteVector(FindAlgorithm(id)->secret_size, 7)).value();
    const ByteVector nonce(12, 1);
    const ByteVector message(100, 0x5a);
    ByteVector sealed(116);
    ASSERT_TRUE(aead->Seal(nonce, AsBytes("aad"), message, sealed));
    for (std::size_t bit = 0; bit < 8 * sealed.size(); bit += 7) {
      ByteVector forged = sealed;
      forged[bit / 8] = static_cast<std::uint8_t>(forged[bit / 8] ^ (1U << (bit % 8)));
      ByteVector opened(100, 0xcc);
      EXPECT_EQ(CodeOf(aead->Open(nonce, AsBytes("aad"), forged, opened)), ErrorCode::kDenied);
      EXPECT_EQ(opened, ByteVector(100));
      ASSERT_TRUE(aead->Open(nonce, AsBytes("aad"), sealed, opened));
      EXPECT_EQ(opened, message);
    }
  }
}

TEST(Refusals, HashStatesEndOnce) {
  ByteVector digest(32);
  for (const auto& state :
       {TestProvider().NewHash(AlgorithmId::kSha256), TestProvider().NewHmac(AlgorithmId::kSha256, {})}) {
    ASSERT_TRUE(state);
    EXPECT_EQ(CodeOf((*state)->Finish(MutableByteView(digest).first(31))), ErrorCode::kBadArgument);
    EXPECT_TRUE((*state)->Update(AsBytes("still open")));
    EXPECT_TRUE((*state)->Finish(digest));
    EXPECT_EQ(CodeOf((*state)->Update({})), ErrorCode::kBadState);
    EXPECT_EQ(CodeOf((*state)->Finish(digest)), ErrorCode::kBadState);
  }
}

TEST(Refusals, HkdfSizes) {
  ByteVector out(255 * 32 + 1);
  const ByteVector prk(32);
  for (const std::size_t size : std::initializer_list<std::size_t>{31, 33, 64}) {
    EXPECT_EQ(CodeOf(TestProvider().HkdfExtract(AlgorithmId::kHkdfSha256, {}, {}, MutableByteView(out).first(size))),
              ErrorCode::kBadArgument);
  }
  EXPECT_TRUE(TestProvider().HkdfExpand(AlgorithmId::kHkdfSha256, prk, {}, MutableByteView(out).first(255 * 32)));
  EXPECT_EQ(CodeOf(TestProvider().HkdfExpand(AlgorithmId::kHkdfSha256, prk, {}, out)), ErrorCode::kBadArgument);
  EXPECT_EQ(CodeOf(TestProvider().HkdfExpand(AlgorithmId::kHkdfSha256, prk, {}, {})), ErrorCode::kBadArgument);
  EXPECT_EQ(CodeOf(TestProvider().HkdfExpand(AlgorithmId::kHkdfSha256, ByteView(prk).first(31), {},
                                             MutableByteView(out).first(1))),
            ErrorCode::kBadArgument);
}

TEST(Refusals, PrivateKeysOfTheWrongLength) {
  for (const AlgorithmId id : kSignatures) {
    const std::size_t right = FindAlgorithm(id)->private_size;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, right - 1, right + 1, std::size_t{4032}}) {
      EXPECT_EQ(CodeOf(TestProvider().Sign(id, ByteVector(size, 1), {})), ErrorCode::kMalformed);
      EXPECT_EQ(CodeOf(TestProvider().PublicKeyOf(id, ByteVector(size, 1))), ErrorCode::kMalformed);
    }
  }
  for (const AlgorithmId id : kDhKems) {
    const Bytes peer = std::move(TestProvider().GenerateDhKey(id)->public_key);
    const std::size_t right = FindAlgorithm(id)->private_size;
    for (const std::size_t size : {std::size_t{0}, right - 1, right + 1}) {
      EXPECT_EQ(CodeOf(TestProvider().Dh(id, ByteVector(size, 1), peer.view())), ErrorCode::kMalformed);
    }
  }
  for (const AlgorithmId id : kMlKems) {
    const ByteVector ciphertext(FindAlgorithm(id)->output_size);
    for (const std::size_t size : std::initializer_list<std::size_t>{0, 32, 63, 65, 2400}) {
      EXPECT_EQ(CodeOf(TestProvider().Decapsulate(id, ByteVector(size, 1), ciphertext)), ErrorCode::kMalformed);
    }
  }
}

TEST(Refusals, PublicKeysOfTheWrongLength) {
  for (const AlgorithmId id : kSignatures) {
    const Algorithm algorithm = FindAlgorithm(id).value();
    const ByteVector sig(algorithm.output_size);
    for (std::size_t size = 0; size < algorithm.public_size + 10U; ++size) {
      if (size == algorithm.public_size) continue;
      EXPECT_EQ(CodeOf(TestProvider().Verify(id, ByteVector(size, 4), {}, sig)), ErrorCode::kMalformed);
    }
  }
  for (const AlgorithmId id : kDhKems) {
    const std::size_t right = FindAlgorithm(id)->public_size;
    for (std::size_t size = 0; size < right + 10; ++size) {
      if (size == right) continue;
      EXPECT_EQ(CodeOf(TestProvider().CheckDhPublicKey(id, ByteVector(size, 4))), ErrorCode::kMalformed);
    }
  }
  for (const AlgorithmId id : kMlKems) {
    const std::size_t right = FindAlgorithm(id)->public_size;
    for (const std::size_t size : {std::size_t{0}, right - 1, right + 1}) {
      EXPECT_EQ(CodeOf(TestProvider().Encapsulate(id, ByteVector(size))), ErrorCode::kMalformed);
    }
  }
}

// n and n + 1 for P-256 (SP 800-186 §3.2.1.3); zero and all ones for both curves.
TEST(Refusals, ScalarsOutOfRange) {
  for (const char* scalar : {"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
                             "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552"}) {
    EXPECT_EQ(CodeOf(TestProvider().PublicKeyOf(AlgorithmId::kDhKemP256, UnHex(scalar))), ErrorCode::kMalformed);
    EXPECT_EQ(CodeOf(TestProvider().Sign(AlgorithmId::kEcdsaP256Sha256, UnHex(scalar), {})), ErrorCode::kMalformed);
  }
  EXPECT_TRUE(TestProvider().PublicKeyOf(AlgorithmId::kDhKemP256,
                                         UnHex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550")));
  for (const AlgorithmId id : {AlgorithmId::kDhKemP256, AlgorithmId::kDhKemP521}) {
    const std::size_t size = FindAlgorithm(id)->private_size;
    const Bytes peer = std::move(TestProvider().GenerateDhKey(id)->public_key);
    for (const std::uint8_t byte : ByteVector{0x00, 0xff}) {
      EXPECT_EQ(CodeOf(TestProvider().PublicKeyOf(id, ByteVector(size, byte))), ErrorCode::kMalformed);
      EXPECT_EQ(CodeOf(TestProvider().Dh(id, ByteVector(size, byte), peer.view())), ErrorCode::kMalformed);
    }
  }
}

TEST(Refusals, PointsThatAreNone) {
  for (const AlgorithmId id : {AlgorithmId::kDhKemP256, AlgorithmId::kDhKemP521}) {
    const KeyPair pair = TestProvider().GenerateDhKey(id).value();
    for (const std::uint8_t form : ByteVector{0x00, 0x02, 0x03, 0x05, 0x06, 0x07}) {
      Bytes other = Bytes::Copy(pair.public_key.view()).value();
      other.mutable_view()[0] = form;
      EXPECT_EQ(CodeOf(TestProvider().CheckDhPublicKey(id, other.view())), ErrorCode::kMalformed);
      EXPECT_EQ(CodeOf(TestProvider().Dh(id, pair.private_key.Reveal(), other.view())), ErrorCode::kMalformed);
    }
    for (std::size_t i = 1; i < pair.public_key.size(); ++i) {
      Bytes other = Bytes::Copy(pair.public_key.view()).value();
      other.mutable_view()[i] ^= 0x10;
      EXPECT_EQ(CodeOf(TestProvider().CheckDhPublicKey(id, other.view())), ErrorCode::kMalformed);
    }
  }
  const KeyPair pair = TestProvider().GenerateSigningKey(AlgorithmId::kEcdsaP256Sha256).value();
  Bytes off = Bytes::Copy(pair.public_key.view()).value();
  off.mutable_view()[64] ^= 1;
  EXPECT_EQ(CodeOf(TestProvider().Verify(AlgorithmId::kEcdsaP256Sha256, off.view(), {}, ByteVector(64, 1))),
            ErrorCode::kMalformed);
}

// FIPS 203 §7.2: a coefficient of q or more is no encapsulation key.
TEST(Refusals, MlKemCoefficientsOutOfRange) {
  for (const AlgorithmId id : kMlKems) {
    const KeyPair pair = TestProvider().GenerateKemKey(id).value();
    EXPECT_TRUE(TestProvider().Encapsulate(id, pair.public_key.view()));
    // 3329 = 0xd01 in the first twelve bits.
    Bytes other = Bytes::Copy(pair.public_key.view()).value();
    other.mutable_view()[0] = 0x01;
    other.mutable_view()[1] = static_cast<std::uint8_t>((other.view()[1] & 0xf0) | 0x0d);
    EXPECT_EQ(CodeOf(TestProvider().Encapsulate(id, other.view())), ErrorCode::kMalformed);
    // 3328 is the largest that is one.
    other.mutable_view()[0] = 0x00;
    EXPECT_TRUE(TestProvider().Encapsulate(id, other.view()));
  }
}

TEST(Refusals, CiphertextsOfTheWrongLength) {
  for (const AlgorithmId id : kMlKems) {
    const KeyPair pair = TestProvider().GenerateKemKey(id).value();
    const std::size_t right = FindAlgorithm(id)->output_size;
    for (const std::size_t size : {std::size_t{0}, right - 1, right + 1}) {
      EXPECT_EQ(CodeOf(TestProvider().Decapsulate(id, pair.private_key.Reveal(), ByteVector(size))),
                ErrorCode::kMalformed);
    }
  }
}

TEST(Refusals, SignaturesOfTheWrongLengthOrWithOneBitChanged) {
  for (const AlgorithmId id : kSignatures) {
    const KeyPair pair = TestProvider().GenerateSigningKey(id).value();
    const Bytes sig = TestProvider().Sign(id, pair.private_key.Reveal(), AsBytes("message")).value();
    ASSERT_TRUE(TestProvider().Verify(id, pair.public_key.view(), AsBytes("message"), sig.view()));
    for (std::size_t size = 0; size < sig.size(); ++size) {
      EXPECT_EQ(CodeOf(TestProvider().Verify(id, pair.public_key.view(), AsBytes("message"), sig.view().first(size))),
                ErrorCode::kBadSignature);
    }
    EXPECT_EQ(CodeOf(TestProvider().Verify(id, pair.public_key.view(), AsBytes("message"), ByteVector(sig.size() + 1))),
              ErrorCode::kBadSignature);
    // Every bit of a short signature, a sample of a long one.
    for (std::size_t bit = 0; bit < 8 * sig.size(); bit += sig.size() > 64 ? 101U : 1U) {
      Bytes changed = Bytes::Copy(sig.view()).value();
      changed.mutable_view()[bit / 8] = static_cast<std::uint8_t>(changed.view()[bit / 8] ^ (1U << (bit % 8)));
      EXPECT_EQ(CodeOf(TestProvider().Verify(id, pair.public_key.view(), AsBytes("message"), changed.view())),
                ErrorCode::kBadSignature)
          << FindAlgorithm(id)->name << " bit " << bit;
    }
  }
}

TEST(Refusals, AnotherAlgorithmsKeyOfTheSameSize) {
  const KeyPair ed25519 = TestProvider().GenerateSigningKey(AlgorithmId::kEd25519).value();
  const Bytes sig =
      TestProvider().Sign(AlgorithmId::kEd25519, ed25519.private_key.Reveal(), AsBytes("message")).value();
  const Bytes other = TestProvider().PublicKeyOf(AlgorithmId::kDhKemX25519, ed25519.private_key.Reveal()).value();
  EXPECT_FALSE(TestProvider().Verify(AlgorithmId::kEd25519, other.view(), AsBytes("message"), sig.view()));
}

}  // namespace
}  // namespace edgekeep::crypto::test
