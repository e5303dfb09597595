// Checkpoints and what signs them (c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature; spec/log.md §4, §5).
#pragma once
#include <array>
#include <optional>
#include <span>

#include "edgekeep/release/log/signed_note.h"

namespace edgekeep::release::log {

inline constexpr std::size_t kMaxOriginSize = 255;
inline constexpr std::size_t kMaxCheckpointTextSize = 4096;

// The head of a log's tree, as a note's text states it. Views borrow from that text.
struct Checkpoint {
  std::string_view text;
  std::string_view origin;
  std::uint64_t size = 0;
  Digest root;
};

// Fails with kMalformed, or kTooLarge over the limits above. Extension lines are passed over.
Result<Checkpoint> ParseCheckpoint(std::string_view text);

// What `key` signs under `checkpoint` at `time`. Keys of type kEd25519 sign no time.
Result<Bytes> MessageFor(const VerifierKey& key, const Checkpoint& checkpoint, UnixTime time);

// Verifies one line by the key it names; returns its time, 0 for a key that signs none. Fails with kBadSignature.
Result<UnixTime> VerifyLine(const crypto::Provider& provider, const VerifierKey& key, const Checkpoint& checkpoint,
                            const NoteSignature& line);

inline constexpr std::size_t kMaxVerifierKeys = 64;

// A checkpoint, and who signed it when, of the keys that were asked for. Only VerifyCheckpoint makes one.
class SignedCheckpoint {
 public:
  // Borrows from the note.
  const Checkpoint& checkpoint() const noexcept { return checkpoint_; }

  // By the key's index; nothing where it did not sign. Where it did more than once, the latest time that was believed,
  // or the latest of all where none was.
  const std::optional<UnixTime>& signed_at(std::size_t key) const { return times_[key]; }

 private:
  friend Result<SignedCheckpoint> VerifyCheckpoint(const crypto::Provider&, std::string_view,
                                                   std::span<const VerifierKey>, std::optional<UnixTime>);
  Checkpoint checkpoint_;
  std::array<std::optional<UnixTime>, kMaxVerifierKeys> times_{};
};

// Lines by unknown keys are passed over. Fails with kBadSignature where a line by one of `keys` is wrong, whatever else
// signed; with kUntrusted where none of them signed. At most kMaxVerifierKeys, no two of one name and id. Of a key's
// times those up to `not_after` are believed: one line from a wrong clock does not hide what the key said since.
Result<SignedCheckpoint> VerifyCheckpoint(const crypto::Provider& provider, std::string_view note,
                                          std::span<const VerifierKey> keys, std::optional<UnixTime> not_after = {});

}  // namespace edgekeep::release::log
