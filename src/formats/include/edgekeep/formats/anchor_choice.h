// The choice of a device's anchor: one line of text (spec/keep-state.md §4).
#pragma once
#include <cstdint>
#include <string_view>

#include "edgekeep/base/inline_string.h"
#include "edgekeep/formats/device_request.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxAnchorChoice = 256;

struct AnchorChoice {
  AnchorKind kind = AnchorKind::kSoftware;
  InlineString<107> tpm;   // a device node, or a simulator's socket
  std::uint32_t pcrs = 0;  // the bits of those that tell boot states apart
};

// "software", or "tpm2[:PATH][@PCR[,PCR]…]", by default "tpm2:/dev/tpmrm0@7". Fails with kMalformed; kUnsupported for
// another kind of anchor.
Result<AnchorChoice> ParseAnchorChoice(std::string_view text);

}  // namespace edgekeep::formats
