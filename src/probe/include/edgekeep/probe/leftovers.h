// Where memory and files of Edgekeep's may lie outside its processes and the device's own directories.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "edgekeep/probe/scan.h"

namespace edgekeep::probe {

struct NamedReport {
  std::string name;
  Report report;
};

// Looks through
// - core dumps, where the host's core_pattern puts them: a directory, who collects them, or `working_directories` of
//   processes that could have dumped;
// - swap, all of it, whoever's it is;
// - files of the users edgekeep-* in directories for temporary files and shared memory;
// - System V shared memory of those users, attached or not.
// Files are read as the kernel has them, what its page cache holds and no disk yet included. The host's files are below
// `host` ("/" for this one). Never fails: what cannot be read, compressed dumps among it, is in the reports.
std::vector<NamedReport> ScanLeftovers(const std::filesystem::path& host,
                                       std::span<const std::filesystem::path> working_directories,
                                       std::span<const Canary> canaries);

}  // namespace edgekeep::probe
