// Canaries: bytes put into a model or file on purpose, to be looked for where plaintext must not be.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep::probe {

// The top 16 bits of every tagged fp32 weight: it survives whatever an engine does to the layout of weights.
struct WeightTag {
  std::uint16_t top_bits = 0;
};

// Bytes to be found as they are.
struct Marker {
  std::vector<std::uint8_t> bytes;
};

using Canary = std::variant<WeightTag, Marker>;

// Four hexadecimal digits are a WeightTag ("3a5a"), 16 to 128 are a Marker. Fails with kBadArgument.
Result<Canary> ParseCanary(std::string_view hex);

// Counts one canary in a stream of bytes that arrives in pieces.
//
// Of weight tags only those count that stand close together: at least 4 among 16 consecutive words, at any alignment.
// A single one is chance (each 65536th word of encrypted bytes has the tag); 4 are seen by chance once in about 10^17
// bytes. And some must stand in either half of 8-byte words: a table of addresses, wherever the kernel's random choice
// puts what it points to, has its lower halves alike and its upper halves small. Markers count wherever they stand,
// across the borders of pieces as well.
class CanaryCounter {
 public:
  explicit CanaryCounter(const Canary& canary) noexcept : canary_(&canary) {}

  void Feed(ByteView piece);
  // What follows is not joined to what came before.
  void Break();

  // Tagged words, or markers, so far.
  std::uint64_t count() const noexcept;

 private:
  static constexpr std::size_t kPhases = 8;

  void FeedWords(const WeightTag& tag, ByteView piece);
  void FeedMarker(const Marker& marker, ByteView piece);
  void NoteWord(std::uint64_t position);

  const Canary* canary_;
  std::uint64_t position_ = 0;
  std::uint64_t counted_ = 0;
  std::uint64_t window_ = 0;
  std::array<std::uint8_t, kPhases> in_window_{};
  std::vector<std::uint8_t> tail_;
};

}  // namespace edgekeep::probe
