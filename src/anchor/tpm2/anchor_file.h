// What of a TPM anchor lies on the disk: nothing secret, nothing that another chip could use (spec/keep-state.md §4).
#pragma once
#include "boot_policy.h"
#include "edgekeep/ports/store.h"

namespace edgekeep::anchor {

inline constexpr std::size_t kMaxApprovals = 8;
inline constexpr std::size_t kSealedAuthoritySize = 12 + 32 + 16;

struct AnchorFile {
  std::uint32_t pcrs = 0;
  std::array<std::uint8_t, 65> authority{};                           // a point
  std::array<std::uint8_t, kSealedAuthoritySize> sealed_authority{};  // its scalar, under the vault key
  InlineVector<BootApproval, kMaxApprovals> approvals;
};

enum class AnchorStanding : std::uint8_t {
  kNew,     // no file
  kMaking,  // a making that was begun: nothing hangs on it yet
  kMade,
};

struct StoredAnchor {
  AnchorStanding standing = AnchorStanding::kNew;
  AnchorFile file;  // of one that was made
};

// Fails with kMalformed for a damaged file.
Result<StoredAnchor> ReadAnchorFile(ports::Store& store);
Status StoreMaking(ports::Store& store);
Status StoreMade(ports::Store& store, const AnchorFile& file);

}  // namespace edgekeep::anchor
