#include "text_box.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace label_reader {
namespace {

double Cross(const Point& origin, const Point& a, const Point& b) {
  return (a.x - origin.x) * (b.y - origin.y) - (a.y - origin.y) * (b.x - origin.x);
}

// Andrew's monotone chain: the convex hull, in order around it.
std::vector<Point> HullOf(std::vector<Point> points) {
  std::ranges::sort(points, [](const Point& a, const Point& b) { return a.x != b.x ? a.x < b.x : a.y < b.y; });
  std::vector<Point> hull;
  for (int side = 0; side < 2; ++side) {
    const std::size_t start = hull.size();
    for (const Point& point : points) {
      while (hull.size() >= start + 2 && Cross(hull[hull.size() - 2], hull.back(), point) <= 0) hull.pop_back();
      hull.push_back(point);
    }
    hull.pop_back();  // the other side begins with it
    std::ranges::reverse(points);
  }
  return hull.empty() ? std::vector<Point>{points.front()} : hull;
}

struct Range {
  double low = std::numeric_limits<double>::max();
  double high = std::numeric_limits<double>::lowest();

  void Include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }

  double size() const { return high - low; }

  double middle() const { return (low + high) / 2; }
};

// The rectangle around `hull` whose width lies along the unit vector `along`.
TextBox BoxAlong(const std::vector<Point>& hull, const Point& along) {
  Range wide;
  Range high;
  for (const Point& point : hull) {
    wide.Include(point.x * along.x + point.y * along.y);
    high.Include(point.y * along.x - point.x * along.y);
  }
  const Point centre = {wide.middle() * along.x - high.middle() * along.y,
                        wide.middle() * along.y + high.middle() * along.x};
  // Points are pixels' centres; a pixel reaches half a pixel further on each side.
  return {centre, along, wide.size() + 1, high.size() + 1};
}

// The same rectangle, read along another of its sides.
TextBox TurnedForReading(TextBox box) {
  if (std::abs(box.along.y) > std::abs(box.along.x)) {
    box.along = {box.along.y, -box.along.x};
    std::swap(box.width, box.height);
  }
  if (box.along.x < 0) box.along = {-box.along.x, -box.along.y};
  if (box.height < 1.5 * box.width) return box;
  std::swap(box.width, box.height);
  box.along = {-box.along.y, box.along.x};
  return box;
}

}  // namespace

// One side of the smallest rectangle lies along a side of the hull.
TextBox SmallestBoxAround(std::vector<Point> points) {
  const std::vector<Point> hull = HullOf(std::move(points));
  TextBox smallest = BoxAlong(hull, {1, 0});
  for (std::size_t i = 0; i < hull.size(); ++i) {
    const Point& next = hull[(i + 1) % hull.size()];
    const double length = std::hypot(next.x - hull[i].x, next.y - hull[i].y);
    if (length == 0) continue;
    const TextBox box = BoxAlong(hull, {(next.x - hull[i].x) / length, (next.y - hull[i].y) / length});
    if (box.width * box.height < smallest.width * smallest.height) smallest = box;
  }
  return TurnedForReading(smallest);
}

Picture CutOut(const Picture& picture, const TextBox& box, int height) {
  const int width = std::max(1, static_cast<int>(std::ceil(height * box.width / box.height)));
  Picture cut = EmptyPicture(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double right = ((x + 0.5) / width - 0.5) * box.width;
      const double down = ((y + 0.5) / height - 0.5) * box.height;
      const Colour colour = Sample(picture, box.centre.x + box.along.x * right - box.along.y * down,
                                   box.centre.y + box.along.y * right + box.along.x * down);
      for (int c = 0; c < 3; ++c) cut.At(x, y)[c] = static_cast<std::uint8_t>(std::lround(colour.bgr[c]));
    }
  }
  return cut;
}

void SortForReading(std::vector<TextBox>& boxes) {
  std::ranges::sort(boxes, {}, [](const TextBox& box) { return box.centre.y; });
  for (auto row = boxes.begin(); row != boxes.end();) {
    const double reach = row->centre.y + row->height / 2;
    const auto end = std::find_if(row, boxes.end(), [reach](const TextBox& box) { return box.centre.y > reach; });
    std::sort(row, end, [](const TextBox& a, const TextBox& b) { return a.centre.x < b.centre.x; });
    row = end;
  }
}

}  // namespace label_reader
