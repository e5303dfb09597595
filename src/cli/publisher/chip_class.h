// Classes of chips as people write them.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "edgekeep/formats/appraisal_policy.h"

namespace edgekeep::cli::publisher {

// "IFX" or "IFX=FIRST-LAST", firmware in hexadecimal: one class, or two where a maker's name may be filled up with
// zeros or with spaces. Empty for anything else.
std::vector<formats::QuarantinedChips> ParseChipClass(std::string_view text);

}  // namespace edgekeep::cli::publisher
