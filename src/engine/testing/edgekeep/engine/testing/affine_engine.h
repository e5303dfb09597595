// A second engine, for tests: it computes y = a x + b and shows that the interface asks for nothing more.
#pragma once
#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "edgekeep/engine/element_type.h"
#include "edgekeep/engine/engine.h"

namespace edgekeep::engine::testing {

enum class AffineTrait : std::uint32_t {
  kPlain = 0,
  kUnpreparable = 1,  // Prepare says kUnsupported
  kFromSideFile = 2,  // b is the first float of the side file "b.bin"
  kBadPrepared = 4,   // Prepare makes a form that does not load
  kFailsAtRun = 8,
  kTinyFloatOutput = 16,  // says that y is of 8-bit floats
};

struct AffineModel {
  std::array<char, 4> magic = {'A', 'F', 'F', 'N'};
  std::uint32_t traits = 0;
  float a = 2;
  float b = 1;
};

// A model's bytes: any prefix (an ONNX file, say), then the 16 bytes above.
inline std::string AffineTrailer(AffineTrait trait = AffineTrait::kPlain) {
  const AffineModel model{.traits = static_cast<std::uint32_t>(trait)};
  return {reinterpret_cast<const char*>(&model), sizeof(model)};
}

class AffineSession final : public Session {
 public:
  AffineSession(const AffineModel& model, const Options& options) : model_(model), budget_(options.memory_budget) {
    TensorInfo info;
    info.name = InlineString<127>::Truncated("x");
    info.type = 1;
    static_cast<void>(info.shape.PushBack(-1));
    static_cast<void>(inputs_.PushBack(info));
    info.name = InlineString<127>::Truncated("y");
    if ((model.traits & static_cast<std::uint32_t>(AffineTrait::kTinyFloatOutput)) != 0) info.type = 17;
    static_cast<void>(outputs_.PushBack(info));
  }

  const TensorInfos& inputs() const override { return inputs_; }

  const TensorInfos& outputs() const override { return outputs_; }

  formats::ExecutionProvider provider() const override { return formats::ExecutionProvider::kCpu; }

  Status Run(std::span<const InputTensor> inputs, OutputSink& outputs) override {
    if (inputs.size() != 1 || inputs[0].index != 0) return Error(ErrorCode::kBadTensor, "inputs");
    if (inputs[0].type != 1 || inputs[0].shape.size() != 1) return Error(ErrorCode::kBadTensor, "input");
    EK_TRY_ASSIGN(const std::size_t size, TensorBytes(inputs[0].type, inputs[0].shape.view()));
    if (size != inputs[0].bytes.size()) return Error(ErrorCode::kBadTensor, "size of an input");
    if ((model_.traits & static_cast<std::uint32_t>(AffineTrait::kFailsAtRun)) != 0) {
      return Error(ErrorCode::kModelRefused, "affine: run");
    }
    if (budget_ && size > *budget_) return Error(ErrorCode::kNoMemory, "affine: memory budget");
    std::vector<float> values(size / sizeof(float));
    if (size != 0) std::memcpy(values.data(), inputs[0].bytes.data(), size);
    for (float& value : values) value = model_.a * value + model_.b;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(values.data());
    return outputs.Accept(0, 1, inputs[0].shape.view(), ByteView(bytes, size));
  }

 private:
  AffineModel model_;
  std::optional<std::uint64_t> budget_;
  TensorInfos inputs_;
  TensorInfos outputs_;
};

class AffineEngine final : public Engine {
 public:
  std::string_view version() const override { return "affine-1"; }

  Result<std::unique_ptr<Session>> LoadCanonical(ByteView model, std::span<const SideFile> side_files,
                                                 const Options& options) override {
    EK_TRY(CheckProviders(options));
    EK_TRY_ASSIGN(const AffineModel affine, Decode(model, side_files));
    return std::unique_ptr<Session>(new AffineSession(affine, options));
  }

  Result<std::unique_ptr<Session>> LoadPrepared(ByteView prepared, const Options& options) override {
    EK_TRY(CheckProviders(options));
    if (prepared.size() != kPreparedSize || std::memcmp(prepared.data(), "PREP", 4) != 0) {
      return Error(ErrorCode::kModelRefused, "affine: prepared form");
    }
    AffineModel affine;
    std::memcpy(&affine, prepared.data() + kPreparedSize - sizeof(affine), sizeof(affine));
    return std::unique_ptr<Session>(new AffineSession(affine, options));
  }

  Result<SecretBytes> Prepare(ByteView model, std::span<const SideFile> side_files) override {
    EK_TRY_ASSIGN(const AffineModel affine, Decode(model, side_files));
    if (Has(affine, AffineTrait::kUnpreparable)) return Error(ErrorCode::kUnsupported, "affine: prepare");
    EK_TRY_ASSIGN(SecretBytes prepared, SecretBytes::Allocate(kPreparedSize));
    std::uint8_t* const out = prepared.RevealForWriting().data();
    std::memcpy(out, Has(affine, AffineTrait::kBadPrepared) ? "BADP" : "PREP", 4);
    std::memcpy(out + kPreparedSize - sizeof(affine), &affine, sizeof(affine));
    return prepared;
  }

 private:
  static constexpr std::size_t kPreparedSize = 4096;

  static Status CheckProviders(const Options& options) {
    for (const auto provider : options.providers) {
      if (provider == formats::ExecutionProvider::kCpu) return {};
    }
    return Error(ErrorCode::kModelRefused, "affine: computes on the CPU alone");
  }

  static bool Has(const AffineModel& affine, AffineTrait trait) {
    return (affine.traits & static_cast<std::uint32_t>(trait)) != 0;
  }

  static Result<AffineModel> Decode(ByteView model, std::span<const SideFile> side_files) {
    AffineModel affine;
    if (model.size() < sizeof(affine)) return Error(ErrorCode::kModelRefused, "affine: size");
    std::memcpy(&affine, model.data() + model.size() - sizeof(affine), sizeof(affine));
    if (affine.magic != AffineModel().magic) return Error(ErrorCode::kModelRefused, "affine: magic");
    if (!Has(affine, AffineTrait::kFromSideFile)) return affine;
    for (const SideFile& file : side_files) {
      if (file.path != "b.bin" || file.bytes.size() < sizeof(float)) continue;
      std::memcpy(&affine.b, file.bytes.data(), sizeof(float));
      return affine;
    }
    return Error(ErrorCode::kModelRefused, "affine: no side file");
  }
};

}  // namespace edgekeep::engine::testing
