// AuditReader: goes through a log's entries and says of each what it is and who stands behind it.
#pragma once
#include <map>
#include <set>
#include <string>

#include "edgekeep/log/audit.h"
#include "edgekeep/log/docket.h"
#include "log_signers.h"

namespace edgekeep::log {

// Borrows everything it is made of.
class AuditReader {
 public:
  AuditReader(const crypto::Provider& provider, const LogSource& source, const LogTrust& trust, std::uint64_t first_new)
      : provider_(&provider), source_(&source), trust_(&trust), signers_(provider, trust), seen_(source.earlier) {
    report_.first_new = first_new;
  }

  // Goes through the log once for what says whose signatures count when, and then for everything. Both verify all
  // files under the same checkpoint.
  Status Read();

  AuditReport& report() { return report_; }

  AuditReport TakeReport() && { return std::move(report_); }

  const LogSigners& signers() const { return signers_; }

  // The root's quorum entered this trust policy or repair of time, one of those that the auditor has.
  bool HasPolicy(const Digest& fingerprint) const { return policies_.contains(fingerprint); }

  // The root's quorum entered this epoch of this product.
  bool HasEpoch(const ProductName& product, Epoch epoch) const {
    return epochs_.contains({std::string(product.view()), epoch.value});
  }

  // Requires that Read succeeded.
  const Docket& docket() const { return *docket_; }

 private:
  // One entry on its way through.
  struct Item {
    AuditedEntry entry;
    ByteView content;
    FoundStatement statement;
  };

  Result<Item> Open(std::uint64_t index, const formats::LogEntry& entry) const;
  void ReadEntry(Item& item);
  void CheckTime(const Item& item);
  void ReadRelease(Item& item);
  void ReadApproval(Item& item);
  void ReadRejection(Item& item);
  void ReadVerdict(Item& item);
  void ReadCeremony(Item& item);
  void ReadPolicyChange(Item& item);
  void ReadEpochChange(Item& item);
  void ReadOfRoot(Item& item, std::string what);
  void JudgeAgain(const Item& item, const formats::Verdict& verdict);
  Judgement Replay(const EnteredRelease& release, const Item& item, std::uint64_t tree_size,
                   TimeEvidence evidence) const;
  // What a notary would make of the entry.
  void Enter(const Item& item, std::optional<std::string> signer);

  // Whether `who` signed; a concern where not.
  bool CheckSigner(Item& item, const std::string& who);
  void CheckRootQuorum(Item& item, bool is_signed);
  void Raise(const Item& item, ConcernKind kind, std::string text);
  void NoteDecision(const formats::ContentDigest& release, AuditedDecision decision);
  std::string NameOfRelease(const formats::ContentDigest& release) const;
  std::string RaisedBy(const formats::ReleaseEntry& entry) const;

  const crypto::Provider* provider_;
  const LogSource* source_;
  const LogTrust* trust_;
  LogSigners signers_;
  SeenHeads seen_;
  std::optional<Docket> docket_;
  AuditReport report_;

  std::set<Digest> policies_;
  std::set<std::pair<std::string, std::uint64_t>> epochs_;  // product and number
  std::map<std::string, std::uint64_t> security_epochs_;    // by product: the highest that was released
  std::map<formats::ContentDigest, std::size_t> first_of_;  // in report_.releases
  std::map<std::uint64_t, std::size_t> release_at_;         // by index
};

}  // namespace edgekeep::log
