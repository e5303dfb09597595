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

// Copies outputs into `data` from `begin` on, as far as they find room there. Accept fails with kModelRefused for more
// strings than one call may have.
class OutputPlacement final : public engine::OutputSink {
 public:
  OutputPlacement(MutableByteView data, std::uint64_t begin) noexcept
      : data_(data), next_(AlignInRing(begin)), needed_(begin) {}

  Status Accept(std::size_t index, engine::ElementType type, std::span<const std::int64_t> shape,
                ByteView bytes) override;

  // Where the outputs are. Fails with kTooLarge when not all found room.
  Result<gate::TensorPlaces> Finish() const;

  // Whether there was any output, with or without room.
  bool any() const noexcept { return !places_.empty(); }

  // The bytes of room that inputs and outputs of this call take.
  std::uint64_t needed() const noexcept { return needed_; }

 private:
  Status CountStrings(const gate::TensorPlace& place);

  MutableByteView data_;
  std::uint64_t next_;
  std::uint64_t needed_;
  std::uint64_t num_strings_ = 0;
  gate::TensorPlaces places_;
};

}  // namespace edgekeep::cell
