#include "prepared_form.h"

#include "edgekeep/engine/element_type.h"

namespace edgekeep::prepare {
namespace {

// Inputs beyond this are not made up for a check.
constexpr std::size_t kMaxZeros = std::size_t{64} << 20;

class DroppedOutputs final : public engine::OutputSink {
 public:
  Status Accept(std::size_t /*index*/, engine::ElementType /*type*/, std::span<const std::int64_t> /*shape*/,
                ByteView /*bytes*/) override {
    return {};
  }
};

// The largest input's size, or nothing when one has a free dimension or is too large to make up.
std::optional<std::size_t> LargestFixedInput(const engine::TensorInfos& inputs) {
  std::size_t largest = 0;
  for (const engine::TensorInfo& input : inputs) {
    const auto size = engine::TensorBytes(input.type, input.shape.view());
    if (!size || *size > kMaxZeros) return std::nullopt;
    largest = std::max(largest, *size);
  }
  return largest;
}

Status RunOnZeros(engine::Session& session) {
  const auto largest = LargestFixedInput(session.inputs());
  if (!largest) return {};
  EK_TRY_ASSIGN(const Bytes zeros, Bytes::Allocate(*largest));
  InlineVector<engine::InputTensor, engine::kMaxTensors> inputs;
  for (std::size_t i = 0; i < session.inputs().size(); ++i) {
    const engine::TensorInfo& info = session.inputs()[i];
    EK_TRY_ASSIGN(const std::size_t size, engine::TensorBytes(info.type, info.shape.view()));
    EK_TRY(inputs.PushBack({.index = i, .type = info.type, .shape = info.shape, .bytes = zeros.view().first(size)}));
  }
  DroppedOutputs outputs;
  return session.Run(inputs.view(), outputs);
}

Result<PreparedForm> LoadCanonical(engine::Engine& engine, const engine::Package& package) {
  EK_TRY_ASSIGN(const auto session, engine.LoadCanonical(package.model, package.side_files.view(), {}));
  return PreparedForm{.inputs = session->inputs(), .outputs = session->outputs()};
}

}  // namespace

Result<PreparedForm> MakePreparedForm(engine::Engine& engine, const engine::Package& package) {
  auto prepared = engine.Prepare(package.model, package.side_files.view());
  if (!prepared && prepared.error().code() == ErrorCode::kNoMemory) return prepared.error();
  if (!prepared) return LoadCanonical(engine, package);
  const auto session = engine.LoadPrepared(prepared->Reveal(), {});
  if (!session || !RunOnZeros(**session)) return LoadCanonical(engine, package);
  PreparedForm form{.inputs = (*session)->inputs(), .outputs = (*session)->outputs()};
  form.prepared = *std::move(prepared);
  return form;
}

}  // namespace edgekeep::prepare
