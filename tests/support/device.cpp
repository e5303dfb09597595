#include "device.h"

#include <csignal>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "binaries.h"
#include "require.h"

namespace edgekeep::test {
namespace {

struct Process {
  pid_t parent = 0;
  std::string name;
};

// Every process of the machine, by what /proc says. `comm` is cut at 15 characters by the kernel.
std::map<pid_t, Process> AllProcesses() {
  std::map<pid_t, Process> processes;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream stat(entry.path() / "stat");
    std::string line;
    if (!std::getline(stat, line)) continue;  // it has ended meanwhile
    const std::size_t open = line.find('('), close = line.rfind(')');
    if (open == std::string::npos || close == std::string::npos) continue;
    std::istringstream rest(line.substr(close + 2));
    char state = 0;
    Process process{0, line.substr(open + 1, close - open - 1)};
    if (rest >> state >> process.parent && state != 'Z') processes[std::stoi(name)] = process;
  }
  return processes;
}

bool Descends(const std::map<pid_t, Process>& processes, pid_t pid, pid_t ancestor) {
  for (auto it = processes.find(pid); it != processes.end(); it = processes.find(it->second.parent)) {
    if (it->first == ancestor) return true;
  }
  return false;
}

}  // namespace

void Device::Start() {
  const std::filesystem::path libexec = libexec_.empty() ? BinaryDirectory() : libexec_;
  const std::filesystem::path engine = engine_.empty() ? EngineLibrary() : engine_;
  std::vector<std::string> words = {
      Binary("edgekeep-spawner"), "--root", root(), "--libexec", libexec, "--engine", engine};
  if (!spare_cell_) words.emplace_back("--no-spare-cell");
  spawner_ = Background::StartReady(words, std::chrono::seconds(20));
  Require(spawner_.has_value(), "the device does not get ready");
  keep_ = ProcessesNamed("edgekeep-keep");
  Require(keep_.size() == 1, "there is not one keep");
}

void Device::Stop() {
  spawner_->Signal(SIGTERM);
  Require(spawner_->Wait(std::chrono::seconds(20)).has_value(), "the spawner does not end");
  spawner_.reset();
}

Outcome Device::Edgekeep(std::vector<std::string> arguments, const ProgramOptions& options) const {
  arguments.insert(arguments.begin(), {Binary("edgekeep"), "--root", root()});
  return RunProgram(arguments, options);
}

std::filesystem::path Device::Initialise(const std::filesystem::path& trust_bundle) {
  const Outcome init = Edgekeep({"device", "init", "--trust", trust_bundle});
  Require(init.exit_code == 0, init.err);
  const std::filesystem::path request = root() / "d.ekd";
  const Outcome show = Edgekeep({"device", "show", "--request", "-o", request});
  Require(show.exit_code == 0, show.err);
  return request;
}

bool Device::KeepIsTheSame() const {
  // A keep whose store is damaged refuses to say its status: an answer all the same.
  const Outcome status = Edgekeep({"status"});
  const bool answers = status.exit_code == 0 || status.err.find(" failed, denied:") != std::string::npos;
  return answers && ProcessesNamed("edgekeep-keep") == keep_;
}

std::string Device::JournalText() const {
  std::ifstream file(journal());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<pid_t> Device::ProcessesNamed(const std::string& name) const {
  const std::map<pid_t, Process> processes = AllProcesses();
  std::vector<pid_t> found;
  for (const auto& [pid, process] : processes) {
    if (process.name == name.substr(0, 15) && Descends(processes, pid, spawner())) found.push_back(pid);
  }
  return found;
}

}  // namespace edgekeep::test
