// Keeping the largest numbers of a row, in place and without memory of its own.
#pragma once
#include <array>
#include <cstddef>
#include <span>

#include "float_format.h"

namespace edgekeep::cell {

// The rank that the k-th largest of `row` has, and how many of that rank are among the k largest.
template <typename Bits>
struct Cut {
  Bits rank = 0;
  std::size_t with_rank = 0;
};

// `k` from 1 to row.size(). Looks at one byte of the ranks after the other, from the top.
template <typename Format>
Cut<typename Format::Bits> FindCut(std::span<const typename Format::Bits> row, std::size_t k) {
  using Bits = typename Format::Bits;
  Bits known = 0;
  Bits mask = 0;
  for (int shift = Format::kWordBits - 8; shift >= 0; shift -= 8) {
    std::array<std::size_t, 256> count{};
    for (const Bits bits : row) {
      const Bits rank = Format::Rank(bits);
      if ((rank & mask) == known) ++count[(rank >> shift) & 0xFF];
    }
    std::size_t byte = 255;
    while (count[byte] < k) k -= count[byte--];
    known = static_cast<Bits>(known | (Bits{static_cast<std::uint8_t>(byte)} << shift));
    mask = static_cast<Bits>(mask | (Bits{0xFF} << shift));
  }
  return {known, k};
}

// What stands for a number that is not handed out: 0 beside scores that are none of them negative and not all zero, so
// that they look like scores still; minus infinity otherwise, or a dropped number would look larger than a kept one.
template <typename Format>
typename Format::Bits FillerBeside(typename Format::Bits largest_rank, typename Format::Bits smallest_rank) {
  const typename Format::Bits zero = Format::Rank(0);
  const bool scores = largest_rank > zero && (smallest_rank >= zero || smallest_rank == 0);
  return scores ? typename Format::Bits{0} : static_cast<typename Format::Bits>(Format::kSign | Format::kInfinity);
}

// Of equal numbers, the first ones are kept.
template <typename Format>
void KeepLargest(std::span<typename Format::Bits> row, std::size_t k) {
  using Bits = typename Format::Bits;
  if (k >= row.size()) return;
  Cut<Bits> cut = FindCut<Format>(row, k);
  Bits largest = 0;
  Bits smallest_number = cut.rank;
  for (const Bits bits : row) largest = std::max(largest, Format::Rank(bits));
  // Where a NaN is among the kept, every number is: the smallest of them counts.
  if (cut.rank == 0) {
    smallest_number = largest;
    for (const Bits bits : row) {
      if (!Format::IsNan(bits)) smallest_number = std::min(smallest_number, Format::Rank(bits));
    }
  }
  const Bits filler = FillerBeside<Format>(largest, smallest_number);
  for (Bits& bits : row) {
    const Bits rank = Format::Rank(bits);
    if (rank > cut.rank) continue;
    if (rank == cut.rank && cut.with_rank > 0) {
      --cut.with_rank;
      continue;
    }
    bits = filler;
  }
}

}  // namespace edgekeep::cell
