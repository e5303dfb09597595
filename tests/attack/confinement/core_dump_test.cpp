// The control for cores: unconfined, the same program leaves its secret in a core file.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core_marker.h"
#include "edgekeep/gate/posix/channel.h"
#include "order.h"

namespace edgekeep::attack {
namespace {

std::string ContentsOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream contents;
  contents << file.rdbuf();
  return contents.str();
}

bool AnyFileHolds(const std::filesystem::path& directory, const std::string& text) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (ContentsOf(entry.path()).find(text) != std::string::npos) return true;
  }
  return false;
}

TEST(CoreDump, ControlUnconfinedTheSecretIsInTheCore) {
  std::string pattern = ContentsOf("/proc/sys/kernel/core_pattern");
  if (pattern.empty() || pattern[0] == '|' || pattern[0] == '/') {
    GTEST_SKIP() << "SKIP core dump control: cores do not go to the working directory here";
  }
  char directory[] = "/tmp/edgekeep-core-XXXXXX";
  ASSERT_NE(mkdtemp(directory), nullptr);
  auto ends = gate::Channel::Pair();
  const pid_t pid = fork();
  if (pid == 0) {
    const rlimit unbounded{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    if (setrlimit(RLIMIT_CORE, &unbounded) != 0 || chdir(directory) != 0) _exit(3);
    dup2(ends->second.fd(), 3);
    execl(EK_LIBEXEC "/edgekeep-cell", "edgekeep-cell", nullptr);
    _exit(127);
  }
  const std::string order = EncodeOrder({.attack = "core_dump", .knowledge = {}});
  EXPECT_TRUE(ends->first.Send(gate::Command::kServeModel, 1, AsBytes(order)));
  int status = 0;
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 3) GTEST_SKIP() << "SKIP core dump control: the limit is fixed";
  std::string marker(kCoreMarkerSize, '\0');
  PutCoreMarker(marker.data());
  EXPECT_TRUE(WCOREDUMP(status));
  EXPECT_TRUE(AnyFileHolds(directory, marker));
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace edgekeep::attack
