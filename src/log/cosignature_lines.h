// Which lines of cosigners a published checkpoint has.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "edgekeep/base/ids.h"
#include "edgekeep/release/log/verifier_key.h"

namespace edgekeep::log {

// `note` with the lines of `own`, and of every other key, of the note and of `lines`, the newest that is not later than
// `not_after`: asked again and again, witnesses do not fill the note, and none that was ahead once stays in it. Fails
// with kMalformed where a line of another key is no cosignature.
Result<std::string> WithCosignatures(std::string_view note, std::string_view lines,
                                     std::span<const release::log::VerifierKey> own, UnixTime not_after);

}  // namespace edgekeep::log
