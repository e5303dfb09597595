// The ring's memory and waiting: memfd with fixed size, futexes with a bounded spin (spec/gate.md §7).
#pragma once
#include <cstdint>
#include <utility>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"
#include "edgekeep/gate/posix/descriptor.h"
#include "edgekeep/gate/ring.h"

namespace edgekeep::gate {

// A mapped ring; unmapped when it ends.
class RingMemory {
 public:
  // Makes memory with room for `data_bytes`, sealed against growing and shrinking, header written.
  static Result<RingMemory> Create(std::uint64_t data_bytes);
  // Maps memory somebody else made: checks seals, size, magic, version. Fails with kMalformed.
  static Result<RingMemory> Map(Descriptor memory);

  RingMemory(RingMemory&& other) noexcept;
  RingMemory& operator=(RingMemory&& other) noexcept;
  ~RingMemory();

  RingHeader& header() noexcept { return *header_; }

  MutableByteView data() noexcept;

  std::uint64_t data_size() const noexcept { return data_size_; }

  int fd() const noexcept { return memory_.get(); }

 private:
  RingMemory(Descriptor memory, RingHeader* header, std::uint64_t data_size) noexcept
      : memory_(std::move(memory)), header_(header), data_size_(data_size) {}

  Descriptor memory_;
  RingHeader* header_ = nullptr;
  std::uint64_t data_size_ = 0;
};

// Waits until `word` is not `old`. Spins at most `spin_us`, then sleeps on the futex until woken, `timeout_ms`
// (kTimedOut) or `ended_socket` hangs up (kPeerGone; checked at least every 100 ms; -1: none).
Status WaitForChange(std::atomic<std::uint32_t>& word, std::uint32_t old, std::atomic<std::uint32_t>& waiting,
                     std::uint32_t spin_us, int timeout_ms, int ended_socket);
// Raises `word` by one and wakes who sleeps on it.
void Raise(std::atomic<std::uint32_t>& word, std::atomic<std::uint32_t>& waiting) noexcept;

}  // namespace edgekeep::gate
