// Roots and trust policies that a crew finishes, for tests.
#pragma once
#include <map>
#include <string>

#include "edgekeep/author/policy_ceremony.h"
#include "release_crew.h"

namespace edgekeep::author {

// Of the shared crew, opened once: each opening costs what a guess at a passphrase does.
inline const ReleaseKeys& OpenedKeysOf(const std::string& name) {
  static std::map<std::string, ReleaseKeys> opened;
  const auto at = opened.find(name);
  return at != opened.end() ? at->second : opened.emplace(name, SharedCrew().Keys(name)).first->second;
}

// Of the shared crew; alice and bob sign it.
inline std::string FirstRoot() {
  const Directory directory;
  const std::string folder = directory / "root";
  EXPECT_TRUE(StartRoot(TestContext(), folder, SharedCrew().Content()));
  for (const char* name : {"alice", "bob"}) EXPECT_TRUE(Sign(folder, "", OpenedKeysOf(name)));
  return FinishRoot(TestContext(), folder, "").value();
}

inline PolicyContent DevelopmentPolicy() {
  return {.authority = "acme",
          .profile = formats::PolicyProfile::kDevelopment,
          .issued_at = kNow,
          .notaries = {},
          .min_independent_witnesses = 0,
          .dependent_cosigners = {},
          .log_policy = "quorum none\n",
          .officers = {},
          .orders = {},
          .quarantine = {}};
}

inline Buffer PolicyOf(const PolicyContent& content, const std::string& root) {
  const Directory directory;
  const std::string folder = directory / "policy";
  const PolicyRoots roots{.root = root, .root_before = {}};
  EXPECT_TRUE(StartPolicy(TestContext(), folder, content));
  for (const char* name : {"alice", "bob"}) {
    const auto review = ReviewPolicy(TestContext(), folder, roots);
    EXPECT_TRUE(review && SignPolicy(TestContext(), folder, roots, review->digest, OpenedKeysOf(name)));
  }
  const auto policy = FinishPolicy(TestContext(), folder, roots);
  EXPECT_TRUE(policy);
  return {policy->view().begin(), policy->view().end()};
}

}  // namespace edgekeep::author
