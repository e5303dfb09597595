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

// True for the types whose elements are numbers here: not strings, nor numbers of 8 bits and fewer that are no integers
// of whole bytes.
bool IsSummarised(ek_element_type type);
// Over `bytes`, elements of `type`; all zeros when there are none, or no numbers.
Summary Summarise(ek_element_type type, ByteView bytes);

}  // namespace edgekeep::cli::device
