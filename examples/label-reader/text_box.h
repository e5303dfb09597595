// Boxes around lines of text, which may stand at an angle.
#pragma once
#include <span>
#include <vector>

#include "picture.h"

namespace label_reader {

struct Point {
  double x = 0;
  double y = 0;
};

// A rectangle: `along` is the unit vector in the direction of reading, `width` its extent that way, `height` across.
struct TextBox {
  Point centre;
  Point along;
  double width = 0;
  double height = 0;
};

// The smallest rectangle around `points`, of which there is at least one; read along the side nearer to horizontal,
// unless the other one is half as long again.
TextBox SmallestBoxAround(std::vector<Point> points);

// The text in `box`, turned level and scaled to `height` pixels.
Picture CutOut(const Picture& picture, const TextBox& box, int height);

// From top to bottom, and from left to right where boxes stand in one row.
void SortForReading(std::vector<TextBox>& boxes);

}  // namespace label_reader
