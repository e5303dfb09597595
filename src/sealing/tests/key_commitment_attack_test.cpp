// AES-GCM does not commit to its key: whoever chooses two keys can make one ciphertext that opens under both, to
// different plaintexts. The attack is built here; the control shows that the segments alone accept it.
#include <array>

#include "support.h"

namespace edgekeep::sealing {
namespace {

constexpr std::size_t kBlock = 16;
using Block = std::array<std::uint8_t, kBlock>;

void Add(Block& a, const Block& b) {
  for (std::size_t i = 0; i < kBlock; ++i) a[i] = static_cast<std::uint8_t>(a[i] ^ b[i]);
}

bool BitOf(const Block& block, std::size_t bit) {
  return (block[bit / 8] >> (bit % 8) & 1) != 0;
}

Block UnitBlock(std::size_t bit) {
  Block block{};
  block[bit / 8] = static_cast<std::uint8_t>(1U << (bit % 8));
  return block;
}

class OneKey {
 public:
  explicit OneKey(const SecretArray<32>& file_key, const formats::Salt& salt)
      : keys_(SegmentKeys::Derive(TestProvider(), DefaultSuite(), file_key, salt, Digest{}).value()),
        cipher_(SegmentCipher::Create(TestProvider(), keys_).value()) {
    keystream_ = SealBlock({}).first;
  }

  // The tag that belongs to `ciphertext`: the plaintext is whatever this key makes of it.
  Block TagOf(Block ciphertext) {
    Add(ciphertext, keystream_);
    return SealBlock(ciphertext).second;
  }

  SegmentCipher& cipher() { return cipher_; }

 private:
  std::pair<Block, Block> SealBlock(const Block& plaintext) {
    std::array<std::uint8_t, 2 * kBlock> sealed{};
    EXPECT_TRUE(cipher_.Seal(0, true, plaintext, sealed));
    std::pair<Block, Block> parts;
    std::copy_n(sealed.begin(), kBlock, parts.first.begin());
    std::copy_n(sealed.begin() + kBlock, kBlock, parts.second.begin());
    return parts;
  }

  SegmentKeys keys_;
  SegmentCipher cipher_;
  Block keystream_{};
};

// Gauss elimination over GF(2): the x with sum of x_i * columns[i] = target.
Block Solve(std::array<Block, 128> columns, Block target) {
  std::array<Block, 128> combination;
  for (std::size_t i = 0; i < 128; ++i) combination[i] = UnitBlock(i);
  Block solution{};
  std::size_t used = 0;
  for (std::size_t bit = 0; bit < 128; ++bit) {
    std::size_t pivot = used;
    while (pivot < 128 && !BitOf(columns[pivot], bit)) ++pivot;
    if (pivot == 128) continue;
    std::swap(columns[pivot], columns[used]);
    std::swap(combination[pivot], combination[used]);
    for (std::size_t i = used + 1; i < 128; ++i) {
      if (!BitOf(columns[i], bit)) continue;
      Add(columns[i], columns[used]);
      Add(combination[i], combination[used]);
    }
    if (BitOf(target, bit)) {
      Add(target, columns[used]);
      Add(solution, combination[used]);
    }
    ++used;
  }
  return solution;
}

// Both tags are affine in the ciphertext's bits, so is their difference; its zero is the ciphertext wanted.
Block CiphertextWithOneTagUnder(OneKey& a, OneKey& b) {
  Block constant = a.TagOf({});
  Add(constant, b.TagOf({}));
  std::array<Block, 128> columns;
  for (std::size_t i = 0; i < 128; ++i) {
    columns[i] = a.TagOf(UnitBlock(i));
    Add(columns[i], b.TagOf(UnitBlock(i)));
    Add(columns[i], constant);
  }
  return Solve(columns, constant);
}

TEST(KeyCommitmentAttack, OneCiphertextOpensUnderTwoKeysButTheCommitmentRefusesTheSecond) {
  const formats::Salt salt = RandomSalt();
  const SecretArray<32> honest = RandomKey();
  const SecretArray<32> second = RandomKey();
  OneKey a(honest, salt);
  OneKey b(second, salt);

  const Block ciphertext = CiphertextWithOneTagUnder(a, b);
  const Block tag = a.TagOf(ciphertext);
  Buffer segment(ciphertext.begin(), ciphertext.end());
  segment.insert(segment.end(), tag.begin(), tag.end());

  Buffer under_a(kBlock);
  Buffer under_b(kBlock);
  EK_ASSERT_OK(a.cipher().Open(0, true, segment, under_a));
  EK_ASSERT_OK(b.cipher().Open(0, true, segment, under_b));  // the control: AEAD alone accepts it
  EXPECT_NE(under_a, under_b);

  const auto commitment = CommitToKey(TestProvider(), honest, salt).value();
  EK_ASSERT_OK(CheckKeyCommitment(TestProvider(), honest, salt, commitment));
  EK_EXPECT_ERROR(CheckKeyCommitment(TestProvider(), second, salt, commitment), ErrorCode::kDenied);
}

}  // namespace
}  // namespace edgekeep::sealing
