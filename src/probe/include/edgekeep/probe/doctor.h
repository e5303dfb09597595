// What a host offers for the protection of cells: facts, and what is made of them.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace edgekeep::probe {

enum class Standing : std::uint8_t { kPresent, kWeaker, kAbsent };

// One protection on this host.
struct Check {
  std::string name;
  Standing standing = Standing::kAbsent;
  std::string found;    // what was seen
  std::string advice;   // what to do; empty where nothing is to be done
  bool needed = false;  // a process cell does not run, or does not hold, without it
};

// What only trying shows. A negative ABI or a false means that it does not work here.
struct Tries {
  bool memfd_secret = false;
  long landlock_abi = -1;
  bool user_namespaces = false;  // an unprivileged user may make one
  bool seccomp_filters = false;
  std::uint64_t lockable_bytes = 0;  // ~0: without bound
  bool may_raise_limits = false;     // CAP_SYS_RESOURCE
};

// Asks this kernel, in child processes where asking changes something.
Tries TryHere();

// The protections of the host whose files are below `root` ("/" for this one). Missing files count as absent features.
std::vector<Check> Examine(const std::filesystem::path& root, const Tries& tries);

// True when nothing that is needed is absent.
bool CellsCanRun(std::span<const Check> checks);

// Which kind of cell fits, and why: one line.
std::string FittingProtection(const std::filesystem::path& root, std::span<const Check> checks);

const char* NameOf(Standing standing) noexcept;

}  // namespace edgekeep::probe
