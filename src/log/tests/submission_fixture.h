// What is sent to a log by whoever, to a desk that enters what counts.
#pragma once
#include <algorithm>

#include "audit_fixture.h"
#include "edgekeep/log/submission_desk.h"
#include "edgekeep/log/tree_reader.h"

namespace edgekeep::log {

inline std::string ReleaseOf(std::uint64_t sequence) {
  return Encoded<formats::ReleaseEntry>(formats::EncodeReleaseEntry,
                                        {.product = ProductName::Parse("acme/label-ocr").value(),
                                         .channel = "stable",
                                         .version = {{sequence}, VersionText::From("1.0").value()},
                                         .targets_version = sequence,
                                         .total_size = 1000,
                                         .author = "anna"});
}

inline std::string ApprovalBy(const char* holder, std::uint64_t sequence = 1) {
  return Encoded<formats::Approval>(formats::EncodeApproval,
                                    {.release = DigestOf(ReleaseOf(sequence)), .holder = holder});
}

inline std::string VerdictOn(std::uint64_t sequence, std::uint64_t tree_size = 1, const char* why = "nobody approved") {
  formats::Verdict verdict{.release = DigestOf(ReleaseOf(sequence)),
                           .release_index = 0,
                           .tree_size = tree_size,
                           .findings = {},
                           .approvals = {},
                           .log = kOrigin};
  EXPECT_TRUE(verdict.findings.PushBack({formats::VerdictReason::kNoQuorum, why}));
  return Encoded(formats::EncodeVerdict, verdict);
}

inline std::string RepairOfTime() {
  return Encoded<formats::PolicyChange>(
      formats::EncodePolicyChange,
      {.kind = formats::PolicyKind::kTimeRepair, .version = 1, .policy = {}, .not_before = kNow});
}

class Submission : public AuditTest {
 protected:
  // The log's keeper on `storage`, as another process may have it too.
  LogOpener OpenerOf(Storage& storage) const {
    return [this, &storage]() -> Result<LockedLog> {
      EK_TRY_ASSIGN(Log log, Log::Open(Cryptography(), storage, signers_));
      return LockedLog{.storage = {}, .log = std::make_unique<Log>(std::move(log))};
    };
  }

  SubmissionDesk DeskOf(Storage& storage) const { return {Cryptography(), trust_, storage, OpenerOf(storage)}; }

  // "2 of 5": so many were new to the log, which has so many now; or what it was refused for.
  static std::string Said(const Result<Submitted>& submitted) {
    if (!submitted) return NameOf(submitted.error().code());
    return std::to_string(submitted->added) + " of " + std::to_string(submitted->size);
  }

  std::string Send(SubmissionDesk& desk, const std::vector<std::string>& statements, std::uint64_t seconds = 0) {
    const std::string body = WriteSubmission(statements).value();
    return Said(desk.Enter(ReadSubmission(body).value(), {kNow.value + seconds}, rates_));
  }

  // To a desk that has just begun.
  std::string Send(const std::vector<std::string>& statements, std::uint64_t seconds = 0) {
    SubmissionDesk desk = DeskOf(storage_);
    return Send(desk, statements, seconds);
  }

  // How often a content is in the log.
  std::size_t CountIn(Storage& storage, const std::string& content) const {
    const Log log = Log::Open(Cryptography(), storage, signers_).value();
    const TreeReader tree(Cryptography(), storage, kPublicPrefix, log.head().size);
    std::size_t count = 0;
    for (std::uint64_t i = 0; i < log.head().size; ++i) {
      const std::string leaf = tree.Entry(i).value();
      if (AsText(formats::DecodeLogEntry(AsBytes(leaf))->content) == content) ++count;
    }
    return count;
  }

  static std::vector<std::string> Proposed() {
    return {People().anna.Sign(ReleaseOf(1)), People().bert.Sign(ApprovalBy("bert")),
            People().cora.Sign(ApprovalBy("cora"))};
  }

  // A statement by both, in both classes, and signatures of `more` behind theirs.
  static std::string SignedBy(const std::string& content, const Person& one, const Person& other,
                              const std::vector<const sealing::SigningKey*>& more = {}) {
    std::vector<const sealing::SigningKey*> keys = {&one.classical, &one.post_quantum, &other.classical,
                                                    &other.post_quantum};
    keys.insert(keys.end(), more.begin(), more.end());
    return Person::SignWith(content, keys);
  }

  std::string CeremonyContent(std::size_t root, const char* role = "root") const {
    return Encoded(formats::EncodeKeyCeremony, CeremonyOf(root, role));
  }

  std::vector<NoteSigner> signers_ = People().log.LogSigners();
  EntryRates rates_;
};

}  // namespace edgekeep::log
