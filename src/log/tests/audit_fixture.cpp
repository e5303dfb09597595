#include "audit_fixture.h"

#include <utility>

#include "edgekeep/base/check.h"
#include "edgekeep/log/notary_desk.h"
#include "edgekeep/log/tree_reader.h"

namespace edgekeep::log {

const AuditPeople& People() {
  static const AuditPeople people;
  return people;
}

AuditTest::AuditTest() {
  const AuditPeople& people = People();
  trust_.roots.push_back({.version = 1,
                          .digest = {},
                          .expires = {kNow.value + 365ULL * 86400},
                          .holders = {people.anna.AsHolder(), people.bert.AsHolder(), people.cora.AsHolder()},
                          .root_holders = {"anna", "bert", "cora"},
                          .root_threshold = 2,
                          .policy = {},
                          .approvers = {"anna", "bert", "cora"},
                          .approvals = 2});
  trust_.notaries = {{.holder = people.notary.AsHolder(), .until = {}}};
  trust_.required_classes = {kBothClasses.begin(), kBothClasses.end()};
  NotaryPolicy& policy = trust_.roots.front().policy;
  for (const char* name : {"anna", "bert", "cora"}) policy.holders.push_back({.name = name, .keys_expire = {}});
  policy.notary = "notary";
  policy.waiting_seconds = 3600;
  policy.patience_seconds = 86400;
  log_ = Log::Create(Cryptography(), storage_, signers_, kNow).value();
}

std::uint64_t AuditTest::Append(const std::string& content, const std::string& statement, std::uint64_t seconds) {
  last_ = seconds;
  const auto appended = log_->Append({{content, statement}}, {kNow.value + seconds}, clock_);
  EXPECT_TRUE(appended);
  digests_.push_back(DigestOf(content));
  return appended->first;
}

formats::KeyCeremony AuditTest::CeremonyOf(std::size_t root, const char* role) const {
  const TrustedRoot& named = trust_.roots[root];
  const bool is_root = std::string(role) == "root";
  formats::KeyCeremony ceremony{
      .role = role,
      .metadata_version = named.version,
      .metadata = named.digest,
      .threshold = static_cast<std::uint32_t>(is_root ? named.root_threshold : named.approvals),
      .holders = {}};
  for (const std::string& name : is_root ? named.root_holders : named.approvers) {
    EK_CHECK(ceremony.holders.PushBack(name));
  }
  return ceremony;
}

std::uint64_t AuditTest::Ceremony(std::size_t root, const std::vector<const sealing::SigningKey*>& keys,
                                  std::uint64_t seconds) {
  const std::string content = Encoded(formats::EncodeKeyCeremony, CeremonyOf(root));
  return Append(content, Person::SignWith(content, keys), seconds);
}

std::uint64_t AuditTest::FirstCeremony() {
  const AuditPeople& people = People();
  return Ceremony(
      0, {&people.anna.classical, &people.anna.post_quantum, &people.bert.classical, &people.bert.post_quantum}, 0);
}

std::uint64_t AuditTest::Propose(std::uint64_t sequence, std::uint64_t seconds, const Person& author,
                                 std::uint64_t security_epoch) {
  const std::string content = Encoded<formats::ReleaseEntry>(
      formats::EncodeReleaseEntry, {.product = ProductName::Parse("acme/label-ocr").value(),
                                    .channel = "stable",
                                    .version = {.sequence = {sequence}, .display = VersionText::From("1.0").value()},
                                    .security_epoch = security_epoch,
                                    .targets_version = sequence,
                                    .total_size = 1000,
                                    .author = "anna"});
  return Append(content, author.Sign(content), seconds);
}

std::uint64_t AuditTest::Approve(std::uint64_t release, const Person& holder, std::uint64_t seconds) {
  const std::string content =
      Encoded<formats::Approval>(formats::EncodeApproval, {.release = digests_[release], .holder = holder.name});
  return Append(content, holder.Sign(content), seconds);
}

std::uint64_t AuditTest::Reject(std::uint64_t release, const Person& holder, std::uint64_t seconds) {
  const std::string content = Encoded<formats::Rejection>(
      formats::EncodeRejection, {.release = digests_[release], .holder = holder.name, .reason = "scores fell"});
  return Append(content, holder.Sign(content), seconds);
}

std::uint64_t AuditTest::Judge(std::uint64_t release, std::vector<formats::VerdictFinding> findings,
                               const std::vector<std::uint64_t>& approvals, std::uint64_t seconds,
                               std::uint64_t tree_size, const Person& notary) {
  formats::Verdict verdict{.release = digests_[release],
                           .release_index = release,
                           .tree_size = tree_size == 0 ? digests_.size() : tree_size,
                           .findings = {},
                           .approvals = {},
                           .log = log_->origin()};
  for (const auto& finding : findings) EK_CHECK(verdict.findings.PushBack(finding));
  for (const std::uint64_t approval : approvals) EK_CHECK(verdict.approvals.PushBack(digests_[approval]));
  const std::string content = Encoded(formats::EncodeVerdict, verdict);
  return Append(content, notary.Sign(content), seconds);
}

std::uint64_t AuditTest::GoodRelease(std::uint64_t sequence, std::uint64_t seconds) {
  const std::uint64_t release = Propose(sequence, seconds);
  const std::uint64_t bert = Approve(release, People().bert, seconds + 10);
  const std::uint64_t cora = Approve(release, People().cora, seconds + 20);
  Judge(release, {}, {bert, cora}, seconds + 3600);
  return release;
}

void AuditTest::ReplaceBert() {
  TrustedRoot next = trust_.roots.front();
  next.version = 2;
  next.digest.mutable_view()[0] = 2;
  next.holders[1] = People().bert_again.AsHolder();
  trust_.roots.push_back(next);
}

LogSource AuditTest::SourceOf(const Storage& storage, const Log& log) const {
  const std::string text = People().log.LogLines() + "quorum none\n";
  const auto policy = release::log::Policy::Parse(Cryptography(), text).value();
  return {storage, kPublicPrefix, policy.Verify(Cryptography(), log.checkpoint()).value(), earlier_};
}

LogSource AuditTest::Source() const {
  return SourceOf(storage_, *log_);
}

Result<std::vector<DueVerdict>> AuditTest::NotaryJudges(std::uint64_t seconds, std::uint64_t size) const {
  EK_TRY_ASSIGN(const Digest root, TreeReader(Cryptography(), storage_, kPublicPrefix, log_->head().size).Root(size));
  EK_TRY_ASSIGN(const Docket docket,
                ReadDocket({Cryptography(), storage_, kPublicPrefix, kOrigin, {size, root}}, trust_, seen_));
  return docket.Due({kNow.value + seconds});
}

std::string AuditTest::NotaryFinds(std::uint64_t seconds) const {
  const auto judged = NotaryJudges(seconds, log_->head().size);
  if (!judged) return NameOf(judged.error().code());
  std::string words;
  for (const DueVerdict& due : *judged) {
    words += (words.empty() ? "" : " ") + std::to_string(due.release_index) + ":";
    for (const Finding& finding : due.judgement.findings)
      words += std::to_string(std::to_underlying(finding.reason)) + ",";
  }
  return words;
}

Result<AuditReport> AuditTest::Audit(std::uint64_t seconds) const {
  return log::Audit(Cryptography(), Source(), trust_, {kNow.value + std::max(seconds, last_)});
}

std::string AuditTest::Concerns(std::uint64_t seconds) const {
  return WordsOf(Audit(seconds));
}

std::string AuditTest::ConcernsWith(const DueVerdict& verdict, std::uint64_t size) const {
  const auto copy = storage_.Copy();
  Log log = Log::Open(Cryptography(), *copy, signers_).value();
  const std::string content = EncodeJudgement(verdict, size).value();
  const UnixTime now{kNow.value + last_ + 2ULL * 86400};
  EXPECT_TRUE(log.Append({{content, People().notary.Sign(content)}}, now));
  auto report = log::Audit(Cryptography(), SourceOf(*copy, log), trust_, now);
  // Releases that are not judged here are none of its concern.
  if (report)
    std::erase_if(report->concerns, [](const Concern& one) { return one.kind == ConcernKind::kOverdueVerdict; });
  return WordsOf(report);
}

std::string AuditTest::WordsOf(const Result<AuditReport>& report) {
  if (!report) return NameOf(report.error().code());
  std::string words;
  for (const Concern& concern : report->concerns) {
    words += std::string(words.empty() ? "" : " ") + NameOf(concern.kind);
    if (concern.index) words += "@" + std::to_string(*concern.index);
  }
  return words;
}

}  // namespace edgekeep::log
