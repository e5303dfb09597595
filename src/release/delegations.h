// Delegations of a targets role: who may name which targets (TUF 1.0.34 §4.5, TAP 15).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "edgekeep/base/inline_string.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/release/limits.h"
#include "metadata_file.h"
#include "path_pattern.h"
#include "signatures.h"

namespace edgekeep::release {

// A role that may name the target that is looked for. Borrows from the delegating file.
struct Delegation {
  InlineString<kMaxEncodedRole> role;
  Signers signers;
  bool terminating = false;
};

// A target that is looked for.
class SoughtTarget {
 public:
  // `path` as FindTarget takes it.
  static Result<SoughtTarget> From(const crypto::Provider& provider, std::string_view path, std::uint64_t max_steps);

  std::string_view path() const noexcept { return path_.view(); }

  // The next delegation of `targets` that covers this target, from `next` on, which moves past it; none when there are
  // no more. Fails with kTooLarge for too much work, or for the name of a role.
  Result<std::optional<Delegation>> NextDelegation(const MetadataFile& targets, std::size_t& next);

 private:
  SoughtTarget() : matcher_(0) {}

  Result<bool> IsCovered(json::Node role);
  Result<Delegation> BinFor(json::Node delegations) const;

  InlineString<kMaxTargetPath> path_;
  std::array<std::uint8_t, 32> digest_{};  // SHA-256 of the path
  PathMatcher matcher_;
};

}  // namespace edgekeep::release
