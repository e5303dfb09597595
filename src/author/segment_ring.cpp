#include "segment_ring.h"

namespace edgekeep::author {

Status SegmentRing::Allocate(std::size_t buffer_size) {
  for (Segment& segment : segments_) {
    EK_TRY_ASSIGN(segment.buffer, SecretBytes::Allocate(buffer_size));
  }
  return {};
}

Segment* SegmentRing::WaitForEmpty() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return emptying_ended_ || filled_ - emptied_ < kCapacity; });
  return emptying_ended_ ? nullptr : &segments_[filled_ % kCapacity];
}

void SegmentRing::Fill() {
  const std::lock_guard lock(mutex_);
  ++filled_;
  changed_.notify_one();
}

Segment* SegmentRing::WaitForFull() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return filling_ended_ || filled_ != emptied_; });
  return filled_ == emptied_ ? nullptr : &segments_[emptied_ % kCapacity];
}

void SegmentRing::Empty() {
  const std::lock_guard lock(mutex_);
  ++emptied_;
  changed_.notify_one();
}

void SegmentRing::EndFilling() {
  const std::lock_guard lock(mutex_);
  filling_ended_ = true;
  changed_.notify_one();
}

void SegmentRing::EndEmptying() {
  const std::lock_guard lock(mutex_);
  emptying_ended_ = true;
  changed_.notify_one();
}

}  // namespace edgekeep::author
