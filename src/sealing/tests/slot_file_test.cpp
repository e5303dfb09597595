#include "edgekeep/sealing/slot_file.h"

#include "edgekeep/sealing/testing/memory_file.h"
#include "support.h"

namespace edgekeep::sealing {
namespace {

using sealing::testing::MemoryFile;
using sealing::testing::ThreadedWorkers;

class SlotFile : public ::testing::Test {
 protected:
  void SetUp() override {
    header_.kind = formats::SlotFileKind::kPrepared;
    header_.product = ProductName::Parse("acme/test").value();
    header_.sequence = {7};
    header_.seal_suite = static_cast<std::uint16_t>(DefaultSuite().id);
    header_.engine_key = formats::EngineKey::Truncated("engine/cpu");
    const auto written = WriteSlotFile(TestProvider(), {header_, key_, plaintext_}, workers_, file_);
    EK_ASSERT_OK(written);
    digests_ = *written;
  }

  SlotFileTrust trust() const { return {key_, digests_.header_digest, digests_.tags_digest}; }

  Result<formats::SlotFileHeader> Open() {
    memory_.assign(plaintext_.size() + 100, 0xEE);
    return OpenSlotFile(TestProvider(), file_, trust(), workers_, memory_);
  }

  void ExpectRefused(ErrorCode code) {
    EK_EXPECT_ERROR(Open(), code);
    EXPECT_EQ(std::search(memory_.begin(), memory_.end(), plaintext_.begin(), plaintext_.begin() + 64), memory_.end());
    EK_EXPECT_ERROR(CheckSlotFile(TestProvider(), file_, trust(), workers_), code);
  }

  formats::SlotFileHeader header_;
  SecretArray<32> key_ = RandomKey();
  Buffer plaintext_ = Pattern(formats::kSegmentSize + 1000, 5);
  ThreadedWorkers workers_{2};
  MemoryFile file_;
  SlotFileDigests digests_;
  Buffer memory_;
};

TEST_F(SlotFile, OpensAsItWasWritten) {
  const auto header = Open();
  EK_ASSERT_OK(header);
  EXPECT_EQ(header->kind, formats::SlotFileKind::kPrepared);
  EXPECT_EQ(header->product.view(), "acme/test");
  EXPECT_EQ(header->engine_key.view(), "engine/cpu");
  EXPECT_EQ(header->plaintext_size, plaintext_.size());
  EXPECT_TRUE(Equal(ByteView(memory_).first(plaintext_.size()), plaintext_));
  EXPECT_EQ(digests_.file_size, file_.bytes.size());
  EK_ASSERT_OK(CheckSlotFile(TestProvider(), file_, trust(), workers_));
}

TEST_F(SlotFile, HoldsNoPlaintext) {
  EXPECT_EQ(std::search(file_.bytes.begin(), file_.bytes.end(), plaintext_.begin(), plaintext_.begin() + 16),
            file_.bytes.end());
}

TEST_F(SlotFile, TwoOfTheSameContentDiffer) {
  MemoryFile other;
  EK_ASSERT_OK(WriteSlotFile(TestProvider(), {header_, key_, plaintext_}, workers_, other));
  EXPECT_FALSE(Equal(ByteView(file_.bytes).last(64), ByteView(other.bytes).last(64)));
}

// Every byte of the front, and bytes all over the body.
TEST_F(SlotFile, RefusesAFlippedByteAnywhere) {
  for (std::size_t at = 0; at < file_.bytes.size(); at += at < 4096 ? 1 : 500009) {
    file_.bytes[at] ^= 1;
    const auto opened = Open();
    ASSERT_FALSE(opened) << at;
    const ErrorCode code = opened.error().code();
    const bool front = at < 4096;
    EXPECT_TRUE(front ? code == ErrorCode::kMalformed || code == ErrorCode::kUnsupported : code == ErrorCode::kDenied)
        << at << " " << NameOf(code);
    file_.bytes[at] ^= 1;
  }
}

TEST_F(SlotFile, RefusesOtherLengths) {
  file_.bytes.push_back(0);
  ExpectRefused(ErrorCode::kMalformed);
  file_.bytes.resize(file_.bytes.size() - 2);
  ExpectRefused(ErrorCode::kMalformed);
  for (const std::size_t length : {4096U, 4095U, 100U, 32U, 31U, 0U}) {
    file_.bytes.resize(length);
    ExpectRefused(ErrorCode::kMalformed);
  }
}

TEST_F(SlotFile, RefusesWhatTheRecordDoesNotName) {
  const SlotFileDigests right = digests_;
  digests_.header_digest.mutable_view()[0] ^= 1;
  ExpectRefused(ErrorCode::kMalformed);
  digests_ = right;
  digests_.tags_digest.mutable_view()[0] ^= 1;
  ExpectRefused(ErrorCode::kDenied);
  digests_ = right;
  key_ = RandomKey();
  ExpectRefused(ErrorCode::kDenied);
}

TEST_F(SlotFile, RefusesTooLittleMemoryBeforeReading) {
  Buffer small(plaintext_.size() - 1, 0xEE);
  EK_EXPECT_ERROR(OpenSlotFile(TestProvider(), file_, trust(), workers_, small), ErrorCode::kNoMemory);
  EXPECT_EQ(small, Buffer(plaintext_.size() - 1, 0xEE));
}

TEST_F(SlotFile, SaysWhenTheDiskIsFullAtAnyPoint) {
  for (const std::uint64_t room : {0U, 4095U, 4096U, 500000U, 1053703U}) {
    MemoryFile full;
    full.room = room;
    EK_EXPECT_ERROR(WriteSlotFile(TestProvider(), {header_, key_, plaintext_}, workers_, full), ErrorCode::kNoSpace);
  }
}

TEST_F(SlotFile, RefusesToWriteWhatItCouldNotRead) {
  header_.seal_suite = 99;
  MemoryFile out;
  EK_EXPECT_ERROR(WriteSlotFile(TestProvider(), {header_, key_, plaintext_}, workers_, out), ErrorCode::kUnsupported);
  header_.seal_suite = static_cast<std::uint16_t>(DefaultSuite().id);
  header_.engine_key = {};
  EK_EXPECT_ERROR(WriteSlotFile(TestProvider(), {header_, key_, plaintext_}, workers_, out), ErrorCode::kMalformed);
  EXPECT_TRUE(out.bytes.empty());
}

}  // namespace
}  // namespace edgekeep::sealing
