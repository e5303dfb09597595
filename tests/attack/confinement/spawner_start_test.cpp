// Starting the spawner, rightly and wrongly, as a service manager and as a person.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "lent_spawner.h"

namespace edgekeep::attack {
namespace {

struct Ended {
  int status = 0;
  std::string said;
};

// Runs the spawner with the given words until it ends by itself.
Ended RunSpawner(std::vector<std::string> words) {
  int out[2];
  EXPECT_EQ(pipe(out), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(out[1], STDERR_FILENO);
    dup2(out[1], STDOUT_FILENO);
    words.insert(words.begin(), EK_SPAWNER);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    execv(EK_SPAWNER, arguments.data());
    _exit(127);
  }
  close(out[1]);
  Ended ended;
  char byte = 0;
  while (read(out[0], &byte, 1) == 1) ended.said.push_back(byte);
  close(out[0]);
  int status = 0;
  EXPECT_EQ(waitpid(pid, &status, 0), pid);
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ended;
}

TEST(SpawnerStart, WrongUsageIsTwo) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {}, {"--root"}, {"--root", "/tmp", "extra"}, {"--unknown"}, {"--root", "/tmp", "--ready-fd", "x"}}) {
    const Ended ended = RunSpawner(words);
    EXPECT_EQ(ended.status, 2);
    EXPECT_NE(ended.said.find("usage: edgekeep-spawner"), std::string::npos);
  }
}

TEST(SpawnerStart, HelpIsNoFault) {
  EXPECT_EQ(RunSpawner({"--help"}).status, 0);
}

class SpawnerStartAsRoot : public testing::Test {
 protected:
  void SetUp() override {
    if (!CanRunSpawner()) GTEST_SKIP() << "SKIP spawner start: needs root and the users edgekeep-*";
    char name[] = "/tmp/edgekeep-start-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    root_ = name;
  }

  void TearDown() override { std::filesystem::remove_all(root_); }

  std::string root_;
};

TEST_F(SpawnerStartAsRoot, AMissingRootIsRefused) {
  const Ended ended = RunSpawner({"--root", root_ + "/nowhere", "--libexec", EK_LIBEXEC});
  EXPECT_EQ(ended.status, 1);
  EXPECT_NE(ended.said.find("--root"), std::string::npos) << ended.said;
}

TEST_F(SpawnerStartAsRoot, AMissingKeepIsRefused) {
  const Ended ended = RunSpawner({"--root", root_, "--libexec", root_});
  EXPECT_EQ(ended.status, 1);
  EXPECT_NE(ended.said.find("edgekeep-keep"), std::string::npos) << ended.said;
}

// Whoever can write below the root must not make root hand out somebody else's directory.
TEST_F(SpawnerStartAsRoot, ALinkInPlaceOfADirectoryIsRefused) {
  std::filesystem::create_directories(root_ + "/var/lib/edgekeep");
  std::filesystem::create_directories(root_ + "/precious");
  std::filesystem::create_directory_symlink(root_ + "/precious", root_ + "/var/lib/edgekeep/keep");
  EXPECT_EQ(RunSpawner({"--root", root_, "--libexec", EK_LIBEXEC}).status, 1);
  struct stat precious{};
  ASSERT_EQ(stat((root_ + "/precious").c_str(), &precious), 0);
  EXPECT_EQ(precious.st_uid, 0U);
}

// A keep that cannot come up the first time is a fault to report, not one to repeat for ever.
TEST_F(SpawnerStartAsRoot, AFirstKeepThatEndsEndsTheSpawner) {
  std::filesystem::create_directories(root_ + "/libexec");
  std::filesystem::copy_file("/bin/true", root_ + "/libexec/edgekeep-keep");
  const Ended ended = RunSpawner({"--root", root_, "--libexec", root_ + "/libexec"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_NE(ended.said.find("the keep ended (status 0)"), std::string::npos) << ended.said;
}

TEST_F(SpawnerStartAsRoot, TellsTheServiceManager) {
  const std::string path = root_ + "/notify";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  const gate::Descriptor manager(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(bind(manager.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const LentSpawner spawner(Launch{.environment = {"NOTIFY_SOCKET=" + path}});
  // Who waits for the descriptor is told first.
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  ASSERT_EQ(setsockopt(manager.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
  char said[64] = {};
  EXPECT_EQ(recv(manager.get(), said, sizeof said, 0), 8);
  EXPECT_STREQ(said, "READY=1\n");
}

}  // namespace
}  // namespace edgekeep::attack
