// Rounding a binary number to a decimal place, exactly.
#pragma once
#include <array>

#include "edgekeep/formats/product_policy.h"
#include "float_format.h"

namespace edgekeep::cell {

inline constexpr std::array<std::uint32_t, formats::kMaxDecimals + 1> kPowersOfTen = {1,     10,     100,     1000,
                                                                                      10000, 100000, 1000000, 10000000};

// `quotient`, a positive finite double, as the nearest number of Format, half to even.
template <typename Format>
typename Format::Bits Narrow(double quotient) {
  using Bits = typename Format::Bits;
  const auto wide = std::bit_cast<std::uint64_t>(quotient);
  const int exponent = static_cast<int>(wide >> Float64::kFraction) - Float64::kBias + Format::kBias;
  std::uint64_t significand = (wide & ((std::uint64_t{1} << Float64::kFraction) - 1)) | (std::uint64_t{1} << 52);
  int dropped = Float64::kFraction - Format::kFraction;
  std::uint64_t base = 0;
  if (exponent > 0) {
    significand &= ~(std::uint64_t{1} << 52);
    base = static_cast<std::uint64_t>(exponent) << Format::kFraction;
  } else {
    dropped += 1 - exponent;  // subnormal there
    if (dropped > 63) return 0;
  }
  if (dropped == 0) return static_cast<Bits>(base | significand);
  const std::uint64_t kept = significand >> dropped;
  const std::uint64_t rest = significand & ((std::uint64_t{1} << dropped) - 1);
  const std::uint64_t half = std::uint64_t{1} << (dropped - 1);
  const bool up = rest > half || (rest == half && (kept & 1) != 0);
  // A carry runs into the exponent, where it belongs.
  return static_cast<Bits>(base + kept + (up ? 1 : 0));
}

// The number of Format nearest to the decimal with `decimals` places that is nearest to `bits`, both half to even and
// neither by way of another rounded value. A zero that comes out is positive: its sign would tell of what was dropped.
template <typename Format>
typename Format::Bits RoundToDecimals(typename Format::Bits bits, std::uint8_t decimals) {
  using Bits = typename Format::Bits;
  __extension__ using Product = unsigned __int128;
  if (!Format::IsFinite(bits)) return bits;
  const auto magnitude = static_cast<Bits>(bits & Format::kMagnitude);
  if (magnitude == 0) return 0;
  const int stored = static_cast<int>(magnitude >> Format::kFraction);
  std::uint64_t significand = magnitude & ((Bits{1} << Format::kFraction) - 1U);
  if (stored != 0) significand |= std::uint64_t{1} << Format::kFraction;
  const int below_point = Format::kBias + Format::kFraction - (stored == 0 ? 1 : stored);
  if (below_point <= 0) return bits;  // a whole number
  // Fewer than 53 + 24 bits, so a half with more bits below the point than that is out of reach.
  const Product scaled = Product{significand} * kPowersOfTen[decimals];
  if (below_point > 78) return 0;
  const Product rest = scaled & ((Product{1} << below_point) - 1);
  const Product half = Product{1} << (below_point - 1);
  Product whole = scaled >> below_point;
  if (rest > half || (rest == half && (whole & 1) != 0)) ++whole;
  if (whole == 0) return 0;
  // Here decimals lie closer than numbers of this format do: the nearest number is the one there is.
  if (whole >> (Format::kFraction + 1) != 0) return bits;
  // Both are exact. The quotient is rounded to 53 bits and then, for the narrower formats, again: no quotient of a
  // significand of at most 24 bits by 5^n 2^n, n <= 7, lies closer to the middle of two numbers than 2^-46 of itself
  // without lying on it, so that the first rounding never decides the second.
  const double quotient = static_cast<double>(static_cast<std::uint64_t>(whole)) / kPowersOfTen[decimals];
  return static_cast<Bits>(Narrow<Format>(quotient) | (bits & Format::kSign));
}

}  // namespace edgekeep::cell
