#include "plain_model.h"

#include <cstdlib>
#include <utility>

#include "binaries.h"
#include "edgekeep/base/check.h"
#include "edgekeep/engine/onnxruntime/engine.h"
#include "files.h"

namespace edgekeep::test {
namespace {

class Collect final : public engine::OutputSink {
 public:
  explicit Collect(std::size_t count) : outputs(count) {}

  Status Accept(std::size_t index, engine::ElementType type, std::span<const std::int64_t> shape,
                ByteView bytes) override {
    outputs.at(index) = {type, {shape.begin(), shape.end()}, {bytes.begin(), bytes.end()}};
    return {};
  }

  std::vector<PlainTensor> outputs;
};

engine::Shape ShapeOf(const PlainTensor& tensor) {
  engine::Shape shape;
  for (const std::int64_t dimension : tensor.shape) EK_CHECK(shape.PushBack(dimension));
  return shape;
}

}  // namespace

engine::Engine& PlainEngine() {
  static const std::string library = EngineLibrary();
  static const std::unique_ptr<engine::Engine> engine = [] {
    auto loaded = engine::LoadOnnxRuntime({.library_path = library.c_str(), .scratch_directory = nullptr});
    EK_CHECK(loaded.has_value());
    return *std::move(loaded);
  }();
  return *engine;
}

PlainModel::PlainModel(const std::filesystem::path& model, std::uint32_t threads) : bytes_(ReadFile(model)) {
  auto session = PlainEngine().LoadCanonical(bytes_, {}, {.threads = threads});
  EK_CHECK(session.has_value());
  session_ = *std::move(session);
}

std::vector<PlainTensor> PlainModel::Run(const std::vector<PlainTensor>& inputs) {
  std::vector<engine::InputTensor> tensors;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    tensors.push_back({i, inputs[i].type, ShapeOf(inputs[i]), inputs[i].bytes});
  }
  Collect outputs(session_->outputs().size());
  EK_CHECK(session_->Run(tensors, outputs));
  return std::move(outputs.outputs);
}

}  // namespace edgekeep::test
