#include "edgekeep/gate/ring_copy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace edgekeep::gate {
namespace {

constexpr std::uint8_t kUntouched = 0xEE;
constexpr std::size_t kMargin = 64;

// True when `size` bytes get from one misaligned place to another, and nothing around them is written.
bool ArriveAlone(std::size_t size, std::size_t from_offset, std::size_t to_offset) {
  std::vector<std::uint8_t> source(from_offset + size);
  for (std::size_t i = 0; i < source.size(); ++i) source[i] = static_cast<std::uint8_t>(i * 31 + 7);
  std::vector<std::uint8_t> target(kMargin + to_offset + size + kMargin, kUntouched);
  const std::size_t begin = kMargin + to_offset;
  CopyIntoRing(ByteView(source).subspan(from_offset), MutableByteView(target).subspan(begin, size));
  const auto is_untouched = [](std::uint8_t byte) { return byte == kUntouched; };
  const auto at = target.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto end = at + static_cast<std::ptrdiff_t>(size);
  return std::equal(at, end, source.begin() + static_cast<std::ptrdiff_t>(from_offset)) &&
         std::all_of(target.begin(), at, is_untouched) && std::all_of(end, target.end(), is_untouched);
}

TEST(RingCopy, BytesArriveAndNothingBesideThemIsWritten) {
  constexpr std::array<std::size_t, 12> kSizes = {0, 1, 15, 16, 63, 2047, 2048, 2049, 2063, 2064, 4095, 110'592};
  constexpr std::array<std::size_t, 4> kOffsets = {0, 1, 8, 15};
  for (const std::size_t size : kSizes) {
    for (const std::size_t from : kOffsets) {
      for (const std::size_t to : kOffsets)
        EXPECT_TRUE(ArriveAlone(size, from, to)) << size << ' ' << from << ' ' << to;
    }
  }
}

}  // namespace
}  // namespace edgekeep::gate
