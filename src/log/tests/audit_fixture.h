// A log in memory that people, a notary and others write to, and its audit.
#pragma once
#include "edgekeep/log/audit.h"
#include "faulty_storage.h"
#include "log_fixture.h"

namespace edgekeep::log {

// Made once; making keys takes time.
struct AuditPeople {
  Person anna{"anna"}, bert{"bert"}, cora{"cora"}, notary{"notary"};
  Person bert_again{"bert"};  // with new keys
  TestKeys log{kOrigin};
};

const AuditPeople& People();

// Two of three approve, an hour of waiting, a day of patience. Times count from kNow in seconds.
class AuditTest : public testing::Test {
 protected:
  AuditTest();

  // Each returns the entry's index.
  std::uint64_t Append(const std::string& content, const std::string& statement, std::uint64_t seconds);
  formats::KeyCeremony CeremonyOf(std::size_t root, const char* role = "root") const;
  std::uint64_t Ceremony(std::size_t root, const std::vector<const sealing::SigningKey*>& keys, std::uint64_t seconds);
  // By anna, bert and cora, of the first root.
  std::uint64_t FirstCeremony();
  std::uint64_t Propose(std::uint64_t sequence, std::uint64_t seconds, const Person& author = People().anna,
                        std::uint64_t security_epoch = 1);
  std::uint64_t Approve(std::uint64_t release, const Person& holder, std::uint64_t seconds);
  std::uint64_t Reject(std::uint64_t release, const Person& holder, std::uint64_t seconds);
  // The notary's, on a log of `tree_size` entries (0: all of it).
  std::uint64_t Judge(std::uint64_t release, std::vector<formats::VerdictFinding> findings,
                      const std::vector<std::uint64_t>& approvals, std::uint64_t seconds, std::uint64_t tree_size = 0,
                      const Person& notary = People().notary);
  // A release that two approved and the notary found nothing against.
  std::uint64_t GoodRelease(std::uint64_t sequence, std::uint64_t seconds);

  // Adds a second root in which bert has new keys.
  void ReplaceBert();

  LogSource Source() const;
  LogSource SourceOf(const Storage& storage, const Log& log) const;
  Result<AuditReport> Audit(std::uint64_t seconds = 0) const;
  // What a notary who has the first `size` entries would judge then, by the same trust, and what it saw.
  Result<std::vector<DueVerdict>> NotaryJudges(std::uint64_t seconds, std::uint64_t size) const;
  // "index:reason,reason," for each release of the whole log.
  std::string NotaryFinds(std::uint64_t seconds) const;
  // "kind@index", one word for each concern.
  std::string Concerns(std::uint64_t seconds = 0) const;
  // What an audit finds where that verdict on the first `size` entries is entered behind all of them, in a copy.
  std::string ConcernsWith(const DueVerdict& verdict, std::uint64_t size) const;
  static std::string WordsOf(const Result<AuditReport>& report);

  LogTrust trust_;
  std::vector<CosignedHead> earlier_;  // that the auditor saw before
  std::vector<CosignedHead> seen_;     // that the notary did
  LogClock clock_ = LogClock::kChecked;
  FaultyStorage storage_;
  std::uint64_t last_ = 0;  // seconds of the last entry

 private:
  std::vector<NoteSigner> signers_ = People().log.LogSigners();
  std::optional<Log> log_;
  std::vector<formats::ContentDigest> digests_;
};

}  // namespace edgekeep::log
