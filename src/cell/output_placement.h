// Puts outputs into the ring, one behind the other.
#pragma once
#include "edgekeep/engine/engine.h"
#include "edgekeep/gate/ring.h"

namespace edgekeep::cell {

inline constexpr std::uint64_t kRingAlignment = 64;

// The next aligned offset at or behind `offset`.
constexpr std::uint64_t AlignInRing(std::uint64_t offset) {
  return (offset + kRingAlignment - 1) / kRingAlignment * kRingAlignment;
}

// Copies outputs into `data` from `begin` on. Accept fails with kTooLarge when one finds no room.
class OutputPlacement final : public engine::OutputSink {
 public:
  OutputPlacement(MutableByteView data, std::uint64_t begin) noexcept : data_(data), next_(AlignInRing(begin)) {}

  Status Accept(std::size_t index, engine::ElementType type, std::span<const std::int64_t> shape,
                ByteView bytes) override;

  const gate::TensorPlaces& places() const noexcept { return places_; }

 private:
  MutableByteView data_;
  std::uint64_t next_;
  gate::TensorPlaces places_;
};

}  // namespace edgekeep::cell
