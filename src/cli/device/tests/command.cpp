#include "command.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "edgekeep/base/check.h"

namespace edgekeep::cli::device {

namespace fs = std::filesystem;

Output RunProgram(const fs::path& program, std::vector<std::string> arguments) {
  const WorkDirectory directory;
  const std::string out = directory.path() / "out";
  const std::string err = directory.path() / "err";
  arguments.insert(arguments.begin(), program.string());
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT, 0600);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT, 0600);
  pid_t pid = -1;
  EK_CHECK(::posix_spawn(&pid, program.c_str(), &actions, nullptr, pointers.data(), environ) == 0);
  ::posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  EK_CHECK(::waitpid(pid, &status, 0) == pid);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), ReadText(out), ReadText(err)};
}

WorkDirectory::WorkDirectory() {
  char name[] = "/tmp/edgekeep-cli-XXXXXX";
  EK_CHECK(::mkdtemp(name) != nullptr);
  path_ = name;
}

WorkDirectory::~WorkDirectory() {
  fs::remove_all(path_);
}

std::string WorkDirectory::Write(const std::string& name, const std::string& contents) const {
  std::ofstream(path_ / name, std::ios::binary) << contents;
  return path_ / name;
}

std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace edgekeep::cli::device
