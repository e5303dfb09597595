#include "held_process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "edgekeep/base/check.h"

namespace edgekeep::probe {

HeldProcess::HeldProcess(std::vector<std::string> arguments, const std::string& name) {
  std::string program = EK_CANARY_HOLDER;
  if (name != "canary_holder") {
    char directory[] = "/tmp/edgekeep-probe-XXXXXX";
    EK_CHECK(::mkdtemp(directory) != nullptr);
    copy_ = directory;
    program = copy_ + "/" + name;
    std::filesystem::copy_file(EK_CANARY_HOLDER, program);
  }
  arguments.insert(arguments.begin(), program);
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  int to_child[2];
  int from_child[2];
  EK_CHECK(::pipe2(to_child, O_CLOEXEC) == 0 && ::pipe2(from_child, O_CLOEXEC) == 0);
  pid_ = ::fork();
  EK_CHECK(pid_ >= 0);
  if (pid_ == 0) {
    ::dup2(to_child[0], STDIN_FILENO);
    ::dup2(from_child[1], STDOUT_FILENO);
    ::execv(program.c_str(), pointers.data());
    ::_exit(127);
  }
  ::close(to_child[0]);
  ::close(from_child[1]);
  input_ = to_child[1];
  output_ = from_child[0];
  greeting_ = ReadLine();
}

HeldProcess::~HeldProcess() {
  ::close(input_);
  ::close(output_);
  ::waitpid(pid_, nullptr, 0);
  if (!copy_.empty()) std::filesystem::remove_all(copy_);
}

std::string HeldProcess::ReadLine() {
  std::string line;
  for (char c = 0; ::read(output_, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

void HeldProcess::Wipe() {
  EK_CHECK(::write(input_, "\n", 1) == 1);
  EK_CHECK(ReadLine() == "wiped");
}

}  // namespace edgekeep::probe
