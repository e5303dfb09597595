// Release proofs (spec/release-proof.md): one file by which a release is proven to whoever is offline.
#pragma once
#include <optional>
#include <string_view>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/formats/log_entry.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxReleaseProofSize = 262144;
inline constexpr std::size_t kMaxInclusionText = 4096;

// A leaf of the log, and why it is one: a log proof up to its checkpoint.
struct ProvenEntry {
  ByteView entry;
  std::string_view inclusion;
};

struct ProvenVerdict {
  ProvenEntry leaf;
  ByteView statement;  // the notary's signed object over the verdict
};

// Parts of a proof by their form and size; nothing is verified.
struct ReleaseProof {
  std::string_view checkpoint;  // under which both entries lie: a signed note
  ProvenEntry release;
  std::optional<ProvenVerdict> verdict;
};

// Views borrow from the bytes given. Fail with kMalformed, kTooLarge or kUnsupported.
Result<ReleaseProof> DecodeReleaseProof(ByteView bytes);
Status EncodeReleaseProof(const ReleaseProof& proof, CborWriter& out);

}  // namespace edgekeep::formats
