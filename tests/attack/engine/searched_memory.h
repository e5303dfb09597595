// Everything a process can read of its own memory, found without /proc, and looked through for known bytes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "needles.h"

namespace edgekeep::attack {

using Memory = std::span<const std::uint8_t>;

// What is mapped and readable, as the kernel tells whoever asks: runs of whole pages, without those that are all zero.
std::vector<Memory> ReadableMemory();

// A copy of it as it is now, which later searches can still be made in.
class Snapshot {
 public:
  static Snapshot Take();

  std::span<const Memory> runs() const { return runs_; }

 private:
  std::vector<Memory> runs_;
};

}  // namespace edgekeep::attack
