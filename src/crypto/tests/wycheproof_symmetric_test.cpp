// Wycheproof: AEADs, HMAC and HKDF through the Provider.
#include <gtest/gtest.h>

#include "test_provider.h"
#include "vectors.h"

namespace edgekeep::crypto::test {
namespace {

struct AeadCounts {
  int valid = 0;
  int invalid = 0;
  int other_key_size = 0;
  int other_nonce_size = 0;
  friend bool operator==(const AeadCounts&, const AeadCounts&) = default;
};

void PrintTo(const AeadCounts& counts, std::ostream* out) {
  *out << counts.valid << " valid, " << counts.invalid << " invalid, " << counts.other_key_size << " other keys, "
       << counts.other_nonce_size << " other nonces";
}

AlgorithmId AeadFor(const std::string& file_name, std::size_t key_bits) {
  if (file_name == "chacha20_poly1305_test.json") return AlgorithmId::kChaCha20Poly1305;
  return key_bits == 128 ? AlgorithmId::kAes128Gcm : AlgorithmId::kAes256Gcm;
}

void ExpectBoth(AeadState& aead, const WycheproofCase& test, const ByteVector& sealed) {
  const ByteVector message = test.Hex("msg");
  ByteVector made(sealed.size());
  EXPECT_TRUE(aead.Seal(test.Hex("iv"), test.Hex("aad"), message, made));
  EXPECT_EQ(made, sealed);
  ByteVector opened(message.size());
  EXPECT_TRUE(aead.Open(test.Hex("iv"), test.Hex("aad"), sealed, opened));
  EXPECT_EQ(opened, message);
  ByteVector in_place = sealed;
  EXPECT_TRUE(aead.Open(test.Hex("iv"), test.Hex("aad"), in_place, MutableByteView(in_place).first(message.size())));
  EXPECT_TRUE(std::equal(message.begin(), message.end(), in_place.begin()));
}

// By pieces of `step` bytes, in place.
Status OpenByPieces(AeadState& aead, const WycheproofCase& test, ByteVector& bytes, std::size_t step) {
  EK_TRY(aead.StartOpen(test.Hex("iv"), test.Hex("aad")));
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    const MutableByteView piece = MutableByteView(bytes).subspan(at, std::min(step, bytes.size() - at));
    EK_TRY(aead.OpenPiece(piece, piece));
  }
  return aead.FinishOpen(test.Hex("tag"));
}

// However it is cut, what comes out and the verdict are the same.
void ExpectByPieces(AeadState& aead, const WycheproofCase& test) {
  for (const std::size_t step : {std::size_t{1}, std::size_t{16}, std::size_t{37}}) {
    ByteVector bytes = test.Hex("ct");
    const Status status = OpenByPieces(aead, test, bytes, step);
    if (test.verdict == Verdict::kValid) {
      EXPECT_TRUE(status);
      EXPECT_EQ(bytes, test.Hex("msg"));
    } else {
      ASSERT_FALSE(status);
      EXPECT_EQ(status.error().code(), ErrorCode::kDenied);
    }
  }
}

// Nothing may come out of a forged ciphertext, not even what the buffer held before.
void ExpectDenied(AeadState& aead, const WycheproofCase& test, const ByteVector& sealed) {
  ByteVector opened(test.Hex("msg").size(), 0xcc);
  const Status status = aead.Open(test.Hex("iv"), test.Hex("aad"), sealed, opened);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::kDenied);
  EXPECT_EQ(opened, ByteVector(opened.size(), 0));
}

void ExpectNonceRefused(AeadState& aead, const WycheproofCase& test, const ByteVector& sealed) {
  ByteVector made(sealed.size());
  ByteVector opened(test.Hex("msg").size());
  EXPECT_EQ(aead.Seal(test.Hex("iv"), test.Hex("aad"), test.Hex("msg"), made).error().code(), ErrorCode::kBadArgument);
  EXPECT_EQ(aead.Open(test.Hex("iv"), test.Hex("aad"), sealed, opened).error().code(), ErrorCode::kBadArgument);
}

void RunAeadCase(const WycheproofCase& test, AeadState& aead, AeadCounts& counts) {
  ByteVector sealed = test.Hex("ct");
  const ByteVector tag = test.Hex("tag");
  sealed.insert(sealed.end(), tag.begin(), tag.end());
  if (test.Hex("iv").size() != kAeadNonceSize) {
    ++counts.other_nonce_size;
    ExpectNonceRefused(aead, test, sealed);
  } else if (test.verdict == Verdict::kValid) {
    ++counts.valid;
    ExpectBoth(aead, test, sealed);
    ExpectByPieces(aead, test);
  } else {
    ++counts.invalid;
    ExpectDenied(aead, test, sealed);
    ExpectByPieces(aead, test);
  }
}

AeadCounts RunAead(const std::string& file_name) {
  AeadCounts counts;
  for (const WycheproofCase& test : LoadWycheproof(file_name)) {
    SCOPED_TRACE(test.name);
    const auto aead = TestProvider().NewAead(AeadFor(file_name, test.Number("keySize")), test.Hex("key"));
    if (test.Number("keySize") == 192) {
      ++counts.other_key_size;
      EXPECT_EQ(aead.error().code(), ErrorCode::kBadArgument);
    } else {
      RunAeadCase(test, *aead.value(), counts);
    }
  }
  return counts;
}

TEST(Wycheproof, AesGcm) {
  EK_NEED_OUTSIDE_VECTORS("wycheproof");
  EXPECT_EQ(RunAead("aes_gcm_test.json"),
            (AeadCounts{.valid = 79, .invalid = 54, .other_key_size = 103, .other_nonce_size = 80}));
}

TEST(Wycheproof, ChaCha20Poly1305) {
  EK_NEED_OUTSIDE_VECTORS("wycheproof");
  EXPECT_EQ(RunAead("chacha20_poly1305_test.json"),
            (AeadCounts{.valid = 256, .invalid = 60, .other_key_size = 0, .other_nonce_size = 9}));
}

// A truncated tag is the front of the full one.
TEST(Wycheproof, HmacSha256) {
  EK_NEED_OUTSIDE_VECTORS("wycheproof");
  int valid = 0;
  int invalid = 0;
  for (const WycheproofCase& test : LoadWycheproof("hmac_sha256_test.json")) {
    SCOPED_TRACE(test.name);
    const auto mac = TestProvider().NewHmac(AlgorithmId::kSha256, test.Hex("key")).value();
    ASSERT_TRUE(mac->Update(test.Hex("msg")));
    ByteVector tag(32);
    ASSERT_TRUE(mac->Finish(tag));
    tag.resize(test.Number("tagSize") / 8);
    EXPECT_EQ(tag == test.Hex("tag"), test.verdict == Verdict::kValid);
    ++(test.verdict == Verdict::kValid ? valid : invalid);
  }
  EXPECT_EQ(valid, 66);
  EXPECT_EQ(invalid, 108);
}

TEST(Wycheproof, HkdfSha256) {
  EK_NEED_OUTSIDE_VECTORS("wycheproof");
  int valid = 0;
  int invalid = 0;
  for (const WycheproofCase& test : LoadWycheproof("hkdf_sha256_test.json")) {
    SCOPED_TRACE(test.name);
    ByteVector prk(32);
    ASSERT_TRUE(TestProvider().HkdfExtract(AlgorithmId::kHkdfSha256, test.Hex("salt"), test.Hex("ikm"), prk));
    ByteVector output(test.Number("size"));
    const Status status = TestProvider().HkdfExpand(AlgorithmId::kHkdfSha256, prk, test.Hex("info"), output);
    if (test.verdict == Verdict::kValid) {
      ++valid;
      EXPECT_TRUE(status);
      EXPECT_EQ(output, test.Hex("okm"));
    } else {
      ++invalid;
      ASSERT_FALSE(status);
      EXPECT_EQ(status.error().code(), ErrorCode::kBadArgument);
    }
  }
  EXPECT_EQ(valid, 83);
  EXPECT_EQ(invalid, 3);
}

}  // namespace
}  // namespace edgekeep::crypto::test
