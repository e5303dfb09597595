#include "edgekeep/sealing/body.h"

#include "edgekeep/sealing/testing/memory_file.h"
#include "support.h"

namespace edgekeep::sealing {
namespace {

using sealing::testing::MemoryFile;
using sealing::testing::ThreadedWorkers;

constexpr std::size_t kSegment = formats::kSegmentSize;
constexpr std::uint32_t kOffset = 4096;

class Body : public ::testing::Test {
 protected:
  void Seal(std::size_t size) {
    plaintext_ = Pattern(size, 3);
    const auto digest = SealBody(TestProvider(), keys_, plaintext_, two_, {&file_, kOffset});
    EK_ASSERT_OK(digest);
    tags_digest_ = *digest;
  }

  BodyToOpen ToOpen() const { return {&file_, kOffset, plaintext_.size(), tags_digest_}; }

  Status Open(Workers& workers, Buffer& out) {
    out.assign(plaintext_.size(), 0xEE);
    return OpenBody(TestProvider(), keys_, ToOpen(), workers, out);
  }

  // Refused by OpenBody and CheckBody alike, and nothing of the plaintext stays.
  void ExpectRefused(ErrorCode code) {
    Buffer out;
    EK_EXPECT_ERROR(Open(two_, out), code);
    EXPECT_EQ(out, Buffer(plaintext_.size(), 0));
    EK_EXPECT_ERROR(CheckBody(TestProvider(), keys_, ToOpen(), two_), code);
  }

  SegmentKeys keys_ = SegmentKeys::Derive(TestProvider(), DefaultSuite(), RandomKey(), RandomSalt(), Digest()).value();
  ThreadedWorkers two_{2};
  OneWorker one_;
  MemoryFile file_;
  Buffer plaintext_;
  Digest tags_digest_;
};

TEST_F(Body, OpensWhatItSealedWithAnyNumberOfThreads) {
  for (const std::size_t size : {std::size_t{1}, kSegment - 1, kSegment, kSegment + 1, 3 * kSegment + 5}) {
    Seal(size);
    EXPECT_EQ(file_.bytes.size(), kOffset + formats::BodySize(size));
    Buffer out;
    EK_ASSERT_OK(Open(one_, out));
    EXPECT_EQ(out, plaintext_);
    ThreadedWorkers many(7);
    EK_ASSERT_OK(Open(many, out));
    EXPECT_EQ(out, plaintext_);
    EK_ASSERT_OK(CheckBody(TestProvider(), keys_, ToOpen(), two_));
    file_.bytes.clear();
  }
}

TEST_F(Body, RefusesAFlippedByteAnywhere) {
  Seal(2 * kSegment + 40);
  for (std::size_t at = kOffset; at < file_.bytes.size(); at += 700001) {
    file_.bytes[at] ^= 1;
    ExpectRefused(ErrorCode::kDenied);
    file_.bytes[at] ^= 1;
  }
  for (const std::size_t tag_at : {kOffset + kSegment, kOffset + kSegment + 15, file_.bytes.size() - 1}) {
    file_.bytes[tag_at] ^= 0x80;
    ExpectRefused(ErrorCode::kDenied);
    file_.bytes[tag_at] ^= 0x80;
  }
}

TEST_F(Body, RefusesSwappedSegments) {
  Seal(2 * kSegment + 40);
  const auto first = file_.bytes.begin() + kOffset;
  constexpr std::ptrdiff_t kSealed = kSegment + 16;
  std::swap_ranges(first, first + kSealed, first + kSealed);
  ExpectRefused(ErrorCode::kDenied);
}

TEST_F(Body, RefusesATruncatedFile) {
  Seal(kSegment + 40);
  file_.bytes.pop_back();
  ExpectRefused(ErrorCode::kMalformed);
}

// Dropping the last segment and claiming a smaller size does not help: "last" is in the nonce.
TEST_F(Body, RefusesAShorterBodyUnderItsOwnSize) {
  Seal(kSegment + 40);
  plaintext_.resize(kSegment);
  ExpectRefused(ErrorCode::kDenied);
}

// Who knows the key can seal other segments: they open, and only the digest tells. The control is the digest itself.
TEST_F(Body, RefusesAnotherBodyUnderTheSameKeys) {
  Seal(kSegment + 40);
  const Digest signed_digest = tags_digest_;
  const Buffer other = Pattern(kSegment + 40, 77);
  const auto forged = SealBody(TestProvider(), keys_, other, one_, {&file_, kOffset});
  EK_ASSERT_OK(forged);
  tags_digest_ = signed_digest;
  ExpectRefused(ErrorCode::kDenied);
  tags_digest_ = *forged;
  Buffer out;
  EK_ASSERT_OK(Open(two_, out));
  EXPECT_EQ(out, other);
}

TEST_F(Body, RefusesOtherKeys) {
  Seal(40);
  keys_ = SegmentKeys::Derive(TestProvider(), DefaultSuite(), RandomKey(), RandomSalt(), Digest()).value();
  ExpectRefused(ErrorCode::kDenied);
}

TEST_F(Body, PassesOnWhatTheFileSays) {
  Seal(kSegment + 40);
  file_.fail_reads = ErrorCode::kIo;
  ExpectRefused(ErrorCode::kIo);
  file_.room = kOffset + kSegment;
  EK_EXPECT_ERROR(SealBody(TestProvider(), keys_, plaintext_, two_, {&file_, kOffset}), ErrorCode::kNoSpace);
  file_.fail_writes = ErrorCode::kReadOnly;
  EK_EXPECT_ERROR(SealBody(TestProvider(), keys_, plaintext_, two_, {&file_, kOffset}), ErrorCode::kReadOnly);
}

}  // namespace
}  // namespace edgekeep::sealing
