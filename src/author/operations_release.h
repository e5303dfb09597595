// Operations policies as files of a release (spec/operations-policy.md §3).
#pragma once
#include "edgekeep/release/proven_release.h"
#include "release_files.h"
#include "release_targets.h"

namespace edgekeep::author {

inline constexpr const char* kOperationsKind = "operations-policy";

// What it demands, in words. Fails with kWrongProduct, kWrongVersion where it is of another release.
Outcome<std::string> AboutOperations(const std::string& path, const FileExpectation& expected);

// A release of operations policies has one of them and nothing else, is of their one channel, and follows the newest of
// those `before` by a step that devices go along with; every other release has none.
Done CheckOperationsRelease(const release::ReleasePlace& place, const std::vector<ReleasedFile>& files,
                            const Targets& before);

// What the proposed policy demands less or more than the newest that was released; nothing of other releases.
// `directory`: where the proposed files lie.
Outcome<std::vector<std::string>> CompareOperations(const Context& context, const std::string& repository,
                                                    const Targets& before, const ProposalReview& review,
                                                    const std::string& directory);

}  // namespace edgekeep::author
