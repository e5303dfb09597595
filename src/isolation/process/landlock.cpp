#include "edgekeep/isolation/process/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

#include "edgekeep/gate/posix/descriptor.h"

namespace edgekeep::isolation {
namespace {

using gate::Descriptor;

// linux/landlock.h of Debian 12 knows ABI 2 only; what came later (landlock(7)) is declared here.
struct Ruleset {
  std::uint64_t files;
  std::uint64_t network;  // from ABI 4
  std::uint64_t scopes;   // from ABI 6
};

constexpr std::uint64_t kTruncate = 1ULL << 14;                   // from ABI 3
constexpr std::uint64_t kAllFileRights[] = {13, 14, 15, 15, 16};  // how many there are in ABI 1, 2, …, 5 and later
constexpr std::uint64_t kTcpBindAndConnect = 3;
constexpr std::uint64_t kAbstractSocketsAndSignals = 3;

constexpr std::uint64_t kPlainFiles = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                      LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                                      LANDLOCK_ACCESS_FS_REMOVE_FILE | kTruncate;

std::uint64_t RightsFor(Use use) {
  switch (use) {
    case Use::kReading:
      return LANDLOCK_ACCESS_FS_READ_FILE;
    case Use::kPlainFiles:
      return kPlainFiles;
    case Use::kTree:
      return kPlainFiles | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REFER;
    case Use::kSockets:
      break;
  }
  return LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REMOVE_FILE;
}

Ruleset EverythingIn(long abi) {
  const long known = abi > 5 ? 5 : abi;
  return {.files = (1ULL << kAllFileRights[known - 1]) - 1,
          .network = abi >= 4 ? kTcpBindAndConnect : 0,
          .scopes = abi >= 6 ? kAbstractSocketsAndSignals : 0};
}

// A kernel refuses a structure longer than the one it knows, unless the rest is zero; these are the published sizes.
std::size_t SizeIn(long abi) {
  if (abi >= 6) return sizeof(Ruleset);
  return abi >= 4 ? offsetof(Ruleset, scopes) : offsetof(Ruleset, network);
}

Status Allow(const Place& place, const Descriptor& ruleset, std::uint64_t handled) {
  const Descriptor parent(open(place.path, O_PATH | O_CLOEXEC));
  if (!parent.valid()) return Error(ErrorCode::kIo, "landlock: place");
  const landlock_path_beneath_attr rule{.allowed_access = RightsFor(place.use) & handled, .parent_fd = parent.get()};
  if (syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0U) != 0) {
    return Error(ErrorCode::kIo, "landlock: rule");
  }
  return {};
}

Result<long> Abi() {
  const long abi = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return Error(ErrorCode::kUnsupported, "landlock: not in this kernel");
  return abi;
}

Result<Descriptor> NewRuleset(const Ruleset& handled, long abi) {
  Descriptor ruleset(static_cast<int>(syscall(SYS_landlock_create_ruleset, &handled, SizeIn(abi), 0U)));
  if (!ruleset.valid()) return Error(ErrorCode::kIo, "landlock: ruleset");
  return ruleset;
}

Status Enforce(const Descriptor& ruleset) {
  if (syscall(SYS_landlock_restrict_self, ruleset.get(), 0U) != 0) return Error(ErrorCode::kIo, "landlock");
  return {};
}

}  // namespace

Status ForbidFilesExcept(std::span<const Place> places) {
  EK_TRY_ASSIGN(const long abi, Abi());
  const Ruleset handled = EverythingIn(abi);
  EK_TRY_ASSIGN(const Descriptor ruleset, NewRuleset(handled, abi));
  for (const Place& place : places) EK_TRY(Allow(place, ruleset, handled.files));
  return Enforce(ruleset);
}

Status ForbidNetworkAndOutsiders() {
  EK_TRY_ASSIGN(const long abi, Abi());
  Ruleset handled = EverythingIn(abi);
  handled.files = 0;
  // An older kernel has nothing to forbid besides files.
  if (handled.network == 0) return {};
  EK_TRY_ASSIGN(const Descriptor ruleset, NewRuleset(handled, abi));
  return Enforce(ruleset);
}

}  // namespace edgekeep::isolation
