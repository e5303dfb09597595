#include "edgekeep/log/notary_desk.h"

#include <algorithm>
#include <set>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/log/directory_check.h"
#include "edgekeep/log/tree_reader.h"
#include "log_signers.h"

namespace edgekeep::log {
namespace {

Result<formats::ContentDigest> DigestOf(const crypto::Provider& provider, ByteView content) {
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(provider, {content}));
  return formats::ContentDigest::From(digest.view());
}

using SignerAt = std::function<std::optional<std::string>(std::uint64_t, ByteView content, ByteView statement)>;

Status ReadAll(const LogView& view, const SignerAt& signer_at, const StatementReader& see) {
  const auto take = [&](std::uint64_t index, const formats::LogEntry& entry) -> Status {
    EK_TRY_ASSIGN(const formats::ContentDigest digest, DigestOf(view.provider, entry.content));
    // What cannot be read may be a rejection: nobody judges without it.
    EK_TRY_ASSIGN(const FoundStatement found, ReadStatement(view.storage, view.prefix, index, entry.content));
    see({.index = index,
         .logged_at = entry.logged_at,
         .content = std::string(AsText(entry.content)),
         .digest = digest,
         .signer = signer_at(index, entry.content, AsBytes(found.bytes)),
         .statement = found.form});
    return {};
  };
  return CheckLogFiles(view.provider, view.storage, view.prefix, view.head, take);
}

Status CheckSeen(const LogView& view, const std::vector<CosignedHead>& seen) {
  TreeReader tree(view.provider, view.storage, view.prefix, view.head.size);
  for (const CosignedHead& one : seen) {
    if (one.head.size > view.head.size) return Error(ErrorCode::kUntrusted, "log: shorter than it was seen before");
    EK_TRY_ASSIGN(const bool is_same, Continues(view.provider, tree, one.head, view.head));
    if (!is_same) return Error(ErrorCode::kUntrusted, "log: another one than was seen before");
  }
  return {};
}

// What cannot be written down as it was judged is refused all the same, and keeps nobody waiting.
Result<std::string> EncodeOrRefuse(DueVerdict& due, std::uint64_t tree_size) {
  Result<std::string> content = EncodeJudgement(due, tree_size);
  if (content) return content;
  due.judgement = {.findings = {{formats::VerdictReason::kMalformed, "the judgement has no form"}}, .approvals = {}};
  return EncodeJudgement(due, tree_size);
}

Result<GivenVerdict> SignVerdict(const Sitting& sitting, DueVerdict due, std::uint64_t tree_size) {
  GivenVerdict given{.release_index = due.release_index, .findings = {}, .entry = {}};
  EK_TRY_ASSIGN(given.entry.content, EncodeOrRefuse(due, tree_size));
  given.findings = std::move(due.judgement.findings);
  EK_TRY_ASSIGN(const Bytes object, sealing::SignObject(sitting.provider, formats::typ::kLogEntry,
                                                        AsBytes(given.entry.content), sitting.keys.keys));
  given.entry.statement = AsText(object.view());
  return given;
}

}  // namespace

Status ReadStatements(const LogView& view, const LogTrust& trust, const StatementReader& see) {
  LogSigners signers(view.provider, trust);
  EK_TRY(signers.FindCeremonies(view));
  return ReadAll(
      view, [&](std::uint64_t index, ByteView content, ByteView bytes) { return signers.At(index, content, bytes); },
      see);
}

Status ReadStatementsBy(const LogView& view, const KnownSigners& known, std::span<const std::uint8_t> required_classes,
                        const StatementReader& see) {
  return ReadAll(
      view,
      [&](std::uint64_t, ByteView content, ByteView bytes) {
        return SignerOf(view.provider, content, bytes, known, required_classes);
      },
      see);
}

Result<Docket> ReadDocket(const LogView& view, const LogTrust& trust, const std::vector<CosignedHead>& seen) {
  EK_TRY(CheckSeen(view, seen));
  LogSigners signers(view.provider, trust);
  EK_TRY(signers.FindCeremonies(view));
  if (signers.RootAt(view.head.size) + 1 != trust.roots.size()) {
    return Error(ErrorCode::kUntrusted, "log: no key ceremony of the newest root is in it");
  }
  Docket docket(view.origin, trust.roots.back().policy, StandardRules());
  docket.Saw(seen);
  EK_TRY(ReadAll(
      view, [&](std::uint64_t index, ByteView content, ByteView bytes) { return signers.At(index, content, bytes); },
      [&](const LoggedStatement& one) { docket.Add(one); }));
  return docket;
}

Result<std::vector<GivenVerdict>> GiveVerdicts(const Sitting& sitting, Docket& docket, const VerdictSink& sink) {
  std::uint64_t tree_size = sitting.tree_size;
  std::vector<GivenVerdict> given;
  while (const std::optional<DueVerdict> due = docket.FirstDue(sitting.now)) {
    // A docket that does not take these keys' verdicts for verdicts would never be done.
    if (!given.empty() && given.back().release_index == due->release_index) {
      return Error(ErrorCode::kBadArgument, "notary: keys of another name");
    }
    EK_TRY_ASSIGN(GivenVerdict verdict, SignVerdict(sitting, *due, tree_size));
    EK_TRY_ASSIGN(const std::uint64_t index, sink(verdict));
    EK_TRY_ASSIGN(const formats::ContentDigest digest, DigestOf(sitting.provider, AsBytes(verdict.entry.content)));
    docket.Add({.index = index,
                .logged_at = std::max(sitting.now, docket.last_time()),  // as the log does
                .content = verdict.entry.content,
                .digest = digest,
                .signer = sitting.keys.name});
    tree_size = std::max(tree_size, index + 1);
    given.push_back(std::move(verdict));
  }
  return given;
}

Result<std::vector<GivenVerdict>> GiveVerdictsApart(const Sitting& sitting, const Docket& docket,
                                                    VerdictFolder& folder) {
  std::vector<DueVerdict> due = docket.Due(sitting.now);
  std::set<std::string> under_way;
  for (const DueVerdict& one : due) {
    if (folder.Find(one.release_index).value_or(false)) under_way.insert(one.series);
  }
  std::vector<GivenVerdict> given;
  for (DueVerdict& one : due) {
    if (folder.Find(one.release_index)) continue;
    // Judged without knowing a favourable one, it might be wrong. What is refused itself has no place in its series.
    if (under_way.contains(one.series)) continue;
    if (one.judgement.findings.empty()) under_way.insert(one.series);
    EK_TRY_ASSIGN(GivenVerdict verdict, SignVerdict(sitting, std::move(one), sitting.tree_size));
    EK_TRY(folder.Add(verdict));
    given.push_back(std::move(verdict));
  }
  return given;
}

}  // namespace edgekeep::log
