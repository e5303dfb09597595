// Whether bytes are text.
#pragma once
#include "edgekeep/base/bytes.h"

namespace edgekeep {

// True when `text` is UTF-8 (RFC 3629): shortest forms only, no surrogates, nothing above U+10FFFF.
bool IsUtf8(ByteView text) noexcept;

}  // namespace edgekeep
