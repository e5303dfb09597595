// Quorums: which sets of witnesses suffice.
#pragma once
#include <cstdint>
#include <optional>

#include "edgekeep/base/inline_vector.h"
#include "edgekeep/release/log/policy.h"

namespace edgekeep::release::log {

// Sets of parties and of groups, a bit for each.
struct Members {
  std::uint64_t parties = 0;
  std::uint32_t groups = 0;

  unsigned Count() const noexcept;
};

// Satisfied by at least `threshold` of its members. A group's members are defined before it.
struct Group {
  unsigned threshold = 0;
  Members members;
};

class Quorum {
 public:
  Status AddGroup(const Group& group) { return groups_.PushBack(group); }

  std::size_t num_groups() const noexcept { return groups_.size(); }

  // One party or group, or nobody at all.
  void Demand(const Members& members) noexcept { demanded_ = members; }

  bool IsSatisfiedBy(std::uint64_t parties) const noexcept;

 private:
  InlineVector<Group, kMaxGroups> groups_;
  Members demanded_;
};

}  // namespace edgekeep::release::log
