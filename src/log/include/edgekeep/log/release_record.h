// What a log says about one release, and the proof of it (spec/release-proof.md).
#pragma once
#include "edgekeep/log/notary_desk.h"
#include "edgekeep/log/tree_reader.h"

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

// The same of several releases, in their order: the log is read once.
Result<std::vector<ReleaseRecord>> FindReleases(const LogView& view, std::span<const ByteView> contents,
                                                std::span<const formats::Holder> notaries,
                                                std::span<const std::uint8_t> required_classes);

// Requires record.release. `note` is the checkpoint of the tree that is read.
Result<std::string> WriteReleaseProof(TreeReader& tree, std::string_view note, const ReleaseRecord& record);

}  // namespace edgekeep::log
