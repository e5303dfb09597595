#include "edgekeep/author/root_chain.h"

#include "edgekeep/author/signing_folder.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/release/limits.h"
#include "edgekeep/release/release_statement.h"
#include "repository_files.h"
#include "root_view.h"

namespace edgekeep::author {
namespace {

// Fifteen years of a root every month, and more.
constexpr std::size_t kMaxRoots = 1024;
constexpr release::HolderRule kRootRule{.required_classes = kReleaseClasses};

Outcome<ChainedRoot> ReadRoot(const Context& context, const std::string& text, const std::string& place) {
  EK_TRY_ASSIGN(const MetadataText parsed, ParseMetadata(context, text, place));
  EK_TRY_ASSIGN(const auto roles, ViewRoles(context, parsed, place));
  EK_TRY(At(place, release::CheckHolders(context.provider, AsBytes(text), "root", AsBytes(text), kRootRule)));
  EK_TRY_ASSIGN(const auto facts, At(place, release::ReadMetadataFacts("root", AsBytes(text))));
  EK_TRY_ASSIGN(RootPeople people, ReadRootPeople(context, text));
  ChainedRoot root{.version = facts.version,
                   .digest = parsed.digest,
                   .people = std::move(people),
                   .root_holders = {},
                   .root_threshold = roles.at("root").threshold};
  for (const auto& [holder, ids] : roles.at("root").keys) root.root_holders.push_back(holder);
  return root;
}

std::string PlaceOf(std::size_t index) {
  return index == 0 ? std::string("trusted root") : "root " + std::to_string(index) + " after the trusted one";
}

}  // namespace

Outcome<std::vector<ChainedRoot>> ReadRootChain(const Context& context, const std::vector<std::string>& roots) {
  std::vector<ChainedRoot> chain;
  for (std::size_t i = 0; i < roots.size(); ++i) {
    const std::string place = PlaceOf(i);
    EK_TRY_ASSIGN(ChainedRoot root, ReadRoot(context, roots[i], place));
    if (i > 0) {
      if (root.version != chain.back().version + 1) {
        return Failure{ErrorCode::kWrongVersion, "not the root that follows", place, "give all roots, in their order"};
      }
      EK_TRY(At(place,
                release::CheckHolders(context.provider, AsBytes(roots[i - 1]), "root", AsBytes(roots[i]), kRootRule)));
    }
    chain.push_back(std::move(root));
  }
  return chain;
}

Done CheckIsRoot(const std::string& text, const std::string& path) {
  EK_TRY(At(path, release::ReadMetadataFacts("root", AsBytes(text))));
  return {};
}

Outcome<std::vector<std::string>> RootsFrom(const std::string& trusted_root, const std::string& repository) {
  EK_TRY_ASSIGN(const auto facts, At("trusted root", release::ReadMetadataFacts("root", AsBytes(trusted_root))));
  std::vector<std::string> roots = {trusted_root};
  const release::Limits limits;
  while (roots.size() <= kMaxRoots) {
    const std::string path = MetadataPath(repository, facts.version + roots.size(), "root");
    const Result<Bytes> next = files::ReadFile(path, limits.root_bytes);
    if (!next && next.error().code() == ErrorCode::kNotFound) return roots;
    if (!next) return Describe(next.error(), path);
    roots.emplace_back(AsText(next->view()));
  }
  return Describe(Error(ErrorCode::kTooLarge, "number of roots"), repository);
}

}  // namespace edgekeep::author
