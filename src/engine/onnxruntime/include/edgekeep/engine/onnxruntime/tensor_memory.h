// TensorMemory: blocks out of one piece of memory, zeroed when they are given back.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep::engine {

// For what an engine computes with: weights in its own layout, activations, outputs. Blocks are reused, never returned
// to the system: an engine asks for the same ones at every call. Best fit, neighbours joined. Used by several threads.
class TensorMemory {
 public:
  static constexpr std::size_t kAlignment = 64;

  // `memory` is zero, aligned to kAlignment, at least two times as large, and outlives this.
  explicit TensorMemory(MutableByteView memory) noexcept;
  TensorMemory(const TensorMemory&) = delete;
  TensorMemory& operator=(const TensorMemory&) = delete;

  // An aligned block of zeros, of `size` bytes at least. Fails with kNoMemory when no free piece is large enough.
  Result<MutableByteView> Allocate(std::size_t size) noexcept;

  // Zeroes the block that begins at `start`, takes it back and returns its size. What is no block in use is a
  // programmer's error.
  std::size_t Free(void* start) noexcept;

  // True for an address inside the memory.
  bool Holds(const void* address) const noexcept;

  // The part that blocks have ever lain in: nothing was written behind it. Takes no lock.
  MutableByteView touched() const noexcept;

  // Bytes in blocks.
  std::size_t in_use() const noexcept;

 private:
  struct Block;

  Block* BehindIt(const Block& block) const noexcept;
  Block* BestFit(std::size_t size) const noexcept;
  void Link(Block& block) noexcept;
  void Unlink(Block& block) noexcept;
  void SplitBehind(Block& block, std::size_t size) noexcept;
  // Makes one of two neighbours.
  void Join(Block& first, Block& second) noexcept;

  MutableByteView memory_;
  mutable std::mutex mutex_;  // guards everything below, and the headers of blocks
  Block* free_ = nullptr;
  std::size_t in_use_ = 0;
  std::atomic<std::size_t> touched_ = 0;
};

}  // namespace edgekeep::engine
