// The unprotected engine in this process: what protected results and times are compared with.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "edgekeep/engine/engine.h"

namespace edgekeep::test {

struct PlainTensor {
  engine::ElementType type = 1;  // float
  std::vector<std::int64_t> shape;
  std::vector<std::uint8_t> bytes;
};

// The one ONNX Runtime of this process. Aborts where it cannot be loaded.
engine::Engine& PlainEngine();

// A plain ONNX file, loaded with the options a cell uses.
class PlainModel {
 public:
  explicit PlainModel(const std::filesystem::path& model, std::uint32_t threads = 1);

  // All outputs for all inputs, in the model's order. Aborts where the engine refuses.
  std::vector<PlainTensor> Run(const std::vector<PlainTensor>& inputs);

 private:
  std::vector<std::uint8_t> bytes_;
  std::unique_ptr<engine::Session> session_;
};

}  // namespace edgekeep::test
