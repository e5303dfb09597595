// How a notary judges, from its file of settings (docs/guides/releasing.md).
#pragma once
#include <string>
#include <string_view>

#include "edgekeep/author/failure.h"
#include "edgekeep/author/holder_keys.h"
#include "edgekeep/log/notary.h"

namespace edgekeep::cli::publisher {

// Settings that are not in `text` have their defaults: no waiting, a patience of 14 days, no rules. An unknown one is
// refused: a rule that was misspelt would hold nothing.
author::Outcome<log::NotaryPolicy> ParseNotarySettings(std::string_view text, const std::string& place);

// Puts in who the people are. The root's quorum can be raised by settings, not lowered. Fails with kForbidden where the
// notary is one of the people, or has a key of theirs.
author::Outcome<log::NotaryPolicy> WithPeople(log::NotaryPolicy settings, const author::RootPeople& people,
                                              const author::VerifyingHolder& notary);

}  // namespace edgekeep::cli::publisher
