#include "release_targets.h"

#include <algorithm>
#include <charconv>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/json/text.h"
#include "release_files.h"

namespace edgekeep::author {
namespace {

constexpr std::size_t kMaxManifest = 1'000'000;
constexpr std::size_t kMaxSbom = 16'000'000;

Result<TargetView> ViewTarget(json::Node target) {
  TargetView view;
  EK_TRY_ASSIGN(view.size, target.Find("length").AsUnsigned());
  EK_TRY_ASSIGN(const std::string_view sha256, target.Find("hashes").Find("sha256").AsText());
  view.sha256 = sha256;
  const Result<std::string_view> kind = target.Find("custom").Find("edgekeep").Find("kind").AsText();
  if (kind) view.kind = *kind;
  const Result<std::uint64_t> epoch = target.Find("custom").Find("edgekeep").Find("security-epoch").AsUnsigned();
  if (epoch) view.security_epoch = *epoch;
  EK_TRY_ASSIGN(const Bytes all, json::Canonical(target));
  view.all = AsText(all.view());
  return view;
}

Result<std::vector<std::string>> TextsIn(json::Node list) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; list.is_array() && i < list.size(); ++i) {
    EK_TRY_ASSIGN(const std::string_view text, list[i].AsText());
    texts.emplace_back(text);
  }
  return texts;
}

Result<Manifest> ReadManifest(json::Node root) {
  Manifest manifest;
  EK_TRY_ASSIGN(const std::string_view version, root.Find("version").AsText());
  manifest.version = version;
  EK_TRY_ASSIGN(manifest.sequence, root.Find("sequence").AsUnsigned());
  EK_TRY_ASSIGN(manifest.inputs, TextsIn(root.Find("interface").Find("inputs")));
  EK_TRY_ASSIGN(manifest.outputs, TextsIn(root.Find("interface").Find("outputs")));
  EK_TRY_ASSIGN(manifest.components, TextsIn(root.Find("components")));
  return manifest;
}

// The number of "PREFIX7/release.json", 0 for anything else: sequences of releases begin with 1.
std::uint64_t SequenceIn(std::string_view target, std::string_view prefix) {
  if (!target.starts_with(prefix)) return 0;
  target.remove_prefix(prefix.size());
  std::uint64_t sequence = 0;
  const auto [end, error] = std::from_chars(target.data(), target.data() + target.size(), sequence);
  const std::string_view rest(end, static_cast<std::size_t>(target.data() + target.size() - end));
  return error == std::errc() && rest == std::string("/") + kManifestName ? sequence : 0;
}

}  // namespace

Outcome<Targets> ViewTargets(const MetadataText& targets, const std::string& place) {
  const json::Node list = targets.content().Find("targets");
  Targets views;
  for (std::size_t i = 0; i < list.size(); ++i) {
    EK_TRY_ASSIGN(TargetView view, At(place, ViewTarget(list[i])));
    views.emplace(list.KeyAt(i), std::move(view));
  }
  return views;
}

std::string DirectoryOf(const ProductName& product, std::string_view channel, Sequence sequence) {
  return std::string(product.view()) + "/" + std::string(channel) + "/" + std::to_string(sequence.value) + "/";
}

Failure NotAsStated(const std::string& what, const std::string& where) {
  return {ErrorCode::kBadSignature, what, where, "do not approve it; ask the author"};
}

Done CompareTargets(const Targets& before, const Targets& now, const formats::ReleaseEntry& release) {
  for (const auto& [target, view] : before) {
    const auto found = now.find(target);
    if (found == now.end()) return NotAsStated("takes away what was released", target);
    if (found->second.all != view.all) return NotAsStated("changes what was released", target);
  }
  const std::string directory = DirectoryOf(release.product, release.channel, release.version.sequence);
  for (const auto& [target, view] : now) {
    const bool own = target.starts_with(directory) && target.find('/', directory.size()) == std::string::npos;
    if (!own && !before.contains(target)) return NotAsStated("a file outside the release's directory", target);
    if (own && view.security_epoch != release.security_epoch) {
      return NotAsStated("says another security epoch than the release", target);
    }
  }
  // Such a release would take back a floor; devices refuse it.
  if (HighestEpoch(before, release.product) <= release.security_epoch) return {};
  return NotAsStated("a lower security epoch than was released", std::string(release.product.view()));
}

std::uint64_t HighestEpoch(const Targets& targets, const ProductName& product) {
  const std::string prefix = std::string(product.view()) + "/";
  std::uint64_t highest = 0;
  for (const auto& [target, view] : targets) {
    if (target.starts_with(prefix)) highest = std::max(highest, view.security_epoch.value_or(0));
  }
  return highest;
}

std::string StoredPath(const std::string& repository, const std::string& target, const std::string& sha256) {
  const std::size_t slash = target.rfind('/');
  const std::string directory = slash == std::string::npos ? "" : target.substr(0, slash + 1);
  return repository + "/targets/" + directory + sha256 + "." + target.substr(directory.size());
}

Outcome<Manifest> ParseManifest(std::string_view text, const std::string& place) {
  EK_TRY_ASSIGN(const json::Document document, At(place, json::Document::Parse(AsBytes(text), {})));
  return At(place, ReadManifest(document.root()));
}

Outcome<std::optional<Manifest>> ReadNewestManifest(const Context& context, const std::string& repository,
                                                    const Targets& targets, const std::string& prefix) {
  std::uint64_t newest = 0;
  for (const auto& [target, view] : targets) newest = std::max(newest, SequenceIn(target, prefix));
  if (newest == 0) return std::optional<Manifest>();
  const std::string target = prefix + std::to_string(newest) + "/" + kManifestName;
  const TargetView& view = targets.at(target);
  const std::string path = StoredPath(repository, target, view.sha256);
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, kMaxManifest)));
  EK_TRY_ASSIGN(const Digest digest, At(path, crypto::Sha256(context.provider, {bytes.view()})));
  if (HexText(digest.view()) != view.sha256) return Describe(Error(ErrorCode::kBadSignature, "manifest"), path);
  EK_TRY_ASSIGN(Manifest manifest, ParseManifest(AsText(bytes.view()), path));
  return std::optional<Manifest>(std::move(manifest));
}

Outcome<std::vector<std::string>> ComponentsOf(const std::string& path) {
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, kMaxSbom)));
  return ComponentsIn(AsText(bytes.view()), path);
}

Outcome<std::vector<std::string>> ComponentsIn(std::string_view text, const std::string& place) {
  EK_TRY_ASSIGN(const json::Value value, At(place, json::Parse(text, {.max_bytes = kMaxSbom, .max_values = 1U << 20})));
  const Failure none{ErrorCode::kMalformed, "no CycloneDX bill of materials", place, "name one in JSON"};
  const Result<const json::Object*> object = value.AsObject();
  if (!object || (*object)->Find("bomFormat") == nullptr) return none;
  std::vector<std::string> components;
  const json::Value* list = (*object)->Find("components");
  if (list == nullptr) return components;
  const Result<const json::Array*> array = list->AsArray();
  if (!array) return none;
  for (const json::Value& entry : **array) {
    const Result<const json::Object*> component = entry.AsObject();
    if (!component || (*component)->Find("name") == nullptr) return none;
    const Result<std::string_view> name = (*component)->Find("name")->AsText();
    if (!name) return none;
    const json::Value* version = (*component)->Find("version");
    const Result<std::string_view> said = version == nullptr ? std::string_view() : version->AsText();
    components.push_back(std::string(*name) + " " + std::string(said.value_or("")));
  }
  std::ranges::sort(components);
  return components;
}

void CompareLists(const std::string& what, const std::vector<std::string>& before,
                  const std::vector<std::string>& after, std::vector<std::string>& differences) {
  for (const std::string& item : after) {
    if (std::ranges::find(before, item) == before.end()) differences.push_back(what + ": new: " + item);
  }
  for (const std::string& item : before) {
    if (std::ranges::find(after, item) == after.end()) differences.push_back(what + ": gone: " + item);
  }
}

}  // namespace edgekeep::author
