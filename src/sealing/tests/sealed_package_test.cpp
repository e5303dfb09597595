#include "edgekeep/sealing/sealed_package.h"

#include "edgekeep/sealing/testing/sealed_file_builder.h"
#include "small_seal.h"
#include "support.h"

namespace edgekeep::sealing {
namespace {

using sealing::testing::BuildSealedFile;
using sealing::testing::BuiltSealedFile;
using sealing::testing::ThreadedWorkers;

class SealedPackage : public ::testing::Test {
 protected:
  void SetUp() override { BuildSealedFile(TestProvider(), plaintext_, built_); }

  Result<OpenedPackage> Open() {
    memory_.assign(plaintext_.size() + 100, 0xEE);
    return OpenSealedFile(TestProvider(), built_.file, built_.trust(), workers_, memory_);
  }

  void ExpectRefused(ErrorCode code) {
    EK_EXPECT_ERROR(Open(), code);
    EXPECT_EQ(std::search(memory_.begin(), memory_.end(), plaintext_.begin(), plaintext_.begin() + 64), memory_.end());
  }

  Buffer plaintext_ = Pattern(formats::kSegmentSize + 1000, 5);
  BuiltSealedFile built_;
  ThreadedWorkers workers_{2};
  Buffer memory_;
};

TEST_F(SealedPackage, Opens) {
  const auto opened = Open();
  EK_ASSERT_OK(opened);
  EXPECT_EQ(opened->product.view(), "acme/test");
  EXPECT_EQ(opened->sequence.value, 7U);
  EXPECT_EQ(opened->plaintext_size, plaintext_.size());
  EXPECT_TRUE(Equal(ByteView(memory_).first(plaintext_.size()), plaintext_));
}

// A file as a publisher makes it, signatures and all.
TEST_F(SealedPackage, OpensWhatAnAuthorSealed) {
  SmallSeal seal;
  seal.Build();
  const TestHolder author;
  built_.file.bytes = seal.SignedBy(author.Keys());
  plaintext_ = seal.plaintext;
  built_.content_key = seal.content_key.key.Clone();
  built_.header_digest = seal.record.header_digest;
  built_.tags_digest = seal.record.tags_digest;
  built_.plaintext_mac = seal.record.plaintext_mac;
  EK_ASSERT_OK(Open());
  EXPECT_TRUE(Equal(ByteView(memory_).first(plaintext_.size()), plaintext_));
}

TEST_F(SealedPackage, RefusesFlippedBytes) {
  // Header bytes; the record's 100 bytes are the verifier's business; the room behind it; the body.
  for (const std::size_t at : {std::size_t{0}, std::size_t{20}, std::size_t{40}, std::size_t{built_.body_offset - 1}}) {
    built_.file.bytes[at] ^= 1;
    ExpectRefused(ErrorCode::kMalformed);
    built_.file.bytes[at] ^= 1;
  }
  for (std::size_t at = built_.body_offset; at < built_.file.bytes.size(); at += 500009) {
    built_.file.bytes[at] ^= 1;
    ExpectRefused(ErrorCode::kDenied);
    built_.file.bytes[at] ^= 1;
  }
}

TEST_F(SealedPackage, RefusesWhatTheAuthorDidNotSign) {
  built_.plaintext_mac.mutable_view()[5] ^= 1;
  ExpectRefused(ErrorCode::kDenied);
  built_.plaintext_mac.mutable_view()[5] ^= 1;
  built_.tags_digest.mutable_view()[5] ^= 1;
  ExpectRefused(ErrorCode::kDenied);
  built_.tags_digest.mutable_view()[5] ^= 1;
  built_.content_key = RandomKey();
  ExpectRefused(ErrorCode::kDenied);
}

TEST_F(SealedPackage, RefusesTruncation) {
  for (const std::size_t length : {built_.file.bytes.size() - 1, std::size_t{built_.body_offset}, std::size_t{31}}) {
    built_.file.bytes.resize(length);
    ExpectRefused(ErrorCode::kMalformed);
  }
}

TEST_F(SealedPackage, RefusesTooLittleMemory) {
  Buffer small(plaintext_.size() - 1);
  EK_EXPECT_ERROR(OpenSealedFile(TestProvider(), built_.file, built_.trust(), workers_, small), ErrorCode::kNoMemory);
}

}  // namespace
}  // namespace edgekeep::sealing
