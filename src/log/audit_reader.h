// AuditReader: goes through a log's entries and says of each what it is and who stands behind it.
#pragma once
#include <map>
#include <set>
#include <string>

#include "edgekeep/log/audit.h"
#include "replay.h"
#include "statement_signers.h"

namespace edgekeep::log {

// Borrows everything it is made of.
class AuditReader {
 public:
  AuditReader(const crypto::Provider& provider, const LogSource& source, const AuditTrust& trust,
              std::uint64_t first_new)
      : provider_(&provider), source_(&source), trust_(&trust), signers_(provider, trust), rules_(StandardRules()) {
    report_.first_new = first_new;
  }

  // Goes through the log once for what says whose signatures count when, and then for everything. Both verify all
  // files under the same checkpoint.
  Status FindCeremonies();
  Status ReadEntries();

  AuditReport TakeReport() && { return std::move(report_); }

  const StatementSigners& signers() const { return signers_; }

  // The root's quorum entered this trust policy, one of those that the auditor has.
  bool HasPolicy(const Digest& fingerprint) const { return policies_.contains(fingerprint); }

  // What holds for a judgement of a log of this size.
  const NotaryPolicy& PolicyAt(std::uint64_t tree_size) const;
  // Requires that the entry is a release.
  Judgement JudgeAt(std::uint64_t release_index, std::uint64_t tree_size, const NotaryPolicy& policy,
                    UnixTime now) const;

 private:
  // One entry on its way through.
  struct Item {
    AuditedEntry entry;
    ByteView content;
    FoundStatement statement;
  };

  Result<Item> Open(std::uint64_t index, const formats::LogEntry& entry) const;
  void Read(Item& item);
  void ReadRelease(Item& item);
  void ReadApproval(Item& item);
  void ReadRejection(Item& item);
  void ReadVerdict(Item& item);
  void ReadCeremony(Item& item);
  void ReadPolicyChange(Item& item);
  void ReadOfRoot(Item& item, std::string what);
  void JudgeAgain(const Item& item, const formats::Verdict& verdict, const Replay::Release& release);

  // Whether `who` signed; a concern where not.
  bool CheckSigner(Item& item, const std::string& who);
  void CheckRootQuorum(Item& item, bool is_signed);
  void Raise(const Item& item, ConcernKind kind, std::string text);
  void NoteDecision(const formats::ContentDigest& release, AuditedDecision decision);
  std::string NameOfRelease(const formats::ContentDigest& release) const;
  std::optional<std::size_t> RootWith(const Digest& digest) const;
  bool IsAnnouncedRightly(std::size_t root, const Item& item) const;

  const crypto::Provider* provider_;
  const LogSource* source_;
  const AuditTrust* trust_;
  StatementSigners signers_;
  std::vector<Rule> rules_;
  Replay replay_;
  AuditReport report_;

  std::set<Digest> policies_;
  std::map<formats::ContentDigest, std::size_t> first_of_;  // in report_.releases
  std::map<std::uint64_t, std::size_t> release_at_;         // by index
};

}  // namespace edgekeep::log
