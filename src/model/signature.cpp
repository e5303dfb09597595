#include "edgekeep/model/signature.h"

#include <algorithm>
#include <memory>
#include <new>

#include "edgekeep/model/tensor.h"
#include "once.h"
#include "value_decoder.h"
#include "wire_reader.h"

namespace edgekeep::model {
namespace {

// Field numbers of onnx.proto.
enum ModelField : std::uint32_t { kIrVersion = 1, kGraph = 7 };

enum GraphField : std::uint32_t { kInitializer = 5, kInput = 11, kOutput = 12, kSparseInitializer = 15 };

Error Refused(const char* where) {
  return Error(ErrorCode::kModelRefused, where);
}

struct GraphInput {
  ByteView message;
  std::string_view name;
  bool given = false;  // by an initializer
};

// The graph's inputs, sorted by name. Models of old IR versions list every initializer among them, so there may be
// thousands, and looking each up in turn would let a small file cost hours.
class GraphInputs {
 public:
  Status Collect(ByteView graph) {
    std::size_t count = 0;
    for (WireReader fields(graph); !fields.at_end();) {
      EK_TRY_ASSIGN(const Field field, fields.Next());
      if (field.number == kInput) ++count;
    }
    inputs_.reset(new (std::nothrow) GraphInput[count]);
    if (!inputs_) return Error(ErrorCode::kNoMemory, "model: inputs");
    for (WireReader fields(graph); !fields.at_end();) {
      EK_TRY_ASSIGN(const Field field, fields.Next());
      if (field.number == kInput) EK_TRY(Append(field));
    }
    std::sort(begin(), end(), [](const GraphInput& a, const GraphInput& b) { return a.name < b.name; });
    return {};
  }

  void MarkGiven(std::string_view name) {
    GraphInput* const found =
        std::lower_bound(begin(), end(), name, [](const GraphInput& a, std::string_view b) { return a.name < b; });
    if (found != end() && found->name == name) found->given = true;
  }

  bool IsGiven(std::string_view name) const {
    const GraphInput* const found =
        std::lower_bound(begin(), end(), name, [](const GraphInput& a, std::string_view b) { return a.name < b; });
    return found != end() && found->name == name && found->given;
  }

 private:
  Status Append(const Field& field) {
    EK_TRY_ASSIGN(const ByteView message, field.Message());
    EK_TRY_ASSIGN(const Value value, DecodeValue(message));
    inputs_[count_++] = GraphInput{.message = message, .name = value.name};
    return {};
  }

  GraphInput* begin() const { return inputs_.get(); }

  GraphInput* end() const { return inputs_.get() + count_; }

  std::unique_ptr<GraphInput[]> inputs_;
  std::size_t count_ = 0;
};

class InitializerNames final : public TensorVisitor {
 public:
  explicit InitializerNames(GraphInputs& inputs) : inputs_(inputs) {}

  Status Visit(const Tensor& tensor, TensorRole role) override {
    if (role == TensorRole::kInitializer) inputs_.MarkGiven(tensor.name);
    return {};
  }

 private:
  GraphInputs& inputs_;
};

// What is read of a ModelProto itself.
class ModelFields {
 public:
  Status Add(const Field& field) {
    if (field.number != kIrVersion && field.number != kGraph) return {};
    EK_TRY(once_.Mark(field.number));
    if (field.number == kGraph) {
      EK_TRY_ASSIGN(graph_, field.Message());
    } else {
      EK_TRY_ASSIGN(const std::uint64_t version, field.Varint());
      ir_version_ = static_cast<std::int64_t>(version);
    }
    return {};
  }

  Result<ByteView> graph() const {
    if (!once_.Has(kGraph)) return Refused("model: no graph");
    return graph_;
  }

  std::int64_t ir_version() const noexcept { return ir_version_; }

 private:
  Once once_;
  ByteView graph_;
  std::int64_t ir_version_ = 0;
};

Status CollectValues(ByteView graph, const GraphInputs& inputs, Signature& signature) {
  for (WireReader fields(graph); !fields.at_end();) {
    EK_TRY_ASSIGN(const Field field, fields.Next());
    if (field.number != kInput && field.number != kOutput) continue;
    EK_TRY_ASSIGN(const ByteView message, field.Message());
    EK_TRY_ASSIGN(const Value value, DecodeValue(message));
    if (field.number == kInput && inputs.IsGiven(value.name)) continue;
    auto& values = field.number == kInput ? signature.inputs : signature.outputs;
    if (!values.PushBack(value)) return Refused("model: too many inputs or outputs");
  }
  if (signature.outputs.empty()) return Refused("model: no output");
  return {};
}

}  // namespace

Result<Signature> ReadSignature(ByteView model) {
  Signature signature;
  ModelFields model_fields;
  for (WireReader fields(model); !fields.at_end();) {
    EK_TRY_ASSIGN(const Field field, fields.Next());
    EK_TRY(model_fields.Add(field));
  }
  EK_TRY_ASSIGN(const ByteView graph, model_fields.graph());
  signature.ir_version = model_fields.ir_version();
  GraphInputs inputs;
  EK_TRY(inputs.Collect(graph));
  InitializerNames names(inputs);
  EK_TRY(VisitTensors(model, names));
  EK_TRY(CollectValues(graph, inputs, signature));
  return signature;
}

}  // namespace edgekeep::model
