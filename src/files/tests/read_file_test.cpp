#include "edgekeep/files/read_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "temporary_directory.h"

namespace edgekeep::files {
namespace {

class ReadFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(path_) << "secret";
    ::chmod(path_.c_str(), 0600);
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_ / "in.bin";
};

TEST_F(ReadFiles, ReadsAWholeFileWithinItsLimit) {
  const Bytes bytes = ReadFile(path_, 6).value();
  EXPECT_EQ(AsText(bytes.view()), "secret");
  EXPECT_EQ(ReadFile(path_, 5).error().code(), ErrorCode::kTooLarge);
  const SecretBytes secret = ReadPrivateFile(path_, 6).value();
  EXPECT_EQ(AsText(secret.Reveal()), "secret");
  EXPECT_EQ(ReadPrivateFile(path_, 5).error().code(), ErrorCode::kTooLarge);
}

TEST_F(ReadFiles, NamesWhatIsMissingOrNoFile) {
  EXPECT_EQ(ReadFile(directory_ / "missing", 9).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(ReadFile(directory_.path(), 1 << 20).error().code(), ErrorCode::kBadArgument);
  EXPECT_EQ(ReadFile("/dev/zero", 9).error().code(), ErrorCode::kBadArgument);
}

TEST_F(ReadFiles, ReadsTheFrontOfAFileOfAnySize) {
  ASSERT_EQ(::truncate(path_.c_str(), 1LL << 40), 0);
  const FileFront front = ReadFront(path_, 8).value();
  EXPECT_EQ(front.file_size, 1ULL << 40);
  EXPECT_EQ(AsText(front.front.view()), std::string_view("secret\0\0", 8));
  ASSERT_EQ(::truncate(path_.c_str(), 3), 0);
  EXPECT_EQ(ReadFront(path_, 8)->front.size(), 3U);
}

TEST_F(ReadFiles, DoesNotHangOnAFifo) {
  const std::string fifo = directory_ / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(ReadFile(fifo, 9).error().code(), ErrorCode::kBadArgument);
  EXPECT_EQ(ReadPrivateFile(fifo, 9).error().code(), ErrorCode::kBadArgument);
}

TEST_F(ReadFiles, RefusesPrivateFilesThatOthersMayRead) {
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0610U, 0601U, 0644U}) {
    ::chmod(path_.c_str(), mode);
    const auto read = ReadPrivateFile(path_, 9);
    ASSERT_FALSE(read) << mode;
    EXPECT_EQ(read.error().code(), ErrorCode::kForbidden);
    EXPECT_STREQ(read.error().where(), "file open to other users");
  }
  ::chmod(path_.c_str(), 0400);
  EXPECT_TRUE(ReadPrivateFile(path_, 9));
}

TEST_F(ReadFiles, RefusesPrivateFilesBehindALink) {
  std::filesystem::create_symlink(path_, directory_ / "link");
  const auto read = ReadPrivateFile(directory_ / "link", 9);
  ASSERT_FALSE(read);
  EXPECT_STREQ(read.error().where(), "symbolic link");
  EXPECT_TRUE(ReadFile(directory_ / "link", 9));
}

TEST_F(ReadFiles, RefusesPrivateFilesOfAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "SKIP RefusesPrivateFilesOfAnotherUser: only root can give a file away";
  ASSERT_EQ(::chown(path_.c_str(), 12345, 12345), 0);
  const auto read = ReadPrivateFile(path_, 9);
  ASSERT_FALSE(read);
  EXPECT_STREQ(read.error().where(), "file of another user");
}

}  // namespace
}  // namespace edgekeep::files
