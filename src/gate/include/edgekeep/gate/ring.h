// The ring: memory an application and one cell share for tensors (spec/gate.md §7). Each side treats what the other can
// write as hostile: fields are read once, into private memory, then checked.
#pragma once
#include <atomic>
#include <cstdint>
#include <span>

#include "edgekeep/gate/tensor.h"

namespace edgekeep::gate {

inline constexpr std::uint32_t kRingMagic = 0x52474B45;  // "EKGR"
inline constexpr std::uint32_t kRingVersion = 1;
inline constexpr std::size_t kRingDataOffset = 16384;
inline constexpr std::uint64_t kDefaultRingBytes = 64ULL << 20;
inline constexpr std::uint64_t kMaxRingBytes = 1ULL << 30;

// A tensor as it lies in the ring. `offset` counts from the ring's data area and is a multiple of 64.
struct RingTensor {
  std::uint32_t index;  // of the model's input or output
  std::uint32_t element_type;
  std::uint32_t rank;
  std::uint32_t reserved;
  std::int64_t shape[kMaxRank];
  std::uint64_t offset;
  std::uint64_t size;  // bytes
};

struct RingCall {
  std::uint32_t status;  // answers: an ErrorCode, 0 for success; requests: 0
  std::uint32_t count;
  RingTensor tensors[kMaxTensors];
};

// The shared memory's start. One call at a time: the application fills inputs and `request`, then raises
// `request_sequence`; the cell answers in `answer` with outputs behind the inputs, then raises `answer_sequence`.
// The sequence words are futexes; a `…_waiting` word tells that the other side sleeps and wants a wake-up.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): each side writes cache lines of its own
struct RingHeader {
  std::uint32_t magic;
  std::uint32_t version;
  std::uint64_t data_size;
  alignas(64) std::atomic<std::uint32_t> request_sequence;
  std::atomic<std::uint32_t> cell_waiting;
  alignas(64) std::atomic<std::uint32_t> answer_sequence;
  std::atomic<std::uint32_t> application_waiting;
  alignas(64) RingCall request;
  alignas(64) RingCall answer;
};

static_assert(sizeof(RingHeader) <= kRingDataOffset);
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

// A checked private copy of one RingTensor: element size × shape == size, no overflow, inside `data_size`, offset
// aligned.
struct TensorPlace {
  std::uint32_t index = 0;
  ElementType type = ElementType::kFloat32;
  InlineVector<std::int64_t, kMaxRank> shape;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

using TensorPlaces = InlineVector<TensorPlace, kMaxTensors>;

// Copies and checks what the other side wrote. Fails with kBadTensor; for an answer whose status is not 0, with that
// code where it is a known one (else kInternal).
Result<TensorPlaces> TakeCall(const RingCall& shared, std::uint64_t data_size);
void PutCall(const TensorPlaces& tensors, RingCall& shared);
void PutFailure(ErrorCode code, RingCall& shared);

// The size in bytes of a tensor of `type` and `shape`; kBadTensor when negative or overflowing.
Result<std::uint64_t> TensorBytes(ElementType type, std::span<const std::int64_t> shape);

}  // namespace edgekeep::gate
