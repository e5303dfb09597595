// One line of /proc/PID/maps (proc_pid_maps(5)).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace edgekeep::probe {

// What the kernel calls a file of memfd_secret(2), in memory maps and behind descriptors.
inline bool IsSecretMemory(std::string_view name) {
  return name == "/secretmem (deleted)";
}

struct Mapping {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  bool shared = false;
  std::string name;  // "" where nothing is behind it but memory

  // Pages that were never touched hold nothing.
  bool anonymous() const { return !shared && (name.empty() || name.front() == '['); }

  // memfd_secret(2): even root reads it in no other process.
  bool secret() const { return IsSecretMemory(name); }

  // The kernel's own pages, which cannot be read through /proc/PID/mem.
  bool of_kernel() const { return name == "[vvar]" || name == "[vsyscall]" || name == "[vvar_vclock]"; }
};

std::optional<Mapping> ParseMapping(std::string_view line);

}  // namespace edgekeep::probe
