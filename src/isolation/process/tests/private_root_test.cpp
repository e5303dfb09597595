// The scratch space of an install cell's root: plaintext lies there for a moment, which no swap may get.
#include "edgekeep/isolation/process/private_root.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include "edgekeep/isolation/process/purpose.h"
#include "isolated.h"

namespace edgekeep::isolation {
namespace {

constexpr UserIds kRootsUser{.uid = 64011, .gid = 64011};

bool EnterOwnMounts() {
  return unshare(CLONE_NEWNS) == 0 && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

// What the kernel says of the file system mounted at `path`; empty where there is none.
std::string MountInfo(const std::string& path) {
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    if (line.find(" " + path + " ") != std::string::npos) return line;
  }
  return "";
}

bool NeverSwaps(const std::string& mount_info) {
  return mount_info.find(",noswap") != std::string::npos;
}

class PrivateRootTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!IsRoot()) GTEST_SKIP() << "SKIP private root: needs root";
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
  }

  void TearDown() override { std::filesystem::remove(directory_); }

  // 0 where the kernel takes the option, 77 where it knows none of that name.
  int TryNoSwap() {
    return InChild([this] {
      if (!EnterOwnMounts()) return 1;
      if (mount("t", directory_.c_str(), "tmpfs", 0, "noswap") == 0) return 0;
      return errno == EINVAL ? 77 : 2;
    });
  }

  std::string directory_ = std::filesystem::temp_directory_path() / "edgekeep-root-XXXXXX";
};

TEST_F(PrivateRootTest, ScratchSpaceIsNeverSwappedOut) {
  const int known = TryNoSwap();
  if (known == 77) GTEST_SKIP() << "SKIP scratch space without swap: this kernel's tmpfs has no such option";
  ASSERT_EQ(known, 0);
  const std::string program = std::filesystem::read_symlink("/proc/self/exe");
  EXPECT_EQ(InChild([&] {
              const PrivateRoot root{.mount_point = directory_.c_str(),
                                     .cell_binary = program.c_str(),
                                     .user = kRootsUser,
                                     .scratch_bytes = 1 << 20};
              if (unshare(CLONE_NEWNS) != 0 || !EnterPrivateRoot(root)) return 1;
              const std::string scratch = MountInfo(kScratchPath);
              if (scratch.find("size=1024k") == std::string::npos) return 2;
              return NeverSwaps(scratch) ? 0 : 3;
            }),
            0);
}

TEST_F(PrivateRootTest, ControlAnOrdinaryTmpfsMayBeSwappedOut) {
  EXPECT_EQ(InChild([this] {
              if (!EnterOwnMounts() || mount("t", directory_.c_str(), "tmpfs", 0, "size=1024k") != 0) return 1;
              const std::string ordinary = MountInfo(directory_);
              return !ordinary.empty() && !NeverSwaps(ordinary) ? 0 : 2;
            }),
            0);
}

}  // namespace
}  // namespace edgekeep::isolation
