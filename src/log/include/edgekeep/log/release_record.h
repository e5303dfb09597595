// What a log says about one release, and the proof of it (spec/release-proof.md).
#pragma once
#include "edgekeep/log/notary_desk.h"

namespace edgekeep::log {

// The verdict that counts for a release: the newest favourable one, else the newest.
struct ReleaseRecord {
  std::optional<std::uint64_t> release;  // the entry that was judged, else the newest
  std::optional<std::uint64_t> verdict;
  std::vector<Finding> findings;  // of the verdict
  std::string statement;          // the notary's, over it
};

// `content` is the release's. Verdicts are those that one of `notaries` signed in every class; without notaries none
// is looked for.
Result<ReleaseRecord> FindRelease(const LogView& view, ByteView content, std::span<const formats::Holder> notaries,
                                  std::span<const std::uint8_t> required_classes);

// Requires record.release. `note` is the checkpoint of view.head.
Result<std::string> WriteReleaseProof(const LogView& view, std::string_view note, const ReleaseRecord& record);

}  // namespace edgekeep::log
