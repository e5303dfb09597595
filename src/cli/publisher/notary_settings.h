// How a notary judges, from its file of settings (docs/guides/releasing.md).
#pragma once
#include <string>
#include <string_view>

#include "edgekeep/author/failure.h"
#include "edgekeep/author/holder_keys.h"
#include "edgekeep/log/notary.h"

namespace edgekeep::cli::publisher {

struct NotarySettings {
  bool is_production = false;
  log::NotaryPolicy policy;  // without people
};

// For production, unless `text` says development: each rule of the process holds, a day of waiting before it, and what
// `text` does not say is as docs/guides/releasing.md has it. Fails with kForbidden where it turns one off or
// sets one so that it holds next to nothing, or does not say at which hours people approve, which nobody can say for
// them. For development, what is not in `text` holds
// nothing. A patience of 14 days either way. An unknown setting is refused: a rule that was misspelt would hold
// nothing.
author::Outcome<NotarySettings> ParseNotarySettings(std::string_view text, const std::string& place);

// Puts in who the people are. The root's quorum can be raised by settings, not lowered. Fails with kForbidden where the
// notary is one of the people, or has a key of theirs; for production, where the quorum itself would overrule the
// rules.
author::Outcome<log::NotaryPolicy> WithPeople(NotarySettings settings, const author::RootPeople& people,
                                              const author::VerifyingHolder& notary);

}  // namespace edgekeep::cli::publisher
