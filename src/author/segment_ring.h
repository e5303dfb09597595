// SegmentRing: a few segment buffers that pass from one filling thread to one emptying thread, in order.
#pragma once
#include <array>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "edgekeep/base/secret.h"

namespace edgekeep::author {

// One plaintext segment, with room for its tag.
struct Segment {
  SecretBytes buffer;
  std::size_t plaintext_size = 0;
};

// Either side can end the exchange; the other one's next wait then returns null.
class SegmentRing {
 public:
  static constexpr std::size_t kCapacity = 4;

  // Fails with kNoMemory.
  Status Allocate(std::size_t buffer_size);

  // Filling side: waits for an empty buffer; null when the other side has stopped.
  Segment* WaitForEmpty();
  void Fill();
  // Emptying side: waits for a full buffer; null when there are no more.
  Segment* WaitForFull();
  void Empty();
  // No more will be filled: what is full can still be emptied.
  void EndFilling();
  // No more will be emptied.
  void EndEmptying();

 private:
  std::array<Segment, kCapacity> segments_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t filled_ = 0;
  std::uint64_t emptied_ = 0;
  bool filling_ended_ = false;
  bool emptying_ended_ = false;
};

}  // namespace edgekeep::author
