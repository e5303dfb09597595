#include "edgekeep/files/new_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "edgekeep/files/new_directory.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/files/replace_file.h"
#include "temporary_directory.h"

namespace edgekeep::files {
namespace {

namespace fs = std::filesystem;

std::string Contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

mode_t ModeOfFile(const std::string& path) {
  struct stat status;
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

class NewFiles : public testing::TestWithParam<NewFile::Placement> {
 protected:
  Result<NewFile> Create(Access access = Access::kPublic) { return NewFile::Create(path_, access, GetParam()); }

  TemporaryDirectory directory_;
  std::string path_ = directory_ / "out.bin";
};

INSTANTIATE_TEST_SUITE_P(Placements, NewFiles,
                         testing::Values(NewFile::Placement::kUnnamedIfPossible, NewFile::Placement::kNamed));

TEST_P(NewFiles, AppearsWholeOnCommitAndNotBefore) {
  {
    NewFile file = Create().value();
    ASSERT_TRUE(file.WriteAt(5, AsBytes("world")));
    ASSERT_TRUE(file.WriteAt(0, AsBytes("hello")));
    EXPECT_FALSE(fs::exists(path_));
    ASSERT_TRUE(file.Commit());
  }
  EXPECT_EQ(Contents(path_), "helloworld");
  EXPECT_EQ(directory_.CountEntries(), 1U);
}

TEST_P(NewFiles, LeavesNothingWithoutCommit) {
  {
    NewFile file = Create().value();
    ASSERT_TRUE(file.WriteAt(0, AsBytes("half")));
  }
  EXPECT_EQ(directory_.CountEntries(), 0U);
}

TEST_P(NewFiles, LeavesNothingAfterAMove) {
  {
    NewFile first = Create().value();
    const NewFile second = std::move(first);
  }
  EXPECT_EQ(directory_.CountEntries(), 0U);
}

TEST_P(NewFiles, NeverOverwrites) {
  std::ofstream(path_) << "mine";
  const auto file = Create();
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(Contents(path_), "mine");
}

TEST_P(NewFiles, NeverOverwritesWhatCameInTheMeantime) {
  NewFile file = Create().value();
  ASSERT_TRUE(file.WriteAt(0, AsBytes("late")));
  std::ofstream(path_) << "mine";
  const Status committed = file.Commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(Contents(path_), "mine");
}

TEST_P(NewFiles, DoesNotWriteThroughADanglingLink) {
  fs::create_symlink(directory_ / "elsewhere", path_);
  EXPECT_EQ(Create().error().code(), ErrorCode::kAlreadyExists);
  EXPECT_FALSE(fs::exists(directory_ / "elsewhere"));
}

TEST_P(NewFiles, PrivateFilesAreForTheirOwnerOnly) {
  const mode_t before = ::umask(0);
  NewFile file = Create(Access::kPrivate).value();
  EXPECT_TRUE(file.Commit());
  ::umask(before);
  EXPECT_EQ(ModeOfFile(path_), 0600U);
}

TEST_P(NewFiles, SaysWhenTheDirectoryIsMissing) {
  path_ = directory_ / "missing/out.bin";
  EXPECT_EQ(Create().error().code(), ErrorCode::kNotFound);
}

TEST_P(NewFiles, RefusesANameThatIsNone) {
  for (const std::string& path :
       {std::string(), directory_.path() + "/..", std::string("/"), directory_.path() + "/."}) {
    EXPECT_FALSE(NewFile::Create(path, Access::kPublic, GetParam())) << path;
  }
}

TEST_P(NewFiles, ReserveReportsAFullDiskBeforeAnyWork) {
  NewFile file = Create().value();
  const Status reserved = file.Reserve(1ULL << 60);
  ASSERT_FALSE(reserved);
  EXPECT_EQ(reserved.error().code(), ErrorCode::kNoSpace);
}

class Replacing : public testing::Test {
 protected:
  TemporaryDirectory directory_;
  std::string path_ = directory_ / "key";
};

TEST_F(Replacing, LeavesTheNewContentsAndNothingElse) {
  std::ofstream(path_) << "old";
  std::ofstream(directory_ / ".key.next") << "left behind by a power cut";
  ASSERT_TRUE(ReplaceFile(path_, Access::kPrivate, AsBytes("new")));
  EXPECT_EQ(Contents(path_), "new");
  EXPECT_EQ(ModeOfFile(path_), 0600U);
  EXPECT_EQ(directory_.CountEntries(), 1U);
}

TEST_F(Replacing, RefusesWhatIsMissingOrNoFile) {
  EXPECT_EQ(ReplaceFile(path_, Access::kPrivate, AsBytes("new")).error().code(), ErrorCode::kNotFound);
  fs::create_symlink(directory_ / "elsewhere", path_);
  EXPECT_EQ(ReplaceFile(path_, Access::kPrivate, AsBytes("new")).error().code(), ErrorCode::kBadArgument);
  EXPECT_EQ(directory_.CountEntries(), 1U);
}

class NewDirectories : public testing::Test {
 protected:
  TemporaryDirectory directory_;
  std::string target_ = directory_ / "acme";
};

TEST_F(NewDirectories, AppearsWithItsFilesOnCommit) {
  {
    NewDirectory made = NewDirectory::Create(target_ + "/").value();
    ASSERT_TRUE(WriteNewFile(made.path() + "/a", Access::kPublic, AsBytes("x")));
    EXPECT_FALSE(fs::exists(target_));
    ASSERT_TRUE(made.Commit());
  }
  EXPECT_EQ(Contents(target_ + "/a"), "x");
  EXPECT_EQ(ModeOfFile(target_), 0700U);
  EXPECT_EQ(directory_.CountEntries(), 1U);
}

TEST_F(NewDirectories, LeavesNothingWithoutCommit) {
  {
    const NewDirectory made = NewDirectory::Create(target_).value();
    ASSERT_TRUE(WriteNewFile(made.path() + "/a", Access::kPublic, AsBytes("x")));
  }
  EXPECT_EQ(directory_.CountEntries(), 0U);
}

TEST_F(NewDirectories, TakesThePlaceOfAnEmptyDirectoryOnly) {
  fs::create_directory(target_);
  ASSERT_TRUE(NewDirectory::Create(target_));
  std::ofstream(target_ + "/mine") << "x";
  EXPECT_EQ(NewDirectory::Create(target_).error().code(), ErrorCode::kAlreadyExists);
}

TEST_F(NewDirectories, RefusesWhatCameInTheMeantime) {
  NewDirectory made = NewDirectory::Create(target_).value();
  fs::create_directory(target_);
  std::ofstream(target_ + "/mine") << "x";
  EXPECT_EQ(made.Commit().error().code(), ErrorCode::kAlreadyExists);
}

}  // namespace
}  // namespace edgekeep::files
