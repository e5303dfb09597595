// What a policy holds: too large for a stack.
#pragma once
#include "edgekeep/release/log/policy.h"
#include "quorum.h"

namespace edgekeep::release::log {

struct Policy::Contents {
  Bytes text;  // what views borrow from
  InlineVector<VerifierKey, kMaxVerifierKeys> keys;
  InlineVector<PolicyParty, kMaxVerifierKeys> parties;
  InlineVector<std::string_view, kMaxGroups> group_names;
  Quorum quorum;
};

}  // namespace edgekeep::release::log
