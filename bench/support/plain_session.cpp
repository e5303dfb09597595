#include "plain_session.h"

#include <string>
#include <utility>

#include "binaries.h"
#include "edgekeep/engine/onnxruntime/engine.h"
#include "files.h"
#include "require.h"

namespace edgekeep::bench {
namespace {

class FirstOutput final : public engine::OutputSink {
 public:
  explicit FirstOutput(std::vector<std::uint8_t>* copy) : copy_(copy) {}

  Status Accept(std::size_t index, engine::ElementType /*type*/, std::span<const std::int64_t> /*shape*/,
                ByteView bytes) override {
    if (index == 0 && copy_ != nullptr) copy_->assign(bytes.begin(), bytes.end());
    return {};
  }

 private:
  std::vector<std::uint8_t>* copy_;
};

template <typename T>
T OrThrow(Result<T> result, const std::string& what) {
  test::Require(result.has_value(), what);
  return *std::move(result);
}

}  // namespace

PlainEngine::PlainEngine() {
  const std::string library = test::EngineLibrary();
  engine_ = OrThrow(
      engine::LoadOnnxRuntime({.library_path = library.c_str(), .scratch_directory = directory_.path().c_str()}),
      library + " does not load");
}

std::filesystem::path PlainEngine::WritePrepared(const Model& model) {
  const FreshPages bytes = FreshPages::Holding(model.path);
  const SecretBytes prepared = OrThrow(engine_->Prepare(bytes.bytes(), {}), model.name + " cannot be prepared");
  const std::filesystem::path file = directory_ / (model.name + ".prepared");
  const ByteView view = prepared.Reveal();
  test::WriteFile(file, {view.begin(), view.end()});
  return file;
}

PlainSession::PlainSession(const PlainEngine& engine, const std::filesystem::path& file, Form form,
                           std::uint32_t threads)
    : bytes_(FreshPages::Holding(file)) {
  const engine::Options options{.threads = threads};
  session_ = OrThrow(form == Form::kOnnx ? engine.get().LoadCanonical(bytes_.bytes(), {}, options)
                                         : engine.get().LoadPrepared(bytes_.bytes(), options),
                     file.string() + " does not load");
}

void PlainSession::Run(const Model& model, const std::vector<float>& values) {
  FirstOutput outputs(nullptr);
  Run(model, values, outputs);
}

std::vector<std::uint8_t> PlainSession::Answer(const Model& model, const std::vector<float>& values) {
  std::vector<std::uint8_t> answer;
  FirstOutput outputs(&answer);
  Run(model, values, outputs);
  return answer;
}

void PlainSession::Run(const Model& model, const std::vector<float>& values, engine::OutputSink& outputs) {
  constexpr engine::ElementType kFloat = 1;
  const auto* const begin = reinterpret_cast<const std::uint8_t*>(values.data());
  engine::InputTensor input{.index = 0, .type = kFloat, .bytes = {begin, values.size() * sizeof(float)}};
  for (const std::int64_t dimension : model.shape) test::Require(input.shape.PushBack(dimension).has_value(), "shape");
  test::Require(session_->Run({&input, 1}, outputs).has_value(), model.name + " does not compute");
}

}  // namespace edgekeep::bench
