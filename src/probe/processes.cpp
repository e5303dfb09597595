#include <unistd.h>

#include <charconv>
#include <fstream>
#include <map>
#include <set>

#include "edgekeep/probe/scan.h"

namespace edgekeep::probe {
namespace {

namespace fs = std::filesystem;

struct Process {
  pid_t parent = 0;
  std::string name;
  fs::path directory;
  std::vector<std::string> arguments;
};

std::vector<std::string> ArgumentsOf(const fs::path& process) {
  std::ifstream file(process / "cmdline");
  std::vector<std::string> arguments;
  for (std::string argument; std::getline(file, argument, '\0');) arguments.push_back(argument);
  return arguments;
}

// proc_pid_stat(5): the name stands in brackets and may hold anything; state and parent follow.
pid_t ParentOf(const fs::path& process) {
  std::ifstream file(process / "stat");
  std::string text;
  std::getline(file, text, '\0');
  const std::size_t bracket = text.rfind(") ");
  pid_t parent = 0;
  if (bracket != std::string::npos && bracket + 4 < text.size()) {
    std::from_chars(text.data() + bracket + 4, text.data() + text.size(), parent);
  }
  return parent;
}

std::string NameOf(const fs::path& process, const std::vector<std::string>& arguments) {
  std::error_code failed;
  const fs::path executable = fs::read_symlink(process / "exe", failed);
  std::string name = failed ? fs::path(arguments.empty() ? "" : arguments.front()).filename() : executable.filename();
  constexpr std::string_view kDeleted = " (deleted)";
  if (name.ends_with(kDeleted)) name.resize(name.size() - kDeleted.size());
  return name;
}

std::map<pid_t, Process> AllProcesses() {
  std::map<pid_t, Process> processes;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const std::string number = entry.path().filename();
    pid_t pid = 0;
    const auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), pid);
    if (code != std::errc() || end != number.data() + number.size()) continue;
    std::vector<std::string> arguments = ArgumentsOf(entry.path());
    processes[pid] = {.parent = ParentOf(entry.path()),
                      .name = NameOf(entry.path(), arguments),
                      .directory = fs::read_symlink(entry.path() / "cwd", ignored),
                      .arguments = std::move(arguments)};
  }
  return processes;
}

fs::path RootOf(const Process& process) {
  constexpr std::string_view kOption = "--root";
  for (std::size_t i = 1; i < process.arguments.size(); ++i) {
    const std::string_view argument = process.arguments[i];
    if (argument == kOption && i + 1 < process.arguments.size()) return process.directory / process.arguments[i + 1];
    if (argument.starts_with("--root=")) return process.directory / argument.substr(kOption.size() + 1);
  }
  return "/";
}

bool SameDirectory(const fs::path& a, const fs::path& b) {
  std::error_code failed;
  return fs::weakly_canonical(a / "", failed) == fs::weakly_canonical(b / "", failed);
}

bool DescendsFrom(const std::map<pid_t, Process>& processes, pid_t pid, const std::set<pid_t>& ancestors) {
  // A line of parents is no longer than there are processes, even if it changed while it was read.
  for (std::size_t step = 0; step < processes.size(); ++step) {
    if (ancestors.contains(pid)) return true;
    const auto process = processes.find(pid);
    if (process == processes.end()) return false;
    pid = process->second.parent;
  }
  return false;
}

}  // namespace

std::vector<ProcessName> ProcessesOf(const fs::path& root) {
  const std::map<pid_t, Process> processes = AllProcesses();
  const pid_t own = ::getpid();
  std::set<pid_t> started;
  for (const auto& [pid, process] : processes) {
    const bool ours = process.name.starts_with("edgekeep") && pid != own;
    if (ours && SameDirectory(RootOf(process), root)) started.insert(pid);
  }
  std::vector<ProcessName> found;
  for (const auto& [pid, process] : processes) {
    if (pid != own && DescendsFrom(processes, pid, started)) found.push_back({pid, process.name});
  }
  return found;
}

}  // namespace edgekeep::probe
