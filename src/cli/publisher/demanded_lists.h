// Lists of identities that a publisher's directory demands (docs/decisions/0169): once it has one, every command that
// takes a device asks it, and none goes on without an identity.
#pragma once
#include "factory_belief.h"

namespace edgekeep::cli::publisher {

// Keeps the list, and whose word counts for it, in PUBLISHER/demanded-lists/ORDER. Refuses what does not verify, an
// older list than the order's that is there, and one that takes who had retired by that one (kWrongVersion).
author::Done DemandList(const Session& session, const ListedArguments& given);

author::Outcome<bool> DemandsIdentities(const std::string& directory);

// The same identity, with the list of its order that the directory has: kNotFound where it has none.
author::Outcome<ListedArguments> DemandedFor(const Session& session, const std::string& identity);

}  // namespace edgekeep::cli::publisher
