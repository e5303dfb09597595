// Floating-point formats as bits: what rounding and ranking need, the same for all four.
#pragma once
#include <bit>
#include <concepts>
#include <cstdint>

namespace edgekeep::cell {

// A binary interchange format in a word: sign, exponent, fraction.
template <std::unsigned_integral Word, int kFractionBits>
struct FloatFormat {
  using Bits = Word;
  static constexpr int kFraction = kFractionBits;
  static constexpr int kWordBits = sizeof(Word) * 8;
  static constexpr int kExponentBits = kWordBits - 1 - kFraction;
  static constexpr int kBias = (1 << (kExponentBits - 1)) - 1;
  static constexpr Word kSign = static_cast<Word>(Word{1} << (kWordBits - 1));
  static constexpr Word kMagnitude = static_cast<Word>(kSign - 1);
  static constexpr Word kInfinity = static_cast<Word>(((Word{1} << kExponentBits) - 1) << kFraction);
  // The one NaN that is handed out: others could carry something.
  static constexpr Word kNan = static_cast<Word>(kInfinity | (Word{1} << (kFraction - 1)));

  static constexpr bool IsNan(Word bits) { return (bits & kMagnitude) > kInfinity; }

  static constexpr bool IsFinite(Word bits) { return (bits & kMagnitude) < kInfinity; }

  // Orders as the numbers do, NaNs below all of them; zero of either sign is one value.
  static constexpr Word Rank(Word bits) {
    if (IsNan(bits)) return 0;
    if ((bits & kMagnitude) == 0) return kSign;
    return static_cast<Word>((bits & kSign) != 0 ? ~bits : bits | kSign);
  }
};

using Float64 = FloatFormat<std::uint64_t, 52>;
using Float32 = FloatFormat<std::uint32_t, 23>;
using Float16 = FloatFormat<std::uint16_t, 10>;
using Bfloat16 = FloatFormat<std::uint16_t, 7>;

}  // namespace edgekeep::cell
