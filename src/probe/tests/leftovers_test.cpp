#include "edgekeep/probe/leftovers.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace edgekeep::probe {
namespace {

namespace fs = std::filesystem;

constexpr uid_t kCellUser = 64123;

std::string TaggedWords() {
  std::string words;
  for (int i = 0; i < 1000; ++i) words += std::string({static_cast<char>(i), static_cast<char>(i / 3), '\x5A', '\x3A'});
  return words;
}

// A host of the test's own.
class Leftovers : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/edgekeep-leftovers-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    host_ = name;
    Write("etc/passwd", "root:x:0:0::/:/bin/sh\nedgekeep-cell-0:x:64123:64123::/:/usr/sbin/nologin\n");
    Write("proc/sys/kernel/core_pattern", "core\n");
    Write("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n");
    fs::create_directories(host_ / "started-in");
  }

  void TearDown() override { fs::remove_all(host_); }

  void Write(const fs::path& path, const std::string& text) const {
    fs::create_directories((host_ / path).parent_path());
    std::ofstream(host_ / path, std::ios::binary) << text;
  }

  Report Scan(const std::string& what) const {
    const std::vector<fs::path> working = {host_ / "started-in"};
    for (NamedReport& one : ScanLeftovers(host_, working, canaries_)) {
      if (one.name == what) return std::move(one.report);
    }
    ADD_FAILURE() << what;
    return {};
  }

  // Where anything was found: names without the host's directory.
  std::vector<std::string> FoundIn(const std::string& what) const {
    std::vector<std::string> places;
    for (const Place& place : Scan(what).found) {
      const std::size_t at = place.where.find(host_.string());
      places.push_back(at == 0 ? place.where.substr(host_.string().size()) : place.where);
    }
    return places;
  }

  std::vector<Canary> canaries_ = {*ParseCanary("3a5a")};
  fs::path host_;
};

using Places = std::vector<std::string>;

TEST_F(Leftovers, AreNotFoundWhereThereAreNone) {
  for (const char* what : {"core dumps", "swap", "temporary files"}) {
    EXPECT_TRUE(Scan(what).found.empty()) << what;
    EXPECT_TRUE(Scan(what).unreadable.empty()) << what;
  }
}

TEST_F(Leftovers, InCoreDumpsWhereTheirPatternPutsThem) {
  Write("started-in/core.4711", TaggedWords());
  EXPECT_EQ(FoundIn("core dumps"), Places{"/started-in/core.4711"});
  Write("proc/sys/kernel/core_pattern", "/var/cores/dump-%e-%p\n");
  EXPECT_EQ(FoundIn("core dumps"), Places());
  Write("var/cores/dump-edgekeep-cell-9", TaggedWords());
  EXPECT_EQ(FoundIn("core dumps"), Places{"/var/cores/dump-edgekeep-cell-9"});
}

TEST_F(Leftovers, InCoreDumpsThatSomebodyCollects) {
  Write("proc/sys/kernel/core_pattern", "|/lib/systemd/systemd-coredump %P %u\n");
  EXPECT_TRUE(Scan("core dumps").unreadable.empty());
  Write("var/lib/systemd/coredump/core.edgekeep-cell.1", TaggedWords());
  Write("var/lib/systemd/coredump/core.edgekeep-keep.2.zst", "whatever");
  EXPECT_EQ(FoundIn("core dumps"), Places{"/var/lib/systemd/coredump/core.edgekeep-cell.1"});
  EXPECT_EQ(Scan("core dumps").unreadable.size(), 1U) << "what is compressed is not looked into";
  Write("proc/sys/kernel/core_pattern", "|/opt/collector\n");
  EXPECT_EQ(Scan("core dumps").unreadable.size(), 1U) << "a stranger's collector";
}

// A real one: a program with the tags in its memory dies.
TEST_F(Leftovers, InTheCoreThatTheKernelWrites) {
  std::ifstream pattern("/proc/sys/kernel/core_pattern");
  if (const std::string text{std::istreambuf_iterator<char>(pattern), {}}; text != "core\n") {
    GTEST_SKIP() << "SKIP core dumps of the kernel's: core_pattern is " << text;
  }
  const pid_t child = fork();
  if (child == 0) {
    const rlimit unbounded{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    if (setrlimit(RLIMIT_CORE, &unbounded) != 0 || chdir((host_ / "started-in").c_str()) != 0) _exit(3);
    execl(EK_CANARY_HOLDER, EK_CANARY_HOLDER, "dying", nullptr);
    _exit(4);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 3) GTEST_SKIP() << "SKIP core dumps: the limit is fixed";
  ASSERT_TRUE(WIFSIGNALED(status) && WCOREDUMP(status)) << status;
  const Places found = FoundIn("core dumps");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found.front().starts_with("/started-in/core")) << found.front();
}

TEST_F(Leftovers, InSwap) {
  Write("swapfile", std::string(4096, '\0') + TaggedWords());
  Write("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/swapfile\tfile\t8\t4\t-2\n");
  EXPECT_EQ(FoundIn("swap"), Places{"swap /swapfile"});
  fs::remove(host_ / "swapfile");
  Write("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/dev\tpartition\t8\t4\t-2\n");
  fs::create_directories(host_ / "dev");
  EXPECT_EQ(Scan("swap").unreadable.size(), 1U) << "swap that cannot be read";
}

TEST_F(Leftovers, InTemporaryFilesOfItsUsers) {
  for (const char* file : {"tmp/deep/model", "dev/shm/ring", "var/tmp/somebodys"}) Write(file, TaggedWords());
  EXPECT_EQ(FoundIn("temporary files"), Places()) << "control: they are somebody else's";
  if (geteuid() != 0) GTEST_SKIP() << "SKIP temporary files of other users: needs root";
  for (const char* file : {"tmp/deep/model", "dev/shm/ring"}) {
    ASSERT_EQ(chown((host_ / file).c_str(), kCellUser, kCellUser), 0);
  }
  EXPECT_EQ(FoundIn("temporary files"), (Places{"/dev/shm/ring", "/tmp/deep/model"}));
}

// Attached to nobody, so that no process would show it.
TEST_F(Leftovers, InSharedMemoryOfNobody) {
  const std::string words = TaggedWords();
  const int segment = shmget(IPC_PRIVATE, words.size(), IPC_CREAT | 0600);
  ASSERT_GE(segment, 0);
  void* const memory = shmat(segment, nullptr, 0);
  std::memcpy(memory, words.data(), words.size());
  shmdt(memory);
  const auto list = [&](uid_t owner) {
    Write("proc/sysvipc/shm", "key shmid perms size cpid lpid nattch uid gid cuid cgid\n0 " + std::to_string(segment) +
                                  " 600 " + std::to_string(words.size()) + " 1 1 0 " + std::to_string(owner) + "\n");
  };
  list(kCellUser);
  EXPECT_EQ(FoundIn("shared memory of nobody"), Places{"shared memory " + std::to_string(segment)});
  list(0);
  EXPECT_EQ(FoundIn("shared memory of nobody"), Places()) << "control: it is somebody else's";
  shmctl(segment, IPC_RMID, nullptr);
  list(kCellUser);
  EXPECT_EQ(Scan("shared memory of nobody").unreadable.size(), 1U) << "it is gone";
}

}  // namespace
}  // namespace edgekeep::probe
