// Scans of processes' memory and of files for canaries.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "edgekeep/probe/canary.h"

namespace edgekeep::probe {

// One mapping, held memory file, or file, and what is counted there.
struct Place {
  std::string where;
  std::uint64_t count = 0;
};

struct Report {
  std::vector<Place> found;       // canaries
  std::vector<Place> secret;      // bytes of memfd_secret, which the kernel shows to nobody else
  std::vector<Place> unreadable;  // bytes: what should have been read and was not; files that could not be opened (0)
  std::uint64_t scanned_bytes = 0;

  std::uint64_t total_found() const noexcept;
  std::uint64_t total_secret() const noexcept;
  std::uint64_t total_unreadable() const noexcept;
};

// Reads everything the process `pid` has mapped (heap, stacks, shared memory, files, guard pages too), and the memory
// files and deleted files it holds open, through /proc. Pages never touched and not in swap are left alone. Fails with
// kNotFound (no such process, or it ended), kForbidden (this user may not trace it), kIo.
Result<Report> ScanProcess(pid_t pid, std::span<const Canary> canaries);

// Reads `path`, or everything below it where it is a directory. Symbolic links are not followed; a file that cannot be
// read is in the report. Fails with kNotFound, or kForbidden and kIo for a directory that cannot be listed.
Result<Report> ScanFiles(const std::filesystem::path& path, std::span<const Canary> canaries);

// A process of Edgekeep's.
struct ProcessName {
  pid_t pid = 0;
  std::string name;  // of its executable
};

// Every process of the device at `root`: those named edgekeep… that were started with `--root ROOT` (for "/": with no
// --root), and their descendants. The caller's own process is not among them.
std::vector<ProcessName> ProcessesOf(const std::filesystem::path& root);

}  // namespace edgekeep::probe
