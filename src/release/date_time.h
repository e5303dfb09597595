// TUF's date-time: "YYYY-MM-DDTHH:MM:SSZ" (TUF 1.0.34 §4.2.3); tuf-js writes "YYYY-MM-DDTHH:MM:SS.mmmZ".
#pragma once
#include <string_view>

#include "edgekeep/base/ids.h"
#include "edgekeep/base/result.h"

namespace edgekeep::release {

// Parts of a second count for nothing. Fails with kMalformed for any other form, and for what is no date or before
// 1970.
Result<UnixTime> ParseDateTime(std::string_view text);

}  // namespace edgekeep::release
