// The ring's memory and waiting: memfd with fixed size, futexes with a bounded spin (spec/gate.md §7).
#pragma once
#include <cstdint>
#include <span>
#include <utility>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"
#include "edgekeep/gate/posix/descriptor.h"
#include "edgekeep/gate/ring.h"

namespace edgekeep::gate {

// A mapped ring; unmapped when it ends.
class RingMemory {
 public:
  // Makes memory with `data_bytes` for the rooms of `num_slots` slots together, sealed against growing and shrinking,
  // header written. Fails with kTooLarge or kNoMemory.
  static Result<RingMemory> Create(std::uint64_t data_bytes, std::uint32_t num_slots = 1);
  // Maps memory somebody else made: checks seals, size, magic, version, slots. Fails with kMalformed.
  static Result<RingMemory> Map(Descriptor memory);

  RingMemory(RingMemory&& other) noexcept;
  RingMemory& operator=(RingMemory&& other) noexcept;
  ~RingMemory();

  RingHeader& header() noexcept { return *header_; }

  MutableByteView data() noexcept;

  std::uint64_t data_size() const noexcept { return data_size_; }

  // As it was when mapped, whatever the header says since.
  std::uint32_t num_slots() const noexcept { return num_slots_; }

  std::uint64_t room_size() const noexcept { return RoomSize(data_size_, num_slots_); }

  // Requires slot < num_slots().
  MutableByteView room(std::size_t slot) noexcept { return data().subspan(slot * room_size(), room_size()); }

  int fd() const noexcept { return memory_.get(); }

  // For who passes the memory on to nobody: it stays mapped.
  void CloseDescriptor() noexcept { memory_ = Descriptor(); }

 private:
  RingMemory(Descriptor memory, RingHeader* header, std::uint64_t data_size, std::uint32_t num_slots) noexcept
      : memory_(std::move(memory)), header_(header), data_size_(data_size), num_slots_(num_slots) {}

  Descriptor memory_;
  RingHeader* header_ = nullptr;
  std::uint64_t data_size_ = 0;
  std::uint32_t num_slots_ = 0;
};

// How long one waiting side spins before it sleeps. Spinning pays while answers come that fast; where it was in vain
// (a long computation, or the other side wants this very processor) most of the waits that follow go without.
class SpinMemory {
 public:
  // At most `longest_us` microseconds; 0: never.
  explicit SpinMemory(std::uint32_t longest_us) noexcept : longest_us_(longest_us) {}

  // For the wait that begins now.
  std::uint32_t NextMicroseconds() noexcept;
  // What came of it. Not to be told of waits that did not spin.
  void Note(bool in_vain) noexcept;

 private:
  std::uint32_t longest_us_;
  std::uint32_t rest_ = 0;       // waits after the next vain spin that go without
  std::uint32_t rest_left_ = 0;  // of those, still to come
};

// How long the waits of one side took. Where they take alike, it sleeps until shortly before the next one is due and
// spins then, for twice as long at most: it is awake when the answer comes. Whose spin was in vain goes without again.
class WaitMemory {
 public:
  // As SpinMemory; 0: never.
  explicit WaitMemory(std::uint32_t longest_us) noexcept : beginning_(longest_us), end_(2 * longest_us) {}

  SpinMemory& beginning() noexcept { return beginning_; }

  SpinMemory& end() noexcept { return end_; }

  // How long to sleep before the spin that awaits the end; 0: that is not known.
  std::uint32_t SleepMicroseconds() const noexcept;
  // A wait took so long; 0: too short to sleep.
  void Note(std::uint64_t microseconds) noexcept;

 private:
  SpinMemory beginning_;
  SpinMemory end_;
  std::uint64_t last_us_ = 0;
  std::uint64_t before_us_ = 0;
};

// Waits until `word` is not `old`. Spins as `memory` has it, then sleeps on the futex until woken, `timeout_ms`
// (kTimedOut) or `ended_socket` hangs up (kPeerGone; checked at least every 100 ms; -1: none).
Status WaitForChange(std::atomic<std::uint32_t>& word, std::uint32_t old, std::atomic<std::uint32_t>& waiting,
                     WaitMemory& memory, int timeout_ms, int ended_socket);

// One of several words that are waited for together.
struct Bell {
  std::atomic<std::uint32_t>* word = nullptr;
  std::uint32_t old = 0;
  std::atomic<std::uint32_t>* waiting = nullptr;
};

inline constexpr std::size_t kMaxBells = 128;  // what the kernel takes (futex_waitv)

// Waits until one of `bells` (1 to kMaxBells) is not its `old`, for `timeout_ms` at most. Spins as `spin` has it, then
// sleeps on all of them; on kernels before 5.16, which cannot, on the last one for a few milliseconds at a time.
// Whether one has changed is for the caller to look.
void WaitForAny(std::span<const Bell> bells, SpinMemory& spin, int timeout_ms) noexcept;
// Raises `word` by one and wakes who sleeps on it.
void Raise(std::atomic<std::uint32_t>& word, std::atomic<std::uint32_t>& waiting) noexcept;
// Sets `word` to `value` and wakes who sleeps on it.
void Set(std::atomic<std::uint32_t>& word, std::uint32_t value, std::atomic<std::uint32_t>& waiting) noexcept;

}  // namespace edgekeep::gate
