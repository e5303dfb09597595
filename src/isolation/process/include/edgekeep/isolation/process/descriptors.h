// Which descriptors a program starts with.
#pragma once
#include <span>

#include "edgekeep/base/result.h"

namespace edgekeep::isolation {

// Leaves copies of `kept` as descriptors 0, 1, 2 …, in that order, and closes every other one. At most 8.
Status KeepOnly(std::span<const int> kept);

}  // namespace edgekeep::isolation
