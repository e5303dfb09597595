// The parts of the reader that need no model.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "alphabet.h"
#include "probability_map.h"
#include "text_box.h"

namespace label_reader {
namespace {

// The points of a filled rectangle of `width` × `height` pixels at an angle.
std::vector<Point> Rectangle(const Point& centre, double width, double height, double angle) {
  std::vector<Point> points;
  for (int y = 0; y < 200; ++y) {
    for (int x = 0; x < 200; ++x) {
      const double right = (x - centre.x) * std::cos(angle) + (y - centre.y) * std::sin(angle);
      const double down = (y - centre.y) * std::cos(angle) - (x - centre.x) * std::sin(angle);
      if (std::abs(right) <= width / 2 && std::abs(down) <= height / 2) {
        points.push_back({static_cast<double>(x), static_cast<double>(y)});
      }
    }
  }
  return points;
}

TEST(SmallestBox, FollowsTheAngleOfATextLine) {
  for (const double angle : {-0.4, -0.05, 0.0, 0.1, 0.6}) {
    const TextBox box = SmallestBoxAround(Rectangle({100, 90}, 120, 20, angle));
    EXPECT_NEAR(box.centre.x, 100, 1.5);
    EXPECT_NEAR(box.centre.y, 90, 1.5);
    EXPECT_NEAR(box.width, 120, 4);
    EXPECT_NEAR(box.height, 20, 4);
    EXPECT_NEAR(std::atan2(box.along.y, box.along.x), angle, 0.03) << angle;
  }
}

TEST(SmallestBox, ReadsTallBoxesDownwardsAndSquaresAcross) {
  const TextBox tall = SmallestBoxAround(Rectangle({100, 100}, 20, 120, 0));
  EXPECT_NEAR(tall.along.y, 1, 0.01);
  EXPECT_NEAR(tall.width, 121, 1);
  EXPECT_NEAR(SmallestBoxAround(Rectangle({100, 100}, 20, 24, 0)).along.x, 1, 0.01);
}

TEST(SmallestBox, OfFewPointsIsSmall) {
  const TextBox one = SmallestBoxAround({{5, 7}});
  EXPECT_EQ(one.width, 1);
  EXPECT_EQ(one.centre.y, 7);
  const TextBox line = SmallestBoxAround({{0, 0}, {4, 0}, {2, 0}});
  EXPECT_EQ(line.width, 5);
  EXPECT_EQ(line.height, 1);
}

TEST(CutOut, TurnsTextLevel) {
  Picture picture = EmptyPicture(200, 200);
  const double angle = 0.3;
  for (const Point& point : Rectangle({100, 90}, 120, 24, angle)) {
    picture.At(static_cast<int>(point.x), static_cast<int>(point.y))[0] = 255;
  }
  const Picture cut = CutOut(picture, {{100, 90}, {std::cos(angle), std::sin(angle)}, 116, 20}, 48);
  EXPECT_EQ(cut.height, 48);
  EXPECT_EQ(cut.width, 279);
  for (int y = 0; y < cut.height; ++y) {
    for (int x = 0; x < cut.width; ++x) ASSERT_GT(cut.At(x, y)[0], 200) << x << "," << y;
  }
}

TEST(SortForReading, GoesByRowsAndThenAcross) {
  std::vector<TextBox> boxes = {{{300, 12}, {1, 0}, 50, 20}, {{50, 100}, {1, 0}, 50, 20}, {{40, 8}, {1, 0}, 50, 20}};
  SortForReading(boxes);
  EXPECT_EQ(boxes[0].centre.x, 40);
  EXPECT_EQ(boxes[1].centre.x, 300);
  EXPECT_EQ(boxes[2].centre.x, 50);
}

TEST(ProbabilityMap, GivesGrownBoxesOfWhatIsProbable) {
  std::vector<float> values(200 * 200);
  for (const Point& point : Rectangle({100, 50}, 80, 8, 0)) {
    values[static_cast<std::size_t>(point.y) * 200 + static_cast<std::size_t>(point.x)] = 0.9F;
  }
  for (const Point& point : Rectangle({100, 150}, 80, 8, 0)) {
    values[static_cast<std::size_t>(point.y) * 200 + static_cast<std::size_t>(point.x)] = 0.4F;  // not sure enough
  }
  values[0] = 1.0F;  // too small
  const std::vector<TextBox> boxes = BoxesOf({200, 200, values});
  ASSERT_EQ(boxes.size(), 1U);
  EXPECT_NEAR(boxes[0].centre.y, 50, 0.1);
  EXPECT_NEAR(boxes[0].height, 9 + 2 * 81 * 9 * 1.5 / 180, 0.1);
}

TEST(ProbabilityMap, TakesValuesThatAreNoNumbersForNoText) {
  const std::vector<float> values(100, std::nanf(""));
  EXPECT_TRUE(BoxesOf({10, 10, values}).empty());
}

TEST(Alphabet, DecodesRepetitionsBlanksAndSpaces) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "edgekeep-label-reader-alphabet";
  std::ofstream(path) << "a\nb\r\n";
  const auto alphabet = Alphabet::Read(path);
  std::filesystem::remove(path);
  ASSERT_TRUE(alphabet);
  ASSERT_EQ(alphabet->num_classes(), 4U);
  std::vector<float> probabilities;
  for (const int likeliest : {1, 1, 0, 1, 2, 3, 3, 2}) {  // a a - a b _ _ b
    for (int i = 0; i < 4; ++i) probabilities.push_back(i == likeliest ? 0.7F : 0.1F);
  }
  const Text text = alphabet->Decode(probabilities);
  EXPECT_EQ(text.text, "aab b");
  EXPECT_NEAR(text.confidence, 0.7, 1e-6);
  EXPECT_EQ(alphabet->Decode({}).text, "");
}

}  // namespace
}  // namespace label_reader
