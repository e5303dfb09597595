#include "audit_reader.h"

#include <algorithm>

#include "audit_wording.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/log/directory_check.h"
#include "edgekeep/log/log.h"

namespace edgekeep::log {
namespace {

using formats::LogContentKind;

// Of one content; more are in the entries, but nobody needs them side by side.
constexpr std::size_t kMaxDecisions = 64;

}  // namespace

Result<AuditReader::Item> AuditReader::Open(std::uint64_t index, const formats::LogEntry& entry) const {
  Item item{.entry = {.index = index, .logged_at = entry.logged_at}, .content = entry.content, .statement = {}};
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(*provider_, {entry.content}));
  EK_TRY_ASSIGN(item.entry.digest, formats::ContentDigest::From(digest.view()));
  EK_TRY_ASSIGN(item.statement, ReadStatement(source_->storage, source_->prefix, index, entry.content));
  if (const auto kind = formats::KindOfLogContent(entry.content)) item.entry.kind = *kind;
  return item;
}

Status AuditReader::Read() {
  const release::log::TreeHead& head = source_->checkpoint.head();
  const std::string origin(source_->checkpoint.origin());
  EK_TRY(signers_.FindCeremonies({*provider_, source_->storage, source_->prefix, origin, head}));
  NotaryPolicy policy = trust_->roots[signers_.RootAt(head.size)].policy;
  policy.notary = trust_->notaries.front().holder.name;
  docket_.emplace(origin, std::move(policy), StandardRules());
  docket_->Saw(source_->earlier);
  const auto see = [this](std::uint64_t index, const formats::LogEntry& entry) -> Status {
    EK_TRY_ASSIGN(Item item, Open(index, entry));
    CheckTime(item);
    if (item.statement.form == StatementForm::kJunk) {
      Raise(item, ConcernKind::kJunkStatement, "what lies in place of its statement is no signed object over it");
    }
    ReadEntry(item);
    report_.entries.push_back(std::move(item.entry));
    return {};
  };
  return CheckLogFiles(*provider_, source_->storage, source_->prefix, head, see);
}

void AuditReader::CheckTime(const Item& item) {
  const CosignedHead* unseen = seen_.LatestBefore(item.entry.index);
  const UnixTime time = unseen == nullptr ? UnixTime() : unseen->cosigned_at;
  if (time > item.entry.logged_at && time.value - item.entry.logged_at.value > kClockTolerance) {
    Raise(item, ConcernKind::kTimeBehind,
          "the log's time of it is " + std::to_string(time.value - item.entry.logged_at.value) +
              " seconds before that of cosigners who had not seen it yet");
  }
  if (report_.entries.empty()) return;
  const UnixTime before = report_.entries.back().logged_at;
  if (item.entry.logged_at >= before) return;
  Raise(item, ConcernKind::kTimeSetBack,
        "the log's time goes back by " + std::to_string(before.value - item.entry.logged_at.value) +
            " seconds: its clock was ahead before, or somebody dates back");
}

void AuditReader::Enter(const Item& item, std::optional<std::string> signer) {
  docket_->Add({.index = item.entry.index,
                .logged_at = item.entry.logged_at,
                .content = std::string(AsText(item.content)),
                .digest = item.entry.digest,
                .signer = std::move(signer),
                .statement = item.statement.form});
}

void AuditReader::ReadEntry(Item& item) {
  if (!item.entry.kind) return Raise(item, ConcernKind::kUnknownEntry, "an entry of a kind that is not known");
  switch (*item.entry.kind) {
    case LogContentKind::kRelease:
      return ReadRelease(item);
    case LogContentKind::kApproval:
      return ReadApproval(item);
    case LogContentKind::kRejection:
      return ReadRejection(item);
    case LogContentKind::kVerdict:
      return ReadVerdict(item);
    case LogContentKind::kKeyCeremony:
      return ReadCeremony(item);
    case LogContentKind::kPolicyChange:
      return ReadPolicyChange(item);
    case LogContentKind::kEpochChange:
      return ReadEpochChange(item);
    case LogContentKind::kRetirement:
      if (const auto retirement = formats::DecodeRetirement(item.content))
        return ReadOfRoot(item, Describe(*retirement));
      break;
    case LogContentKind::kProvisioned:
    case LogContentKind::kVoided:
      return Raise(item, ConcernKind::kUnknownEntry, "an entry of a factory's journal, in a log of releases");
  }
  Raise(item, ConcernKind::kUnknownEntry, "an entry that is malformed");
}

bool AuditReader::CheckSigner(Item& item, const std::string& who) {
  item.entry.who = who;
  const Signed by = signers_.ByHolder(who, item.entry.index, item.content, AsBytes(item.statement.bytes));
  item.entry.is_signed = by == Signed::kRightly;
  Enter(item, item.entry.is_signed ? std::optional(who) : std::nullopt);
  if (by == Signed::kNot) Raise(item, ConcernKind::kUnsigned, "not signed by " + who + " in every class");
  if (by == Signed::kByFormerKeys) {
    Raise(item, ConcernKind::kFormerKeys, "signed by keys of " + who + " that the root did not have then");
  }
  return item.entry.is_signed;
}

// A release's own entry says which floor it raises devices to.
std::string AuditReader::RaisedBy(const formats::ReleaseEntry& entry) const {
  const auto before = security_epochs_.find(std::string(entry.product.view()));
  if (before == security_epochs_.end() || entry.security_epoch <= before->second) return {};
  return ", raising the security epoch from " + std::to_string(before->second) + " to " +
         std::to_string(entry.security_epoch);
}

void AuditReader::ReadRelease(Item& item) {
  const auto entry = formats::DecodeReleaseEntry(item.content);
  // It cannot be judged, and gets a verdict that says so.
  if (!entry) {
    Enter(item, {});
    return Raise(item, ConcernKind::kUnknownEntry, "a release that is malformed");
  }
  const bool is_first = first_of_.emplace(item.entry.digest, report_.releases.size()).second;
  item.entry.what = "proposes " + Title(*entry) + (is_first ? "" : " again") + RaisedBy(*entry);
  CheckSigner(item, std::string(entry->author));
  release_at_[item.entry.index] = report_.releases.size();
  report_.releases.push_back({.index = item.entry.index,
                              .logged_at = item.entry.logged_at,
                              .digest = item.entry.digest,
                              .product = std::string(entry->product.view()),
                              .channel = std::string(entry->channel),
                              .version = std::string(entry->version.display.view()),
                              .author = std::string(entry->author),
                              .sequence = entry->version.sequence.value,
                              .security_epoch = entry->security_epoch,
                              .size = entry->total_size,
                              .decisions = {},
                              .verdict = {}});
}

std::string AuditReader::NameOfRelease(const formats::ContentDigest& release) const {
  const auto found = first_of_.find(release);
  if (found == first_of_.end()) return "a release that is not in the log yet";
  return "release " + std::to_string(report_.releases[found->second].index);
}

void AuditReader::NoteDecision(const formats::ContentDigest& release, AuditedDecision decision) {
  const auto found = first_of_.find(release);
  if (found == first_of_.end()) return;
  std::vector<AuditedDecision>& decisions = report_.releases[found->second].decisions;
  if (decisions.size() < kMaxDecisions) decisions.push_back(std::move(decision));
}

void AuditReader::ReadApproval(Item& item) {
  const auto approval = formats::DecodeApproval(item.content);
  if (!approval) return Raise(item, ConcernKind::kUnknownEntry, "an approval that is malformed");
  const std::string holder(approval->holder);
  item.entry.what = "approves " + NameOfRelease(approval->release);
  const bool is_signed = CheckSigner(item, holder);
  NoteDecision(approval->release, {holder, item.entry.logged_at, is_signed, {}});
}

void AuditReader::ReadRejection(Item& item) {
  const auto rejection = formats::DecodeRejection(item.content);
  if (!rejection) return Raise(item, ConcernKind::kUnknownEntry, "a rejection that is malformed");
  const std::string holder(rejection->holder);
  const std::string reason(rejection->reason);
  item.entry.what = "rejects " + NameOfRelease(rejection->release) + ": " + reason;
  const bool is_signed = CheckSigner(item, holder);
  NoteDecision(rejection->release, {holder, item.entry.logged_at, is_signed, reason});
}

void AuditReader::ReadCeremony(Item& item) {
  const auto ceremony = formats::DecodeKeyCeremony(item.content);
  if (!ceremony) return Raise(item, ConcernKind::kUnknownEntry, "a key ceremony that is malformed");
  item.entry.who = "the root's quorum";
  item.entry.what = Describe(*ceremony);
  const auto root = signers_.RootWith(ceremony->metadata);
  if (!root) return Raise(item, ConcernKind::kUnknownRoot, "a key ceremony of a root that the auditor does not have");
  if (!signers_.Restates(*root, *ceremony)) {
    return Raise(item, ConcernKind::kFalseCeremony, "a key ceremony that says what its root does not");
  }
  CheckRootQuorum(item, signers_.IsAnnouncement(*root, item.content, AsBytes(item.statement.bytes)));
}

void AuditReader::ReadPolicyChange(Item& item) {
  const auto change = formats::DecodePolicyChange(item.content);
  if (!change) return Raise(item, ConcernKind::kUnknownEntry, "a change of policy that is malformed");
  ReadOfRoot(item, Describe(*change));
  if (!item.entry.is_signed) return;
  std::optional<std::uint64_t> newest;
  for (const TrustedPolicy& one : trust_->policies) {
    if (one.kind != change->kind) continue;
    if (one.fingerprint == change->policy) return static_cast<void>(policies_.insert(change->policy));
    newest = std::max(newest, std::optional(one.version));
  }
  if (!newest || change->version < *newest) return;
  Raise(item, ConcernKind::kUnknownPolicy,
        change->kind == formats::PolicyKind::kTrust ? "a trust policy that the auditor does not have"
                                                    : "a repair of time that the auditor does not have");
}

void AuditReader::ReadEpochChange(Item& item) {
  const auto change = formats::DecodeEpochChange(item.content);
  if (!change) return Raise(item, ConcernKind::kUnknownEntry, "a change of epoch that is malformed");
  ReadOfRoot(item, Describe(*change));
  if (item.entry.is_signed) epochs_.emplace(change->product.view(), change->epoch.value);
}

void AuditReader::ReadOfRoot(Item& item, std::string what) {
  item.entry.who = "the root's quorum";
  item.entry.what = std::move(what);
  const std::size_t root = signers_.RootAt(item.entry.index);
  CheckRootQuorum(item, signers_.IsByRoot(root, item.content, AsBytes(item.statement.bytes)));
}

void AuditReader::CheckRootQuorum(Item& item, bool is_signed) {
  item.entry.is_signed = is_signed;
  if (!is_signed) Raise(item, ConcernKind::kUnsigned, "not signed by the root's quorum");
}

void AuditReader::Raise(const Item& item, ConcernKind kind, std::string text) {
  report_.Raise({kind, item.entry.index, std::move(text)});
}

}  // namespace edgekeep::log
