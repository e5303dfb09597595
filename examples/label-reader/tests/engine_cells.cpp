#include "engine_cells.h"

#include <cstring>
#include <fstream>
#include <iterator>

#include "edgekeep/base/check.h"
#include "edgekeep/engine/onnxruntime/engine.h"

namespace label_reader {
namespace {

using edgekeep::ByteView;
using edgekeep::Result;
using edgekeep::Status;
namespace engine = edgekeep::engine;
namespace gate = edgekeep::gate;

std::uint64_t Aligned(std::uint64_t offset) {
  return (offset + 63) / 64 * 64;
}

// Puts outputs into the ring, behind the inputs.
class RingSink : public engine::OutputSink {
 public:
  RingSink(edgekeep::client::FakeCall call, std::uint64_t offset) : call_(call), offset_(offset) {}

  Status Accept(std::size_t index, engine::ElementType type, std::span<const std::int64_t> shape,
                ByteView bytes) override {
    if (offset_ + bytes.size() > call_.room().size()) return edgekeep::Error(edgekeep::ErrorCode::kTooLarge);
    gate::TensorPlace place{.index = static_cast<std::uint32_t>(index), .type = static_cast<gate::ElementType>(type)};
    for (const std::int64_t dimension : shape) EK_TRY(place.shape.PushBack(dimension));
    place.offset = offset_;
    place.size = bytes.size();
    std::memcpy(call_.room().data() + offset_, bytes.data(), bytes.size());
    offset_ = Aligned(offset_ + bytes.size());
    return places.PushBack(place);
  }

  gate::TensorPlaces places;

 private:
  edgekeep::client::FakeCall call_;
  std::uint64_t offset_;
};

Result<gate::TensorPlaces> RunOnRing(engine::Session& session, edgekeep::client::FakeCall call) {
  EK_TRY_ASSIGN(const gate::TensorPlaces inputs, gate::TakeCall(call.slot().request, call.room().size()));
  std::vector<engine::InputTensor> tensors;
  std::uint64_t end = 0;
  for (const gate::TensorPlace& place : inputs) {
    tensors.push_back({.index = place.index,
                       .type = static_cast<engine::ElementType>(place.type),
                       .shape = place.shape,
                       .bytes = call.room().subspan(place.offset, place.size)});
    end = std::max(end, Aligned(place.offset + place.size));
  }
  RingSink sink(call, end);
  EK_TRY(session.Run(tensors, sink));
  return sink.places;
}

void Answer(engine::Session& session, edgekeep::client::FakeCall call) {
  const auto outputs = RunOnRing(session, call);
  if (outputs) {
    gate::PutCall(*outputs, call.slot().answer);
  } else {
    gate::PutFailure(outputs.error().code(), call.slot().answer);
  }
  edgekeep::client::RaiseAnswer(call);
}

void Describe(const engine::TensorInfos& from, edgekeep::InlineVector<gate::TensorInfo, gate::kMaxTensors>& to) {
  for (const engine::TensorInfo& info : from) {
    EK_CHECK(to.PushBack({.name = info.name, .type = static_cast<gate::ElementType>(info.type), .shape = info.shape})
                 .has_value());
  }
}

gate::ModelInfo InfoOf(const engine::Session& session) {
  gate::ModelInfo info;
  Describe(session.inputs(), info.inputs);
  Describe(session.outputs(), info.outputs);
  return info;
}

std::vector<std::uint8_t> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EK_CHECK(static_cast<bool>(file));
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

EngineKeep::EngineKeep(const std::string& library, const std::map<std::string, std::string>& models) {
  auto loaded = engine::LoadOnnxRuntime({.library_path = library.c_str()});
  EK_CHECK(loaded.has_value());
  engine_ = *std::move(loaded);
  for (const auto& [product, path] : models) {
    Model& model = models_[product];
    model.bytes = ReadFile(path);
    auto session = engine_->LoadCanonical(model.bytes, {}, {});
    EK_CHECK(session.has_value());
    model.session = *std::move(session);
    model.cells = std::make_unique<edgekeep::client::FakeCells>(
        [&session = *model.session](edgekeep::client::FakeCall call) { Answer(session, call); });
  }
  keep_.ServeApplications([this](gate::Channel& connection, const gate::Message& request) {
    const auto asked = gate::DecodeOpenModelRequest(request.frame.body);
    EK_CHECK(asked.has_value());
    Model& model = models_.at(std::string(asked->product.view()));
    model.cells->AsKeep(InfoOf(*model.session), gate::kDefaultRingBytes)(connection, request);
  });
}

}  // namespace label_reader
