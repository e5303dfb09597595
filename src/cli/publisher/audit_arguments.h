// What audit and monitor share: whom they believe, and the log they read.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "edgekeep/log/audit.h"
#include "edgekeep/release/log/policy.h"
#include "reader_trust.h"

namespace edgekeep::cli::publisher {

struct AuditArguments {
  std::string log;  // a directory or an address
  std::string policy;
  std::string notary;
  std::string seen;  // directory of checkpoints that were seen before
  TrustFiles trust;
  std::vector<std::string> trust_policies;
  std::vector<std::string> time_repairs;
};

void AddAuditOptions(CLI::App& command, AuditArguments& arguments);

// Whom an auditor believes.
struct AuditorTrust {
  release::log::Policy policy;
  std::unique_ptr<ReaderTrust> read;
  std::optional<author::Failure> unread_grants = {};  // of the repository: why nobody knows which epochs they are for

  const log::LogTrust& trust() const { return read->trust; }
};

author::Outcome<AuditorTrust> ReadAuditorTrust(const Session& session, const AuditArguments& arguments);

// A log under a checkpoint that the policy believes.
struct BelievedLog {
  std::unique_ptr<log::Storage> storage;
  std::string prefix;
  std::string note;
  release::log::TrustedCheckpoint checkpoint;
  std::vector<log::CosignedHead> seen;

  log::LogSource source() const { return {*storage, prefix, checkpoint, seen}; }
};

// What is wrong with the repository that was named: devices would not take its release, its grants cannot be read, or
// `releases` has it not. Null `releases` are not looked at.
std::optional<log::Concern> RepositoryConcern(const Session& session, const AuditArguments& arguments,
                                              const AuditorTrust& trust,
                                              const std::vector<log::AuditedRelease>* releases);

author::Outcome<BelievedLog> OpenBelievedLog(const Session& session, const AuditArguments& arguments,
                                             const release::log::Policy& policy, UnixTime now);

}  // namespace edgekeep::cli::publisher
