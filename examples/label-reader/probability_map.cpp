#include "probability_map.h"

#include <algorithm>

namespace label_reader {
namespace {

// As the models' makers choose them for printed text.
constexpr float kThreshold = 0.3F;
constexpr double kMinMeanProbability = 0.6;
constexpr double kGrowth = 1.5;
constexpr double kMinSide = 3;

struct Region {
  std::vector<Point> points;
  double probability = 0;  // sum
};

class RegionFinder {
 public:
  explicit RegionFinder(const ProbabilityMap& map) : map_(map), seen_(map.values.size()) {}

  // Everything that touches (x, y), diagonally as well; empty when it is not text or was found before.
  Region Take(int x, int y) {
    Region region;
    Push(x, y);
    while (!waiting_.empty()) {
      const std::size_t index = waiting_.back();
      waiting_.pop_back();
      const int at_x = static_cast<int>(index) % map_.width;
      const int at_y = static_cast<int>(index) / map_.width;
      region.points.push_back({static_cast<double>(at_x), static_cast<double>(at_y)});
      region.probability += static_cast<double>(map_.values[index]);
      for (int dy = -1; dy <= 1; ++dy) {
        for (int dx = -1; dx <= 1; ++dx) Push(at_x + dx, at_y + dy);
      }
    }
    return region;
  }

 private:
  void Push(int x, int y) {
    if (x < 0 || y < 0 || x >= map_.width || y >= map_.height) return;
    const auto index = static_cast<std::size_t>(y) * static_cast<std::size_t>(map_.width) + static_cast<std::size_t>(x);
    if (seen_[index] || !(map_.values[index] > kThreshold)) return;
    seen_[index] = true;
    waiting_.push_back(index);
  }

  const ProbabilityMap& map_;
  std::vector<bool> seen_;
  std::vector<std::size_t> waiting_;
};

TextBox Grown(TextBox box) {
  const double distance = box.width * box.height * kGrowth / (2 * (box.width + box.height));
  box.width += 2 * distance;
  box.height += 2 * distance;
  return box;
}

}  // namespace

std::vector<TextBox> BoxesOf(const ProbabilityMap& map) {
  std::vector<TextBox> boxes;
  RegionFinder finder(map);
  for (int y = 0; y < map.height; ++y) {
    for (int x = 0; x < map.width; ++x) {
      Region region = finder.Take(x, y);
      if (region.points.empty()) continue;
      const double mean = region.probability / static_cast<double>(region.points.size());
      const TextBox box = SmallestBoxAround(std::move(region.points));
      if (mean < kMinMeanProbability || std::min(box.width, box.height) < kMinSide) continue;
      boxes.push_back(Grown(box));
    }
  }
  return boxes;
}

}  // namespace label_reader
