#include "edgekeep/log/release_record.h"

#include "edgekeep/base/check.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/release_proof.h"
#include "edgekeep/log/proof_text.h"
#include "edgekeep/log/tree_reader.h"

namespace edgekeep::log {
namespace {

std::vector<Finding> FindingsOf(const formats::Verdict& verdict) {
  std::vector<Finding> findings;
  for (const formats::VerdictFinding& found : verdict.findings) {
    findings.push_back({found.reason, std::string(found.detail)});
  }
  return findings;
}

// Goes through a log after one release.
class RecordSearch {
 public:
  explicit RecordSearch(ByteView content) : content_(content) {}

  void See(const LoggedStatement& statement) {
    if (Equal(AsBytes(statement.content), content_)) {
      digest_ = statement.digest;
      if (!record.verdict) record.release = statement.index;
      return;
    }
    if (!statement.signer || !digest_) return;
    const auto decoded = formats::DecodeVerdict(AsBytes(statement.content));
    if (!decoded || decoded->release != *digest_) return;
    if (record.verdict && record.findings.empty() && !decoded->is_favourable()) return;
    record.release = decoded->release_index;
    record.verdict = statement.index;
    record.findings = FindingsOf(*decoded);
    verdict = statement.content;
  }

  ReleaseRecord record;
  std::string verdict;  // its content

 private:
  ByteView content_;
  std::optional<formats::ContentDigest> digest_;
};

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

Result<ReleaseRecord> FindRelease(const LogView& view, ByteView content, std::span<const formats::Holder> notaries,
                                  std::span<const std::uint8_t> required_classes) {
  RecordSearch search(content);
  EK_TRY(ReadStatementsBy(view, {.people = {}, .notaries = notaries}, required_classes,
                          [&](const LoggedStatement& one) { search.See(one); }));
  if (search.record.verdict) {
    EK_TRY_ASSIGN(FoundStatement found,
                  ReadStatement(view.storage, view.prefix, *search.record.verdict, AsBytes(search.verdict)));
    search.record.statement = std::move(found.bytes);
  }
  return search.record;
}

Result<std::string> WriteReleaseProof(const LogView& view, std::string_view note, const ReleaseRecord& record) {
  EK_CHECK(record.release.has_value());
  TreeReader tree(view.provider, view.storage, view.prefix, view.head.size);
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
