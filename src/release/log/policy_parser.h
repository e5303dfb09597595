// Parses a policy's lines, in their order.
#pragma once
#include "policy_contents.h"

namespace edgekeep::release::log {

class PolicyParser {
 public:
  PolicyParser(const crypto::Provider& provider, InlineVector<VerifierKey, kMaxVerifierKeys>& keys,
               InlineVector<PolicyParty, kMaxVerifierKeys>& parties,
               InlineVector<std::string_view, kMaxGroups>& group_names, Quorum& quorum) noexcept
      : provider_(provider), keys_(keys), parties_(parties), group_names_(group_names), quorum_(quorum) {}

  // The views that are kept borrow from `text`.
  Status Parse(std::string_view text);

 private:
  Status ParseLine(std::string_view line);
  Status ParseLog(std::string_view rest);
  Status ParseWitness(std::string_view rest);
  Status ParseGroup(std::string_view rest);
  Status ParseQuorum(std::string_view rest);
  Status AddParty(const PolicyParty& party, std::string_view vkey);
  Status CheckKey(const VerifierKey& key, bool is_log) const;
  Result<Members> TakeMembers(std::string_view rest);
  Result<Members> Find(std::string_view name) const;
  Status CheckNewName(std::string_view name) const;

  const crypto::Provider& provider_;
  InlineVector<VerifierKey, kMaxVerifierKeys>& keys_;
  InlineVector<PolicyParty, kMaxVerifierKeys>& parties_;
  InlineVector<std::string_view, kMaxGroups>& group_names_;
  Quorum& quorum_;
  Members members_of_groups_;  // each name at most once, in any group
  std::size_t num_logs_ = 0;
  bool has_quorum_ = false;
};

}  // namespace edgekeep::release::log
