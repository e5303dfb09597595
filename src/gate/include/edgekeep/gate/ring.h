// The ring: memory an application and one cell share for tensors (spec/gate.md §7). Each side treats what the other can
// write as hostile: fields are read once, into private memory, then checked.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>

#include "edgekeep/base/strings.h"
#include "edgekeep/gate/tensor.h"

namespace edgekeep::gate {

inline constexpr std::uint32_t kRingMagic = 0x52474B45;  // "EKGR"
inline constexpr std::uint32_t kRingVersion = 3;
inline constexpr std::size_t kRingDataOffset = 131072;
inline constexpr std::size_t kMaxSlots = 16;  // calls of one ring that may be under way
inline constexpr std::uint64_t kDefaultRingBytes = 64ULL << 20;
inline constexpr std::uint64_t kMaxRingBytes = 1ULL << 30;

// A tensor as it lies in the ring. `offset` counts from the start of its slot's room and is a multiple of 64.
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

// Room for one call. A call is a number: the application writes inputs and `request` and puts the next number into
// `submitted`; the cell puts outputs and `answer`, then the same number into `answered`. Each word has one writer.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): each side writes cache lines of its own
struct RingSlot {
  alignas(64) std::atomic<std::uint32_t> submitted;
  std::atomic<std::uint32_t> given_up;              // number of the call whose answer nobody waits for
  std::atomic<std::uint64_t> wanted_receipt;        // 1 + number of the receipt this call asks for; 0: it is a run
  alignas(64) std::atomic<std::uint32_t> answered;  // futex
  std::atomic<std::uint32_t> application_waiting;   // somebody sleeps on `answered`
  std::atomic<std::uint32_t> taken;                 // number of the call the cell has begun
  std::atomic<std::uint64_t> receipt;               // 1 + number of the answered call's receipt; 0: it has none
  alignas(64) RingCall request;
  alignas(64) RingCall answer;
};

// The shared memory's start. The application raises `bell` when it has submitted or given up a call; `cell_waiting`
// says that the cell sleeps on it. The data behind is one room for each of the first `num_slots` slots.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): each side writes cache lines of its own
struct RingHeader {
  std::uint32_t magic;
  std::uint32_t version;
  std::uint64_t data_size;
  std::uint32_t num_slots;
  alignas(64) std::atomic<std::uint32_t> bell;  // futex
  std::atomic<std::uint32_t> cell_waiting;
  std::atomic<std::uint32_t> ended;  // an ErrorCode: why the cell answers no more; 0: it does
  RingSlot slots[kMaxSlots];
};

static_assert(sizeof(RingHeader) <= kRingDataOffset);
static_assert(std::atomic<std::uint32_t>::is_always_lock_free && std::atomic<std::uint64_t>::is_always_lock_free);

// Bytes of each slot's room in a ring with `data_size` bytes: equal parts that begin at multiples of 64. 0: such a ring
// there is not.
constexpr std::uint64_t RoomSize(std::uint64_t data_size, std::uint32_t num_slots) {
  if (num_slots == 0 || num_slots > kMaxSlots) return 0;
  return num_slots == 1 ? data_size : data_size / num_slots / 64 * 64;
}

// The cell's memory of what it has seen of one ring's slots. One thread. Begins where the ring stands: a call that is
// under way then, because another cell let go of the ring before it came to it, is still to be taken.
class SubmittedCalls {
 public:
  SubmittedCalls() noexcept = default;  // of no ring
  SubmittedCalls(RingHeader& ring, std::uint32_t num_slots) noexcept;

  struct Call {
    std::size_t slot = 0;
    std::uint32_t number = 0;
    bool given_up = false;
  };

  // The next call nobody has taken yet: slots take turns. Each shared word is loaded once.
  std::optional<Call> Take() noexcept;

  // How many calls there are that nobody has taken.
  std::uint32_t NumWaiting() const noexcept;

  std::uint32_t num_slots() const noexcept { return num_slots_; }

 private:
  RingHeader* ring_ = nullptr;
  std::uint32_t num_slots_ = 0;
  std::size_t next_ = 0;
  std::array<std::uint32_t, kMaxSlots> seen_{};
};

// A checked private copy of one RingTensor: size is what type and shape say, no overflow, inside the room, offset
// aligned. Strings are as base/strings.h has them: of their size only the least is checked, nothing of what they hold.
struct TensorPlace {
  std::uint32_t index = 0;
  ElementType type = ElementType::kFloat32;
  InlineVector<std::int64_t, kMaxRank> shape;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

using TensorPlaces = InlineVector<TensorPlace, kMaxTensors>;

// Why the cell answers no more, as it says itself; none while it does, or for no known number. Loads the word once.
std::optional<ErrorCode> EndReason(const RingHeader& ring);

// Copies and checks what the other side wrote. Fails with kBadTensor; for an answer whose status is not 0, with that
// code where it is a known one (else kInternal).
Result<TensorPlaces> TakeCall(const RingCall& shared, std::uint64_t room_size);
void PutCall(const TensorPlaces& tensors, RingCall& shared);
// `needed`: with kTooLarge, the bytes of room the call would have taken; 0: not known.
void PutFailure(ErrorCode code, RingCall& shared, std::uint64_t needed = 0);
// The bytes of room that an answer with kTooLarge asks for; 0 when it does not say. Read once: a hint, nothing checks
// it.
std::uint64_t NeededRoom(const RingCall& shared);

// How many strings a place holds; none where it holds something else. kBadTensor beyond kMaxStrings.
Result<std::uint64_t> NumStrings(const TensorPlace& place);

// For whoever stands in for a cell that is gone: the slot's call that waits for an answer, `taken` by that cell or not.
// Each shared word is loaded once.
struct OpenCall {
  std::uint32_t number = 0;
  bool taken = false;
};

std::optional<OpenCall> FindOpenCall(const RingSlot& slot) noexcept;

// The size in bytes of a tensor of `type` and `shape`; kBadTensor when negative or overflowing, and for strings.
Result<std::uint64_t> TensorBytes(ElementType type, std::span<const std::int64_t> shape);

}  // namespace edgekeep::gate
