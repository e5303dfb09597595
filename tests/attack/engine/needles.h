// Bytes to look for, told in a way that does not put them where they are looked for.
#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <unordered_map>
#include <vector>

namespace edgekeep::attack {

inline constexpr std::size_t kNeedleSize = 16;

// Masked: what is told, and kept, never holds the bytes themselves.
using Needle = std::array<std::uint64_t, 2>;

inline constexpr std::uint64_t kMask = 0xA5C3'96E1'7B2D'58F4;

inline Needle MaskedNeedle(const std::uint8_t* bytes) {
  Needle needle{};
  std::memcpy(needle.data(), bytes, kNeedleSize);
  for (std::uint64_t& word : needle) word ^= kMask;
  return needle;
}

// Looks for many needles at once, at every byte.
class Needles {
 public:
  explicit Needles(std::span<const Needle> needles) : needles_(needles.begin(), needles.end()), found_(needles.size()) {
    for (std::size_t i = 0; i < needles_.size(); ++i) {
      by_first_[needles_[i][0]].push_back(i);
      possible_[Bucket(needles_[i][0])] = true;
    }
  }

  void LookIn(std::span<const std::uint8_t> memory) {
    for (std::size_t at = 0; at + kNeedleSize <= memory.size(); ++at) {
      std::uint64_t first = 0;
      std::memcpy(&first, memory.data() + at, sizeof first);
      first ^= kMask;
      if (possible_[Bucket(first)]) LookCloser(first, memory.data() + at);
    }
  }

  // How often each was found; 255 stands for more.
  const std::vector<std::uint8_t>& found() const { return found_; }

 private:
  static std::size_t Bucket(std::uint64_t word) { return static_cast<std::size_t>(word * 0x9E37'79B9'7F4A'7C15 >> 48); }

  void LookCloser(std::uint64_t first, const std::uint8_t* bytes) {
    const auto candidates = by_first_.find(first);
    if (candidates == by_first_.end()) return;
    for (const std::size_t i : candidates->second) {
      if (needles_[i] == MaskedNeedle(bytes) && found_[i] < 255) ++found_[i];
    }
  }

  std::vector<Needle> needles_;
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> by_first_;
  std::array<bool, 65536> possible_{};
  std::vector<std::uint8_t> found_;
};

}  // namespace edgekeep::attack
