// ONNX Runtime as its documentation begins: a session from a file, with every setting as it is by default.
#pragma once
#include <filesystem>
#include <memory>
#include <vector>

#include "models.h"

namespace edgekeep::bench {

class RuntimeFile {
 public:
  // Loads the library, if it is not there yet, and the model. Throws where it cannot.
  explicit RuntimeFile(const Model& model);
  RuntimeFile(const RuntimeFile&) = delete;
  RuntimeFile& operator=(const RuntimeFile&) = delete;
  ~RuntimeFile();

  // Computes and leaves the first output where it is.
  void Run(const std::vector<float>& values);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace edgekeep::bench
