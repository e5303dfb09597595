#include "process_counts.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "require.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

fs::path DirectoryOf(pid_t process) {
  return fs::path("/proc") / std::to_string(process);
}

// The number behind `name` in a file of lines "NAME: NUMBER".
std::size_t NumberIn(const fs::path& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) return std::stoul(line.substr(name.size()));
  }
  Require(false, path.string() + " has no " + name);
  return 0;
}

// "7f00-7f01 r-xp 00000000 00:01 42    /memfd:edgekeep-ring (deleted)": what begins a mapping in smaps.
bool BeginsMapping(const std::string& line) {
  return line.find('-') < line.find(' ') && line.find('-') != std::string::npos;
}

}  // namespace

std::size_t OpenDescriptorsOf(pid_t process) {
  const fs::directory_iterator begin(DirectoryOf(process) / "fd");
  return static_cast<std::size_t>(std::distance(begin, fs::directory_iterator()));
}

std::size_t ThreadsOf(pid_t process) {
  return NumberIn(DirectoryOf(process) / "status", "Threads:");
}

std::size_t HeldKib(pid_t process) {
  const fs::path status = DirectoryOf(process) / "status";
  return NumberIn(status, "RssAnon:") + NumberIn(status, "RssShmem:");
}

std::size_t ProportionalKib(pid_t process, const std::string& except) {
  std::ifstream file(DirectoryOf(process) / "smaps");
  Require(file.is_open(), "a process cannot be looked at");
  std::size_t kib = 0;
  bool counts = true;
  for (std::string line; std::getline(file, line);) {
    if (BeginsMapping(line)) counts = except.empty() || line.find(except) == std::string::npos;
    if (counts && line.starts_with("Pss:")) kib += std::stoul(line.substr(4));
  }
  return kib;
}

}  // namespace edgekeep::test
