// ONNX Runtime with a scratch directory of its own, and files to compute with.
#pragma once
#include <dirent.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "edgekeep/base/check.h"
#include "edgekeep/engine/onnxruntime/engine.h"
#include "edgekeep/engine/onnxruntime/tensor_memory.h"

namespace edgekeep::engine::testing {

inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EK_CHECK(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A model of tools/testmodels.
inline std::string TestModel(const std::string& name) {
  return ReadFile(std::string(EK_TEST_MODELS) + "/" + name + ".onnx");
}

class OnnxRuntime {
 public:
  OnnxRuntime() {
    EK_CHECK(mkdtemp(scratch_.data()) != nullptr);
    auto engine = LoadOnnxRuntime(
        {.library_path = EK_ONNXRUNTIME_LIBRARY, .scratch_directory = scratch_.data(), .tensor_memory = &memory_});
    EK_CHECK(engine);
    engine_ = *std::move(engine);
  }

  OnnxRuntime(const OnnxRuntime&) = delete;
  OnnxRuntime& operator=(const OnnxRuntime&) = delete;

  ~OnnxRuntime() { rmdir(scratch_.data()); }

  Engine& engine() { return *engine_; }

  // y = 2x + 1
  static std::string model() { return TestModel("affine"); }

  const char* scratch() const { return scratch_.data(); }

  bool ScratchIsEmpty() const {
    DIR* const directory = opendir(scratch_.data());
    EK_CHECK(directory != nullptr);
    int entries = 0;
    while (readdir(directory) != nullptr) ++entries;
    closedir(directory);
    return entries == 2;
  }

 private:
  static constexpr std::size_t kRoom = 1 << 16;

  static std::unique_ptr<std::uint8_t[], decltype(&std::free)> NewRoom() {
    auto* const room = static_cast<std::uint8_t*>(std::aligned_alloc(TensorMemory::kAlignment, kRoom));
    EK_CHECK(room != nullptr);
    std::memset(room, 0, kRoom);
    return {room, &std::free};
  }

  // Small: what exceeds it comes from the heap.
  std::unique_ptr<std::uint8_t[], decltype(&std::free)> room_ = NewRoom();
  TensorMemory memory_{MutableByteView(room_.get(), kRoom)};
  std::array<char, 32> scratch_ = {"/tmp/edgekeep-scratch-XXXXXX"};
  std::unique_ptr<Engine> engine_;
};

}  // namespace edgekeep::engine::testing
