// TensorMemory as ONNX Runtime takes it: an allocator of its environment's, used by every session that asks for it.
#pragma once
#include <atomic>
#include <limits>
#include <memory>
#include <optional>

#include "api.h"
#include "edgekeep/engine/onnxruntime/tensor_memory.h"

namespace edgekeep::engine {

// What finds no room in the memory comes from the process's heap; what exceeds the budget comes from nowhere, and the
// engine's call that wanted it fails. Must outlive the environment.
class EnvAllocator : private OrtAllocator {
 public:
  // Registers a new one with `environment`. Fails with kModelRefused, kNoMemory.
  static Result<std::unique_ptr<EnvAllocator>> Register(const OrtApi& api, OrtEnv& environment, TensorMemory& memory);

  // Bytes in all blocks together, from now on. Blocks that are there already count.
  void SetBudget(std::optional<std::uint64_t> bytes) noexcept;

  // Whether a block was refused for the budget since the last time this was asked.
  bool TakeRefusal() noexcept { return refused_.exchange(false); }

 private:
  EnvAllocator(Handle<OrtMemoryInfo> info, TensorMemory& memory) noexcept;

  static void* ORT_API_CALL AllocateBlock(OrtAllocator* self, std::size_t size);
  static void ORT_API_CALL FreeBlock(OrtAllocator* self, void* start);
  static const OrtMemoryInfo* ORT_API_CALL TellInfo(const OrtAllocator* self);

  // Null when there is none.
  void* AllocateWithin(std::size_t size) noexcept;
  void* Allocate(std::size_t size) noexcept;

  Handle<OrtMemoryInfo> info_;
  TensorMemory& memory_;
  std::atomic<std::uint64_t> budget_ = std::numeric_limits<std::uint64_t>::max();
  std::atomic<std::uint64_t> used_ = 0;
  std::atomic<bool> refused_ = false;
};

}  // namespace edgekeep::engine
