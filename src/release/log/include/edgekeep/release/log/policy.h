// Log policies (c2sp.org/tlog-policy; spec/log.md §8): which logs are believed, and which cosigners must have seen
// them.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "edgekeep/release/log/checkpoint.h"
#include "edgekeep/release/log/merkle.h"

namespace edgekeep::release::log {

inline constexpr std::size_t kMaxPolicySize = 262144;
inline constexpr std::size_t kMaxLogs = 32;
inline constexpr std::size_t kMaxWitnesses = 32;
inline constexpr std::size_t kMaxGroups = 32;

// One log or witness. Views borrow from the policy.
struct PolicyParty {
  bool is_log = false;
  std::string_view name;  // of a witness, as groups call it
  std::string_view url;   // empty where the policy has none
};

// A checkpoint that a policy believes. Only Policy makes one.
class TrustedCheckpoint {
 public:
  std::string_view origin() const noexcept { return origin_.view(); }

  const TreeHead& head() const noexcept { return head_; }

  // The latest time that a quorum of cosigners vouches for: each of them signed then or later. 0 where the policy
  // demands no cosigner, or those it counts state no time.
  UnixTime cosigned_at() const noexcept { return cosigned_at_; }

  // By the number of the party in the policy: when it signed, if it did and counts.
  const std::optional<UnixTime>& signed_at(std::size_t party) const { return times_[party]; }

 private:
  friend class Policy;
  InlineString<kMaxOriginSize> origin_;
  TreeHead head_;
  UnixTime cosigned_at_;
  std::array<std::optional<UnixTime>, kMaxVerifierKeys> times_{};
};

class Policy {
 public:
  // Copies `text`. Fails with kMalformed (a name unknown, used twice or a member of two groups; a key twice, or as log
  // and witness), kUnsupported (a key whose type its role cannot have) or kTooLarge.
  static Result<Policy> Parse(const crypto::Provider& provider, std::string_view text);
  Policy(Policy&& other) noexcept;
  Policy& operator=(Policy&& other) noexcept;
  ~Policy();

  std::span<const VerifierKey> keys() const noexcept;
  // parties()[i] has keys()[i].
  std::span<const PolicyParty> parties() const noexcept;

  // Believes the checkpoint of `note` when a key of each algorithm class that the policy names for its origin signed it
  // as the log, and a quorum of witnesses cosigned it. Cosignatures later than `not_after` do not count. Fails with
  // kMalformed, kTooLarge, kBadSignature (a line by a known key is wrong, or the log did not sign in a class) or
  // kUntrusted (a log the policy does not name, or no quorum).
  Result<TrustedCheckpoint> Verify(const crypto::Provider& provider, std::string_view note,
                                   std::optional<UnixTime> not_after = {}) const;

  // How many witnesses cosigned what Verify believed: a name counts once, where one of its keys in each algorithm class
  // that the policy names for it signed. Names of logs and of `not_counted` are nobody's who is independent of them.
  std::size_t CountIndependent(const TrustedCheckpoint& checkpoint,
                               std::span<const std::string_view> not_counted) const;

  // No quorum is made of witnesses of `names` and of logs' names alone. False where nobody is demanded.
  bool DemandsAnyBut(std::span<const std::string_view> names) const;

 private:
  struct Contents;
  explicit Policy(std::unique_ptr<Contents> contents) noexcept;
  bool IsIndependent(const TrustedCheckpoint& checkpoint, std::string_view name) const;
  bool IsDependent(std::size_t party, std::span<const std::string_view> names) const;

  std::unique_ptr<Contents> contents_;
};

}  // namespace edgekeep::release::log
