#include "prepare_fixture.h"

namespace edgekeep::prepare {
namespace {

class DiskTrouble : public PrepareTest {
 protected:
  void ExpectRefused(ErrorCode code, const char* what) {
    const auto made = InstallIt();
    ASSERT_FALSE(made) << what;
    EXPECT_STREQ(NameOf(made.error().code()), NameOf(code)) << what << ": " << made.error().where();
  }
};

TEST_F(DiskTrouble, FullDiskIsSaidAtAnyPoint) {
  SealModel();
  ASSERT_TRUE(InstallIt());
  const std::size_t canonical_size = canonical_.file.bytes.size();
  const std::size_t prepared_size = prepared_.file.bytes.size();
  for (const std::size_t room : {std::size_t{0}, std::size_t{100}, canonical_size - 1}) {
    canonical_.file.room = room;
    ExpectRefused(ErrorCode::kNoSpace, "canonical");
  }
  canonical_.file.room = canonical_size;
  for (const std::size_t room : {std::size_t{0}, std::size_t{4097}, prepared_size - 1}) {
    prepared_.file.room = room;
    ExpectRefused(ErrorCode::kNoSpace, "prepared");
  }
  prepared_.file.room = prepared_size;
  EXPECT_TRUE(InstallIt());
}

TEST_F(DiskTrouble, ReadOnlyAndFailingDisksAreSaid) {
  SealModel();
  canonical_.file.fail_writes = ErrorCode::kReadOnly;
  ExpectRefused(ErrorCode::kReadOnly, "canonical");
  canonical_.file.fail_writes.reset();
  prepared_.file.fail_writes = ErrorCode::kIo;
  ExpectRefused(ErrorCode::kIo, "prepared");
  prepared_.file.fail_writes.reset();
  canonical_.fail_sync = true;
  ExpectRefused(ErrorCode::kIo, "sync of canonical");
  canonical_.fail_sync = false;
  prepared_.fail_sync = true;
  ExpectRefused(ErrorCode::kIo, "sync of prepared");
  prepared_.fail_sync = false;
  EXPECT_TRUE(InstallIt());
}

// A disk that stores something else than what was written is found before anything is committed.
TEST_F(DiskTrouble, WhatReadsBackDifferentlyIsRefused) {
  SealModel();
  for (const std::size_t at : {std::size_t{3}, std::size_t{50}, std::size_t{4096}, std::size_t{4200}}) {
    canonical_.rot_at = at;
    ExpectRefused(ErrorCode::kIo, "canonical");
    canonical_.rot_at.reset();
    prepared_.rot_at = at;
    ExpectRefused(ErrorCode::kIo, "prepared");
    prepared_.rot_at.reset();
  }
  EXPECT_TRUE(InstallIt());
}

TEST_F(DiskTrouble, SealedFileThatCannotBeReadIsSaid) {
  SealModel();
  built_.file.fail_reads = ErrorCode::kIo;
  ExpectRefused(ErrorCode::kIo, "sealed file");
  ExpectNothingWritten();
}

}  // namespace
}  // namespace edgekeep::prepare
