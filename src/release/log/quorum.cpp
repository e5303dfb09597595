#include "quorum.h"

namespace edgekeep::release::log {
namespace {

// std::popcount becomes a call where the processor has no instruction for it.
unsigned CountBits(std::uint64_t bits) noexcept {
  unsigned count = 0;
  for (; bits != 0; bits >>= 1) count += static_cast<unsigned>(bits & 1);
  return count;
}

}  // namespace

unsigned Members::Count() const noexcept {
  return CountBits(parties) + CountBits(groups);
}

bool Quorum::IsSatisfiedBy(std::uint64_t parties) const noexcept {
  std::uint32_t satisfied = 0;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const Group& group = groups_[i];
    const Members there{.parties = group.members.parties & parties, .groups = group.members.groups & satisfied};
    if (there.Count() >= group.threshold) satisfied |= std::uint32_t{1} << i;
  }
  return (demanded_.parties & ~parties) == 0 && (demanded_.groups & ~satisfied) == 0;
}

}  // namespace edgekeep::release::log
