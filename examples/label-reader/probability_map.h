// What the detection model gives: for each pixel, how probably text is there.
#pragma once
#include <span>
#include <vector>

#include "text_box.h"

namespace label_reader {

struct ProbabilityMap {
  int width = 0;
  int height = 0;
  std::span<const float> values;  // row by row
};

// Boxes around connected places of text, grown to where the letters end: the model marks shrunk ones. In the map's
// pixels.
std::vector<TextBox> BoxesOf(const ProbabilityMap& map);

}  // namespace label_reader
