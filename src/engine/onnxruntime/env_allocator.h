// TensorMemory as ONNX Runtime takes it: an allocator of its environment's, used by every session that asks for it.
#pragma once
#include <memory>

#include "api.h"
#include "edgekeep/engine/onnxruntime/tensor_memory.h"

namespace edgekeep::engine {

// What finds no room in the memory comes from the process's heap. Must outlive the environment.
class EnvAllocator : private OrtAllocator {
 public:
  // Registers a new one with `environment`. Fails with kModelRefused, kNoMemory.
  static Result<std::unique_ptr<EnvAllocator>> Register(const OrtApi& api, OrtEnv& environment, TensorMemory& memory);

 private:
  EnvAllocator(Handle<OrtMemoryInfo> info, TensorMemory& memory) noexcept;

  static void* ORT_API_CALL AllocateBlock(OrtAllocator* self, std::size_t size);
  static void ORT_API_CALL FreeBlock(OrtAllocator* self, void* start);
  static const OrtMemoryInfo* ORT_API_CALL TellInfo(const OrtAllocator* self);

  Handle<OrtMemoryInfo> info_;
  TensorMemory& memory_;
};

}  // namespace edgekeep::engine
