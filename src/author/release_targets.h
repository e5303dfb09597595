// The targets of releases: what the metadata says about each, and what one release changes.
#pragma once
#include <map>

#include "edgekeep/author/proposal.h"
#include "edgekeep/formats/log_entry.h"
#include "metadata_json.h"

namespace edgekeep::author {

// A target as people compare it.
struct TargetView {
  std::uint64_t size = 0;
  std::string sha256;
  std::string kind;
  std::optional<std::uint64_t> security_epoch;
  std::string all;  // everything that is said of it, in canonical form
};

using Targets = std::map<std::string, TargetView>;

Failure NotAsStated(const std::string& what, const std::string& where);

// Everything that is released stays as it is, to the last field; what is new lies in the directory of `release`, and
// what lies there is of its security epoch. No other target of its product is of a higher one.
Done CompareTargets(const Targets& before, const Targets& now, const formats::ReleaseEntry& release);
// The highest that a target of the product has; 0 where there is none.
std::uint64_t HighestEpoch(const Targets& targets, const ProductName& product);

Outcome<Targets> ViewTargets(const MetadataText& targets, const std::string& place);

// "acme/label-ocr/stable/7/"
std::string DirectoryOf(const ProductName& product, std::string_view channel, Sequence sequence);

// Where `target` lies below a repository, as consistent snapshots have it.
std::string StoredPath(const std::string& repository, const std::string& target, const std::string& sha256);

// A release manifest: what belongs together.
struct Manifest {
  std::string version;
  std::uint64_t sequence = 0;
  std::vector<std::string> inputs, outputs;
  std::vector<std::string> components;  // of the bill of materials: "name version"
};

// The manifest of the newest release of this product and channel among `targets`; none where there is none. Verified by
// the digest that the targets have of it.
Outcome<std::optional<Manifest>> ReadNewestManifest(const Context& context, const std::string& repository,
                                                    const Targets& targets, const std::string& prefix);
Outcome<Manifest> ParseManifest(std::string_view text, const std::string& place);

// "name version" of each component of a CycloneDX document in JSON, ascending.
Outcome<std::vector<std::string>> ComponentsOf(const std::string& path);
Outcome<std::vector<std::string>> ComponentsIn(std::string_view text, const std::string& place);

// One line for everything in one list and not in the other.
void CompareLists(const std::string& what, const std::vector<std::string>& before,
                  const std::vector<std::string>& after, std::vector<std::string>& differences);

}  // namespace edgekeep::author
