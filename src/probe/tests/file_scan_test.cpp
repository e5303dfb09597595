#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "edgekeep/probe/scan.h"

namespace edgekeep::probe {
namespace {

namespace fs = std::filesystem;

class FileScan : public testing::Test {
 protected:
  FileScan() {
    char name[] = "/tmp/edgekeep-probe-XXXXXX";
    directory_ = ::mkdtemp(name);
  }

  ~FileScan() override { fs::remove_all(directory_); }

  void Write(const fs::path& name, std::size_t shift) const {
    fs::create_directories((directory_ / name).parent_path());
    std::ofstream file(directory_ / name, std::ios::binary);
    file << std::string(shift, 'x');
    for (std::size_t i = 0; i < 1000; ++i) file << std::string({static_cast<char>(i), 0, '\x5A', '\x3A'});
  }

  std::vector<Canary> canaries_ = {*ParseCanary("3a5a")};
  fs::path directory_;
};

TEST_F(FileScan, FindsTaggedWordsInAFileAtAnyOffset) {
  Write("model", 3);
  const Result<Report> report = ScanFiles(directory_ / "model", canaries_);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->found.size(), 1U);
  EXPECT_GE(report->found[0].count, 997U);
  EXPECT_EQ(report->scanned_bytes, 4003U);
}

TEST_F(FileScan, LooksIntoDirectoriesButNotThroughLinks) {
  Write("a/b/model", 0);
  Write("a/other", 1);
  fs::create_symlink("b/model", directory_ / "a/link");
  std::ofstream(directory_ / "a/clean") << "nothing here";
  const Result<Report> report = ScanFiles(directory_, canaries_);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->found.size(), 2U);
  EXPECT_EQ(report->scanned_bytes, 4000U + 4001U + 12U);
}

TEST_F(FileScan, DoesNotWaitAtAPipe) {
  ASSERT_EQ(::mkfifo((directory_ / "pipe").c_str(), 0600), 0);
  const Result<Report> report = ScanFiles(directory_, canaries_);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->scanned_bytes, 0U);
}

TEST_F(FileScan, RefusesWhatIsNotThere) {
  const Result<Report> report = ScanFiles(directory_ / "absent", canaries_);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace edgekeep::probe
