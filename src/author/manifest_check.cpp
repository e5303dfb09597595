#include "manifest_check.h"

#include <algorithm>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/json/text.h"
#include "release_files.h"

namespace edgekeep::author {
namespace {

constexpr std::size_t kMaxManifestFile = 1'000'000;

bool Says(json::Node object, std::string_view member, std::string_view expected) {
  const Result<std::string_view> text = object.Find(member).AsText();
  return text && *text == expected;
}

bool SaysNumber(json::Node object, std::string_view member, std::uint64_t expected) {
  const Result<std::uint64_t> number = object.Find(member).AsUnsigned();
  return number && *number == expected;
}

// The manifest is the target that devices and publishers take for it, and no other.
Outcome<std::string> ReadStated(const Context& context, const OpenedProposal& proposal, const std::string& path) {
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, kMaxManifestFile)));
  EK_TRY_ASSIGN(const Digest digest, At(path, crypto::Sha256(context.provider, {bytes.view()})));
  const formats::ReleaseEntry& entry = proposal.statement.entry();
  const auto target = proposal.targets.find(DirectoryOf(entry.product, entry.channel, entry.version.sequence) +
                                            std::string(kManifestName));
  const bool is_stated = digest == entry.manifest && target != proposal.targets.end() &&
                         target->second.sha256 == HexText(digest.view()) && target->second.size == bytes.size() &&
                         target->second.kind == "manifest";
  if (!is_stated) return NotAsStated("not the manifest that is proposed", path);
  return std::string(AsText(bytes.view()));
}

bool Lists(json::Node list, const ReleasedFile& file) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!Says(list[i], "path", file.target)) continue;
    return Says(list[i], "sha256", HexText(file.sha256.view())) && SaysNumber(list[i], "length", file.size) &&
           Says(list[i], "kind", file.kind);
  }
  return false;
}

Done CheckFiles(json::Node root, const formats::ReleaseEntry& entry, const std::vector<ReleasedFile>& files,
                const std::string& place) {
  const json::Node list = root.Find("files");
  std::uint64_t size = 0;
  bool all = list.is_array() && list.size() == files.size();
  for (const ReleasedFile& file : files) {
    size += file.size;
    all = all && Lists(list, file);
  }
  if (!all) return NotAsStated("lists other files, or says something else of them", place);
  return size == entry.total_size ? Done() : Done(NotAsStated("the statement has another size than the files", place));
}

Done CheckRelease(json::Node root, const formats::ReleaseEntry& entry, const std::string& place) {
  const bool same = Says(root, "product", entry.product.view()) && Says(root, "channel", entry.channel) &&
                    Says(root, "author", entry.author) && Says(root, "version", entry.version.display.view()) &&
                    SaysNumber(root, "sequence", entry.version.sequence.value) &&
                    SaysNumber(root, "security-epoch", entry.security_epoch);
  return same ? Done() : Done(NotAsStated("is about another release", place));
}

// What a notary and an auditor compare with the release before is a digest over what reviewers see.
Done CheckDigest(const Context& context, json::Node stated, const std::optional<Digest>& digest, const char* what,
                 const std::string& place) {
  if (!stated && !digest) return {};
  if (stated && digest) {
    EK_TRY_ASSIGN(const Bytes canonical, At(place, json::Canonical(stated)));
    EK_TRY_ASSIGN(const Digest own, At(place, crypto::Sha256(context.provider, {canonical.view()})));
    if (own == *digest) return {};
  }
  return NotAsStated(std::string("the statement has other ") + what, place);
}

// A reviewer who has the model need not take the author's word for what goes in and out.
Done CheckModel(const ReviewMeans& means, const Manifest& manifest) {
  if (means.model.empty()) return {};
  EK_TRY_ASSIGN(const json::Object interface, InterfaceOf(means.model));
  const json::Object stated = json::Object().Set("interface", interface).Set("sequence", 1).Set("version", "1");
  EK_TRY_ASSIGN(const Manifest own, ParseManifest(json::Write(stated), means.model));
  if (own.inputs == manifest.inputs && own.outputs == manifest.outputs) return {};
  return NotAsStated("has other inputs or outputs than the author states", means.model);
}

const ReleasedFile* BillAmong(const std::vector<ReleasedFile>& files) {
  const auto found = std::ranges::find(files, "sbom", &ReleasedFile::kind);
  return found == files.end() ? nullptr : &*found;
}

Done CheckBill(const ReviewMeans& means, const Manifest& manifest, const std::vector<ReleasedFile>& files) {
  const ReleasedFile* const bill = BillAmong(files);
  if (bill == nullptr) return {};
  const std::string path = means.files + "/" + bill->name;
  EK_TRY_ASSIGN(const std::vector<std::string> components, ComponentsOf(path));
  if (components == manifest.components) return {};
  return NotAsStated("has other components than the author states", path);
}

}  // namespace

Outcome<Manifest> CheckManifest(const Context& context, const OpenedProposal& proposal, const ReviewMeans& means,
                                const std::string& folder, const std::vector<ReleasedFile>& files) {
  const std::string place = folder + "/" + kManifestName;
  EK_TRY_ASSIGN(const std::string text, ReadStated(context, proposal, place));
  EK_TRY_ASSIGN(const json::Document document, At(place, json::Document::Parse(AsBytes(text), {})));
  EK_TRY_ASSIGN(const Bytes canonical, At(place, json::Canonical(document.root())));
  if (AsText(canonical.view()) != text) return NotAsStated("not in canonical form", place);
  const formats::ReleaseEntry& entry = proposal.statement.entry();
  EK_TRY(CheckRelease(document.root(), entry, place));
  EK_TRY(CheckFiles(document.root(), entry, files, place));
  EK_TRY(CheckDigest(context, document.root().Find("interface"), entry.interface, "inputs or outputs", place));
  EK_TRY(CheckDigest(context, document.root().Find("components"), entry.dependencies, "components", place));
  EK_TRY_ASSIGN(Manifest manifest, ParseManifest(text, place));
  EK_TRY(CheckModel(means, manifest));
  EK_TRY(CheckBill(means, manifest, files));
  return manifest;
}

std::vector<StatedFact> FactsIn(const Manifest& manifest, const ReviewMeans& means,
                                const std::vector<ReleasedFile>& files) {
  const std::string model = means.model.empty() ? "" : "your model";
  const ReleasedFile* const bill = BillAmong(files);
  std::vector<StatedFact> facts;
  for (const std::string& input : manifest.inputs) facts.push_back({"input", input, model});
  for (const std::string& output : manifest.outputs) facts.push_back({"output", output, model});
  for (const std::string& component : manifest.components) {
    facts.push_back({"component", component, bill == nullptr ? "" : bill->name});
  }
  return facts;
}

}  // namespace edgekeep::author
