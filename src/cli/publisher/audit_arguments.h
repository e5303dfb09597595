// What audit and monitor share: whom they believe, and the log they read.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "edgekeep/author/root_chain.h"
#include "edgekeep/log/audit.h"
#include "edgekeep/release/log/policy.h"

namespace edgekeep::cli::publisher {

struct AuditArguments {
  std::string log;  // a directory or an address
  std::string policy;
  std::string root;
  std::string repository;
  std::string notary;
  std::vector<std::string> former;
  std::string rules;
  std::vector<std::string> trust_policies;
};

void AddAuditOptions(CLI::App& command, AuditArguments& arguments);

// Whom an auditor believes, and what that borrows from; it stays where it is.
struct AuditorTrust {
  release::log::Policy policy;
  std::vector<author::ChainedRoot> chain;
  std::vector<author::VerifyingHolder> notaries;
  log::AuditTrust trust;
};

author::Outcome<std::unique_ptr<AuditorTrust>> ReadAuditorTrust(const Session& session,
                                                                const AuditArguments& arguments);

// A log under a checkpoint that the policy believes.
struct BelievedLog {
  std::unique_ptr<log::Storage> storage;
  std::string prefix;
  std::string note;
  release::log::TrustedCheckpoint checkpoint;

  log::LogSource source() const { return {*storage, prefix, checkpoint}; }
};

author::Outcome<BelievedLog> OpenBelievedLog(const Session& session, const AuditArguments& arguments,
                                             const release::log::Policy& policy, UnixTime now);

}  // namespace edgekeep::cli::publisher
