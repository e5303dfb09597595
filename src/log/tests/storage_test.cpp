// One suite for the storage on a file system and the one in memory that tests cut the power of.
#include "edgekeep/log/storage.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "faulty_storage.h"

namespace edgekeep::log {
namespace {

class StorageTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) {
      path_ = std::filesystem::temp_directory_path() / "edgekeep-log-XXXXXX";
      ASSERT_NE(::mkdtemp(path_.data()), nullptr);
      storage_ = OpenDirectory(path_).value();
    } else {
      storage_ = std::make_unique<FaultyStorage>();
    }
  }

  void TearDown() override {
    storage_.reset();
    if (!path_.empty()) std::filesystem::remove_all(path_);
  }

  std::string path_;
  std::unique_ptr<Storage> storage_;
};

TEST_P(StorageTest, ReadsWhatWasWritten) {
  EXPECT_EQ(storage_->Read("a/b/c", 10).error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(storage_->Write("a/b/c", AsBytes("longer")));
  EXPECT_TRUE(storage_->Write("a/b/c", AsBytes("short")));
  EXPECT_EQ(storage_->Read("a/b/c", 5).value(), "short");
  EXPECT_EQ(storage_->Read("a/b/c", 4).error().code(), ErrorCode::kTooLarge);
  EXPECT_FALSE(storage_->Read("a/b", 10));
}

TEST_P(StorageTest, SyncsWhatIsThere) {
  EXPECT_TRUE(storage_->Write("a/b", AsBytes("x")));
  EXPECT_TRUE(storage_->Sync("a/b"));
  for (const char* directory : {"a", ""}) EXPECT_TRUE(storage_->SyncDirectory(directory));
  EXPECT_EQ(storage_->Sync("a/c").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(storage_->SyncDirectory("b").error().code(), ErrorCode::kNotFound);
}

TEST_P(StorageTest, ReplacesWhole) {
  EXPECT_TRUE(ReplaceFile(*storage_, "d/file", AsBytes("old")));
  EXPECT_TRUE(ReplaceFile(*storage_, "d/file", AsBytes("new")));
  EXPECT_EQ(storage_->Read("d/file", 10).value(), "new");
  EXPECT_FALSE(storage_->Read("d/.file.next", 10));
}

INSTANTIATE_TEST_SUITE_P(Both, StorageTest, testing::Bool(),
                         [](const auto& kind) { return kind.param ? std::string("Posix") : std::string("InMemory"); });

TEST(PosixStorage, IsOneProcesss) {
  std::string path = std::filesystem::temp_directory_path() / "edgekeep-log-XXXXXX";
  ASSERT_NE(::mkdtemp(path.data()), nullptr);
  {
    const auto first = OpenDirectory(path).value();
    EXPECT_EQ(OpenDirectory(path).error().code(), ErrorCode::kBusy);
    EXPECT_TRUE(OpenDirectoryToRead(path));
  }
  EXPECT_TRUE(OpenDirectory(path));
  std::filesystem::remove_all(path);
}

TEST(PosixStorage, IsWaitedForAsLongAsWasSaid) {
  using std::chrono::milliseconds;
  std::string path = std::filesystem::temp_directory_path() / "edgekeep-log-XXXXXX";
  ASSERT_NE(::mkdtemp(path.data()), nullptr);
  std::unique_ptr<Storage> first = OpenDirectory(path).value();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(OpenDirectory(path, milliseconds(50)).error().code(), ErrorCode::kBusy) << "control: it is not given up";
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(50));
  std::thread other([&first] {
    std::this_thread::sleep_for(milliseconds(50));
    first.reset();
  });
  EXPECT_TRUE(OpenDirectory(path, milliseconds(60'000)));
  other.join();
  std::filesystem::remove_all(path);
}

TEST(Directories, AboveAPathEndWithTheStoragesOwn) {
  EXPECT_EQ(DirectoriesAbove("a/b/c"), (std::vector<std::string>{"a/b", "a", ""}));
  EXPECT_EQ(DirectoriesAbove("a"), std::vector<std::string>{""});
}

}  // namespace
}  // namespace edgekeep::log
