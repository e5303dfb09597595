// What the system's error numbers mean to the store.
#pragma once
#include "edgekeep/base/result.h"

namespace edgekeep::store {

// Returns the refusal that errno stands for, said of `where`.
Error ErrorOfErrno(const char* where) noexcept;

}  // namespace edgekeep::store
