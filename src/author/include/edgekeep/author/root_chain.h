// The chain of roots: who could do what, from one ceremony to the next.
#pragma once
#include <string>
#include <vector>

#include "edgekeep/author/holder_keys.h"

namespace edgekeep::author {

// What one root of a chain says about people.
struct ChainedRoot {
  std::uint64_t version = 0;
  Digest digest;  // SHA-256 over the canonical form of what is signed
  RootPeople people;
  std::vector<std::string> root_holders;
  std::uint64_t root_threshold = 0;
};

// Verifies each root by its own quorum and by that of the root before it; the first one is trusted. Roots that have
// expired are history, and no error. Fails with kWrongVersion where one does not follow the other.
Outcome<std::vector<ChainedRoot>> ReadRootChain(const Context& context, const std::vector<std::string>& roots);

// That a text which came from `path` is a root at all. Who signed it is for others to judge.
Done CheckIsRoot(const std::string& text, const std::string& path);

// `trusted_root` and the roots that follow it in a repository, as texts.
Outcome<std::vector<std::string>> RootsFrom(const std::string& trusted_root, const std::string& repository);

}  // namespace edgekeep::author
