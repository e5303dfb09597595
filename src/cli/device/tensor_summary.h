// What a person wants to know of an output.
#pragma once
#include <string>

#include "edgekeep/base/bytes.h"
#include "edgekeep/json/value.h"
#include "tensor.h"

namespace edgekeep::cli::device {

struct Summary {
  double min = 0;
  double max = 0;
  std::size_t argmax = 0;  // the first of the largest, counted over the flattened tensor
  std::size_t not_numbers = 0;
};

// Over `bytes`, elements of `type`; all zeros when there are none.
Summary Summarise(ek_element_type type, ByteView bytes);

}  // namespace edgekeep::cli::device
