// What the commands about releases share.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/author/order.h"
#include "edgekeep/author/proposal.h"
#include "edgekeep/author/root_ceremony.h"
#include "session.h"

namespace edgekeep::cli::publisher {

// Text of a file of release metadata.
author::Outcome<std::string> ReadText(const std::string& path);
// The same of a root: what is none is refused here, where its path is known. Who signed it is for others to judge.
author::Outcome<std::string> ReadRoot(const std::string& path);
// Empty for an empty path.
author::Outcome<std::string> ReadRootIfAny(const std::string& path);

// Where what an order is judged by is; the last two may be empty.
struct OrderTrustFiles {
  std::string policy, root, policy_root, root_before;
};

author::Outcome<author::OrderTrust> ReadOrderTrust(const OrderTrustFiles& from);

// Opens a holder's keys, which lie in `directory`.
author::Outcome<author::ReleaseKeys> OpenKeys(const Session& session, const std::string& directory);

author::Outcome<Digest> ParseDigest(const std::string& hex);

// A day or a time, or `days` from now where it is empty.
author::Outcome<UnixTime> ParseExpiry(const Session& session, const std::string& text, std::uint64_t days);

// Makes `directory` with these entries for a log.
author::Done WriteEntries(const std::string& directory, const std::vector<author::CeremonyEntry>& entries);

// "2 of 2 needed: alice signed, bob signed, carol not yet"
std::string TallyText(const author::Tally& tally);
json::Object TallyJson(const author::Tally& tally);

// One line for each, for comparing with what the holder says of themselves by another channel.
std::string HoldersText(const std::vector<author::ListedHolder>& holders);
json::Array HoldersJson(const std::vector<author::ListedHolder>& holders);

// The new keys of whoever signs with those before; nothing for an empty path.
author::Outcome<std::optional<author::PublicHolder>> ReadNewKeys(const std::string& path);

}  // namespace edgekeep::cli::publisher
