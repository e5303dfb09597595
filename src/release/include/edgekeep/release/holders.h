// Holders: the people behind the keys of release metadata. TUF counts keys; here a person counts once, and only who
// signed in every required class of algorithms (spec/release-metadata.md).
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_string.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/crypto/provider.h"

namespace edgekeep::release {

inline constexpr std::size_t kMaxHolders = 32;  // of one role
inline constexpr std::size_t kMaxHolderName = 63;

// Whose keys are kept away for when too many others are lost: they sign roots and nothing else, and are fewer than the
// root's threshold, so that they can do nothing alone.
bool IsRecoveryName(std::string_view name);

// That a root says nothing about people that none may say, whoever signs it: no key of two holders in whatever roles,
// none that no role lists, recovery keys held to their rules. Fails with kMalformed. The functions below see to it by
// themselves, of the root that names the people as of one that is signed.
Status CheckRootRules(const crypto::Provider& provider, ByteView root);

// What one person did about a file.
struct HolderVote {
  InlineString<kMaxHolderName> holder;
  // Classes of the keys that signed: bit `1 << class` each.
  std::uint8_t classes = 0;
};

using HolderVotes = InlineVector<HolderVote, kMaxHolders>;

struct HolderRule {
  std::span<const std::uint8_t> required_classes;  // crypto::Class
  std::uint64_t min_holders = 1;                   // where the role's own threshold is lower
  // By name: an author, who approves nothing of their own, and whoever judges.
  std::span<const std::string_view> not_counted;
};

// True when the holder signed in every class that `rule` requires.
bool IsComplete(const HolderVote& vote, const HolderRule& rule);

// Who of the role's holders signed `file`, each in one class at least. `delegator` is whoever names the role's keys: a
// root for the top-level roles, a targets file for all others; both are taken for trusted, their own signatures are the
// caller's business. Keys without a holder count for nobody. Fails as reading metadata does, and as CheckRootRules;
// likewise where a delegator's roles share a key or name recovery keys.
Result<HolderVotes> CountHolders(const crypto::Provider& provider, ByteView delegator, std::string_view role,
                                 ByteView file);

// Returns the holders who count. Fails with kBadSignature when they are fewer than the role's threshold.
Result<HolderVotes> CheckHolders(const crypto::Provider& provider, ByteView delegator, std::string_view role,
                                 ByteView file, const HolderRule& rule);

// A minimum of people for every role that can name a target is kept by there being one such role. Fails with
// kUnsupported where there are others.
Status CheckDelegatesToNobody(ByteView targets);

// As CheckHolders for a release that delegates to nobody: top-level targets, whose author (release_statement.h) does
// not count.
Result<HolderVotes> CheckApprovals(const crypto::Provider& provider, ByteView root, ByteView targets,
                                   std::span<const std::uint8_t> required_classes);

}  // namespace edgekeep::release
