// After the first use of a secret key a refusal says only that it is one.
#pragma once
#include <utility>

#include "edgekeep/base/result.h"

namespace edgekeep::core {

// Returns `result` with its refusal, if it is one, turned into kDenied; the literal stays, for the journal.
template <typename T>
Result<T> Denying(Result<T> result) {
  if (!result) return Error(ErrorCode::kDenied, result.error().where());
  return result;
}

}  // namespace edgekeep::core
