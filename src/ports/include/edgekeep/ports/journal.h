// Journal: the keep's own record of what it refused and why; nobody outside the trusted domain reads it.
#pragma once
#include <string_view>

#include "edgekeep/base/result.h"

namespace edgekeep::ports {

// Bounded: old entries go. Writing never fails for the caller, since a refusal stands whether it was noted or not.
class Journal {
 public:
  virtual ~Journal() = default;
  // `what` says what was tried ("install acme/label-ocr"), `why` the refusing side's literal. No secrets, no client's
  // free text.
  virtual void NoteRefusal(std::string_view what, const Error& why) noexcept = 0;
  virtual void NoteEvent(std::string_view what) noexcept = 0;
};

}  // namespace edgekeep::ports
