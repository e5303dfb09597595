#include "edgekeep/log/release_record.h"

#include <map>

#include "edgekeep/base/check.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/release_proof.h"
#include "edgekeep/log/proof_text.h"

namespace edgekeep::log {
namespace {

std::vector<Finding> FindingsOf(const formats::Verdict& verdict) {
  std::vector<Finding> findings;
  for (const formats::VerdictFinding& found : verdict.findings) {
    findings.push_back({found.reason, std::string(found.detail)});
  }
  return findings;
}

// What was found of one release on the way through a log.
struct Found {
  ReleaseRecord record;
  bool was_seen = false;
  std::string verdict;  // its content
};

using FoundReleases = std::map<formats::ContentDigest, Found>;

void See(std::string_view origin, const LoggedStatement& statement, FoundReleases& all) {
  if (const auto release = all.find(statement.digest); release != all.end()) {
    release->second.was_seen = true;
    if (!release->second.record.verdict) release->second.record.release = statement.index;
    return;
  }
  if (!statement.signer) return;
  const auto decoded = formats::DecodeVerdict(AsBytes(statement.content));
  const bool is_ours = decoded && decoded->IsOfLog(origin);
  const auto judged = is_ours ? all.find(decoded->release) : all.end();
  if (judged == all.end() || !judged->second.was_seen) return;
  ReleaseRecord& record = judged->second.record;
  if (record.verdict && record.findings.empty() && !decoded->is_favourable()) return;
  record.release = decoded->release_index;
  record.verdict = statement.index;
  record.findings = FindingsOf(*decoded);
  judged->second.verdict = statement.content;
}

struct Leaf {
  std::string entry;
  std::string inclusion;

  formats::ProvenEntry view() const { return {.entry = AsBytes(entry), .inclusion = inclusion}; }
};

Result<Leaf> ReadLeaf(TreeReader& tree, std::uint64_t index) {
  Leaf leaf;
  EK_TRY_ASSIGN(leaf.entry, tree.Entry(index));
  EK_TRY_ASSIGN(const Hashes path, tree.InclusionPath(index, tree.size()));
  leaf.inclusion = WriteLogProof(index, path, "");
  return leaf;
}

}  // namespace

Result<std::vector<ReleaseRecord>> FindReleases(const LogView& view, std::span<const ByteView> contents,
                                                std::span<const formats::Holder> notaries,
                                                std::span<const std::uint8_t> required_classes) {
  FoundReleases all;
  std::vector<formats::ContentDigest> digests;
  for (const ByteView content : contents) {
    EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(view.provider, {content}));
    EK_TRY_ASSIGN(digests.emplace_back(), formats::ContentDigest::From(digest.view()));
    all.try_emplace(digests.back());
  }
  EK_TRY(ReadStatementsBy(view, {.people = {}, .notaries = notaries}, required_classes,
                          [&](const LoggedStatement& one) { See(view.origin, one, all); }));
  std::vector<ReleaseRecord> records;
  for (const formats::ContentDigest& digest : digests) {
    const Found& found = all.at(digest);
    records.push_back(found.record);
    if (!found.record.verdict) continue;
    EK_TRY_ASSIGN(FoundStatement statement,
                  ReadStatement(view.storage, view.prefix, *found.record.verdict, AsBytes(found.verdict)));
    records.back().statement = std::move(statement.bytes);
  }
  return records;
}

Result<ReleaseRecord> FindRelease(const LogView& view, ByteView content, std::span<const formats::Holder> notaries,
                                  std::span<const std::uint8_t> required_classes) {
  EK_TRY_ASSIGN(std::vector<ReleaseRecord> found, FindReleases(view, {&content, 1}, notaries, required_classes));
  return std::move(found.front());
}

Result<std::string> WriteReleaseProof(TreeReader& tree, std::string_view note, const ReleaseRecord& record) {
  EK_CHECK(record.release.has_value());
  EK_TRY_ASSIGN(const Leaf release, ReadLeaf(tree, *record.release));
  formats::ReleaseProof proof{.checkpoint = note, .release = release.view(), .verdict = {}};
  Leaf verdict;
  if (record.verdict) {
    EK_TRY_ASSIGN(verdict, ReadLeaf(tree, *record.verdict));
    proof.verdict = {.leaf = verdict.view(), .statement = AsBytes(record.statement)};
  }
  std::string bytes(formats::kMaxReleaseProofSize, '\0');
  CborWriter out({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  EK_TRY(formats::EncodeReleaseProof(proof, out));
  bytes.resize(out.written().size());
  return bytes;
}

}  // namespace edgekeep::log
