#include "edgekeep/engine/onnxruntime/tensor_memory.h"

#include <algorithm>
#include <new>

#include "edgekeep/base/check.h"
#include "edgekeep/base/secret.h"

namespace edgekeep::engine {
namespace {

enum class State : std::uint64_t { kFree = 0x66726565, kUsed = 0x75736564 };

}  // namespace

// Lies in front of what it describes. Free ones are in a list.
struct alignas(TensorMemory::kAlignment) TensorMemory::Block {
  State state = State::kFree;
  std::size_t size = 0;       // of what follows, a multiple of the alignment
  Block* in_front = nullptr;  // the neighbour at lower addresses
  Block* next = nullptr;      // in the list
  Block* previous = nullptr;

  std::uint8_t* begin() noexcept { return reinterpret_cast<std::uint8_t*>(this + 1); }

  const std::uint8_t* begin() const noexcept { return reinterpret_cast<const std::uint8_t*>(this + 1); }
};

TensorMemory::TensorMemory(MutableByteView memory) noexcept
    : memory_(memory.first(memory.size() / kAlignment * kAlignment)) {
  EK_CHECK(reinterpret_cast<std::uintptr_t>(memory.data()) % kAlignment == 0);
  EK_CHECK(memory_.size() >= 2 * sizeof(Block));
  auto* const whole = ::new (memory_.data()) Block{.size = memory_.size() - sizeof(Block)};
  touched_ = sizeof(Block);
  Link(*whole);
}

Result<MutableByteView> TensorMemory::Allocate(std::size_t size) noexcept {
  if (size > memory_.size()) return Error(ErrorCode::kNoMemory, "tensor memory");
  const std::size_t rounded = (std::max<std::size_t>(size, 1) + kAlignment - 1) / kAlignment * kAlignment;
  const std::lock_guard lock(mutex_);
  Block* const block = BestFit(rounded);
  if (block == nullptr) return Error(ErrorCode::kNoMemory, "tensor memory");
  Unlink(*block);
  SplitBehind(*block, rounded);
  block->state = State::kUsed;
  in_use_ += block->size;
  const auto end = static_cast<std::size_t>(block->begin() + block->size - memory_.data());
  touched_ = std::min(std::max(touched_.load(), end + sizeof(Block)), memory_.size());
  return MutableByteView(block->begin(), block->size);
}

std::size_t TensorMemory::Free(void* start) noexcept {
  EK_CHECK(Holds(start) && reinterpret_cast<std::uintptr_t>(start) % kAlignment == 0);
  EK_CHECK(static_cast<std::uint8_t*>(start) - memory_.data() >= static_cast<std::ptrdiff_t>(sizeof(Block)));
  Block& block = *(static_cast<Block*>(start) - 1);
  {
    const std::lock_guard lock(mutex_);
    EK_CHECK(block.state == State::kUsed);
  }
  // Still its caller's: zeroing what is large keeps nobody else waiting.
  Wipe(MutableByteView(block.begin(), block.size));
  const std::lock_guard lock(mutex_);
  const std::size_t size = block.size;
  in_use_ -= size;
  block.state = State::kFree;
  Block* const behind = BehindIt(block);
  if (behind != nullptr && behind->state == State::kFree) {
    Unlink(*behind);
    Join(block, *behind);
  }
  if (block.in_front != nullptr && block.in_front->state == State::kFree) {
    Join(*block.in_front, block);
  } else {
    Link(block);
  }
  return size;
}

bool TensorMemory::Holds(const void* address) const noexcept {
  const auto* const byte = static_cast<const std::uint8_t*>(address);
  return byte >= memory_.data() && byte < memory_.data() + memory_.size();
}

MutableByteView TensorMemory::touched() const noexcept {
  return memory_.first(touched_);
}

std::size_t TensorMemory::in_use() const noexcept {
  const std::lock_guard lock(mutex_);
  return in_use_;
}

TensorMemory::Block* TensorMemory::BehindIt(const Block& block) const noexcept {
  const std::uint8_t* const end = block.begin() + block.size;
  if (end == memory_.data() + memory_.size()) return nullptr;
  return reinterpret_cast<Block*>(memory_.data() + (end - memory_.data()));
}

// Of equals the one at the lowest address, so that little is touched.
TensorMemory::Block* TensorMemory::BestFit(std::size_t size) const noexcept {
  Block* best = nullptr;
  for (Block* block = free_; block != nullptr; block = block->next) {
    if (block->size < size) continue;
    if (best == nullptr || block->size < best->size || (block->size == best->size && block < best)) best = block;
  }
  return best;
}

void TensorMemory::Link(Block& block) noexcept {
  block.previous = nullptr;
  block.next = free_;
  if (free_ != nullptr) free_->previous = &block;
  free_ = &block;
}

void TensorMemory::Unlink(Block& block) noexcept {
  (block.previous == nullptr ? free_ : block.previous->next) = block.next;
  if (block.next != nullptr) block.next->previous = block.previous;
}

void TensorMemory::SplitBehind(Block& block, std::size_t size) noexcept {
  if (block.size < size + 2 * sizeof(Block)) return;
  Block* const behind = BehindIt(block);
  auto* const rest = ::new (block.begin() + size) Block{.size = block.size - size - sizeof(Block), .in_front = &block};
  if (behind != nullptr) behind->in_front = rest;
  block.size = size;
  Link(*rest);
}

void TensorMemory::Join(Block& first, Block& second) noexcept {
  Block* const behind = BehindIt(second);
  if (behind != nullptr) behind->in_front = &first;
  first.size += sizeof(Block) + second.size;
  // A header is no secret, but blocks are handed out as zeros.
  Wipe(MutableByteView(reinterpret_cast<std::uint8_t*>(&second), sizeof(Block)));
}

}  // namespace edgekeep::engine
