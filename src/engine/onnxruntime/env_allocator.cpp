#include "env_allocator.h"

#include <bits/functexcept.h>

#include <new>
#include <utility>

namespace edgekeep::engine {
namespace {

constexpr std::align_val_t kAlignment{TensorMemory::kAlignment};

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

void* EnvAllocator::AllocateBlock(OrtAllocator* self, std::size_t size) {
  if (size == 0) return nullptr;
  if (const auto block = static_cast<EnvAllocator*>(self)->memory_.Allocate(size)) return block->data();
  void* const room = ::operator new(size, kAlignment, std::nothrow);
  // The engine's own allocators fail in this way, and it is ready for no other one.
  if (room == nullptr) std::__throw_bad_alloc();
  return room;
}

void EnvAllocator::FreeBlock(OrtAllocator* self, void* start) {
  if (start == nullptr) return;
  TensorMemory& memory = static_cast<EnvAllocator*>(self)->memory_;
  if (memory.Holds(start)) {
    memory.Free(start);
  } else {
    ::operator delete(start, kAlignment);
  }
}

const OrtMemoryInfo* EnvAllocator::TellInfo(const OrtAllocator* self) {
  return static_cast<const EnvAllocator*>(self)->info_.get();
}

}  // namespace edgekeep::engine
