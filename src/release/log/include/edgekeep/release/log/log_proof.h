// Log proofs (c2sp.org/tlog-proof; spec/log.md §7): that an entry is in a log, for whoever is offline.
#pragma once
#include <string_view>

#include "edgekeep/release/log/policy.h"

namespace edgekeep::release::log {

inline constexpr std::size_t kMaxProofExtraSize = 65536;
inline constexpr std::size_t kMaxLogProofSize = kMaxNoteSize + 98304;

// A proof's parts; nothing is verified. Views borrow from its text.
struct LogProof {
  std::string_view extra;  // base64, empty where there is none; authenticated by nothing
  std::uint64_t index = 0;
  MerklePath path;
  std::string_view checkpoint;  // a note
};

// Takes hashes off the front of `rest`, one a line, up to an empty line and with it.
Result<MerklePath> TakePath(std::string_view& rest);

Result<LogProof> ParseLogProof(std::string_view text);

// A proof's text up to its checkpoint, which is left empty; refuses extra data.
Result<LogProof> ParseInclusion(std::string_view text);

// An entry, and where in which log it is. Only VerifyLogProof makes one.
class LoggedEntry {
 public:
  const TrustedCheckpoint& checkpoint() const noexcept { return checkpoint_; }

  std::uint64_t index() const noexcept { return index_; }

 private:
  friend Result<LoggedEntry> VerifyLogProof(const crypto::Provider&, const Policy&, std::string_view, ByteView,
                                            std::optional<UnixTime>);
  TrustedCheckpoint checkpoint_;
  std::uint64_t index_ = 0;
};

// That `entry` is in a log as `policy` demands. Fails as ParseLogProof, Policy::Verify, or with kBadSignature where the
// proof is another entry's.
Result<LoggedEntry> VerifyLogProof(const crypto::Provider& provider, const Policy& policy, std::string_view proof,
                                   ByteView entry, std::optional<UnixTime> not_after = {});

}  // namespace edgekeep::release::log
