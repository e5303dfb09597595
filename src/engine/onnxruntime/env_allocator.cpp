#include "env_allocator.h"

#include <bits/functexcept.h>

#include <limits>
#include <new>
#include <utility>

namespace edgekeep::engine {
namespace {

constexpr std::align_val_t kAlignment{TensorMemory::kAlignment};

// In front of a block from the heap, which does not tell sizes.
struct alignas(TensorMemory::kAlignment) HeapHead {
  std::size_t size;
};

void* AllocateOnHeap(std::size_t size) noexcept {
  if (size > std::numeric_limits<std::size_t>::max() - sizeof(HeapHead)) return nullptr;
  void* const room = ::operator new(sizeof(HeapHead) + size, kAlignment, std::nothrow);
  return room == nullptr ? nullptr : ::new (room) HeapHead{size} + 1;
}

std::size_t FreeOnHeap(void* start) noexcept {
  HeapHead* const head = static_cast<HeapHead*>(start) - 1;
  const std::size_t size = head->size;
  ::operator delete(head, kAlignment);
  return size;
}

}  // namespace

EnvAllocator::EnvAllocator(Handle<OrtMemoryInfo> info, TensorMemory& memory) noexcept
    : OrtAllocator{.version = ORT_API_VERSION,
                   .Alloc = AllocateBlock,
                   .Free = FreeBlock,
                   .Info = TellInfo,
                   .Reserve = AllocateBlock},
      info_(std::move(info)),
      memory_(memory) {}

Result<std::unique_ptr<EnvAllocator>> EnvAllocator::Register(const OrtApi& api, OrtEnv& environment,
                                                             TensorMemory& memory) {
  constexpr const char* kWhere = "engine: allocator";
  OrtMemoryInfo* made = nullptr;
  EK_TRY(Check(api, api.CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &made), kWhere));
  auto info = Own(made, api.ReleaseMemoryInfo);
  std::unique_ptr<EnvAllocator> allocator(new (std::nothrow) EnvAllocator(std::move(info), memory));
  if (!allocator) return Error(ErrorCode::kNoMemory, kWhere);
  EK_TRY(Check(api, api.RegisterAllocator(&environment, allocator.get()), kWhere));
  return allocator;
}

void EnvAllocator::SetBudget(std::optional<std::uint64_t> bytes) noexcept {
  budget_ = bytes.value_or(std::numeric_limits<std::uint64_t>::max());
}

void* EnvAllocator::AllocateWithin(std::size_t size) noexcept {
  // Counted first, so that threads do not exceed the budget together.
  const std::uint64_t budget = budget_;
  const std::uint64_t before = used_.fetch_add(size);
  if (size > budget || before > budget - size) {
    used_ -= size;
    refused_ = true;
    return nullptr;
  }
  void* const block = Allocate(size);
  if (block == nullptr) used_ -= size;
  return block;
}

void* EnvAllocator::Allocate(std::size_t size) noexcept {
  const auto block = memory_.Allocate(size);
  if (!block) return AllocateOnHeap(size);
  used_ += block->size() - size;
  return block->data();
}

void* EnvAllocator::AllocateBlock(OrtAllocator* self, std::size_t size) {
  if (size == 0) return nullptr;
  void* const block = static_cast<EnvAllocator*>(self)->AllocateWithin(size);
  // The engine's own allocators fail in this way, and it is ready for no other one.
  if (block == nullptr) std::__throw_bad_alloc();
  return block;
}

void EnvAllocator::FreeBlock(OrtAllocator* self, void* start) {
  if (start == nullptr) return;
  auto& own = *static_cast<EnvAllocator*>(self);
  own.used_ -= own.memory_.Holds(start) ? own.memory_.Free(start) : FreeOnHeap(start);
}

const OrtMemoryInfo* EnvAllocator::TellInfo(const OrtAllocator* self) {
  return static_cast<const EnvAllocator*>(self)->info_.get();
}

}  // namespace edgekeep::engine
