#include <array>

#include "edgekeep/model/tensor.h"
#include "once.h"
#include "tensor_decoder.h"
#include "wire_reader.h"

namespace edgekeep::model {
namespace {

enum class Kind : std::uint8_t { kModel, kGraph, kNode, kAttribute, kSparseTensor, kFunction, kTrainingInfo, kTensor };

// Every way from one message to another that can end in a tensor (onnx.proto). `once`: ONNX has at most one.
struct Step {
  Kind parent;
  std::uint32_t field;
  Kind child;
  bool once;
};

constexpr Step kSteps[] = {
    {Kind::kModel, 7, Kind::kGraph, true},
    {Kind::kModel, 20, Kind::kTrainingInfo, false},
    {Kind::kModel, 25, Kind::kFunction, false},
    {Kind::kGraph, 1, Kind::kNode, false},
    {Kind::kGraph, 5, Kind::kTensor, false},
    {Kind::kGraph, 15, Kind::kSparseTensor, false},
    {Kind::kNode, 5, Kind::kAttribute, false},
    {Kind::kAttribute, 5, Kind::kTensor, true},
    {Kind::kAttribute, 6, Kind::kGraph, true},
    {Kind::kAttribute, 10, Kind::kTensor, false},
    {Kind::kAttribute, 11, Kind::kGraph, false},
    {Kind::kAttribute, 22, Kind::kSparseTensor, true},
    {Kind::kAttribute, 23, Kind::kSparseTensor, false},
    {Kind::kSparseTensor, 1, Kind::kTensor, true},
    {Kind::kSparseTensor, 2, Kind::kTensor, true},
    {Kind::kFunction, 7, Kind::kNode, false},
    {Kind::kFunction, 11, Kind::kAttribute, false},
    {Kind::kTrainingInfo, 1, Kind::kGraph, true},
    {Kind::kTrainingInfo, 2, Kind::kGraph, true},
};

const Step* FindStep(Kind parent, std::uint32_t field) {
  for (const Step& step : kSteps) {
    if (step.parent == parent && step.field == field) return &step;
  }
  return nullptr;
}

// A message that the walk is inside of.
struct Level {
  WireReader fields;
  Kind kind = Kind::kModel;
  Once once;
};

// Each graph inside another costs three levels: graph, node, attribute.
constexpr std::size_t kMaxLevels = 3 * 16 + 2;

class Walk {
 public:
  Walk(ByteView model, TensorVisitor& visitor) : visitor_(visitor) { levels_[0].fields = WireReader(model); }

  Status Run() {
    while (depth_ > 0) {
      Level& level = levels_[depth_ - 1];
      if (level.fields.at_end()) {
        --depth_;
        continue;
      }
      EK_TRY_ASSIGN(const Field field, level.fields.Next());
      EK_TRY(Take(level, field));
    }
    if (!levels_[0].once.Has(7)) return Error(ErrorCode::kModelRefused, "model: no graph");
    return {};
  }

 private:
  Status Take(Level& level, const Field& field) {
    const Step* const step = FindStep(level.kind, field.number);
    if (step == nullptr) return {};
    if (step->once) EK_TRY(level.once.Mark(field.number));
    EK_TRY_ASSIGN(const ByteView message, field.Message());
    if (step->child != Kind::kTensor) return Enter(step->child, message);
    EK_TRY_ASSIGN(const Tensor tensor, DecodeTensor(message));
    const bool main_graph = depth_ == 2 && level.kind == Kind::kGraph;
    return visitor_.Visit(tensor, main_graph ? TensorRole::kInitializer : TensorRole::kInner);
  }

  Status Enter(Kind kind, ByteView message) {
    if (depth_ == levels_.size()) return Error(ErrorCode::kModelRefused, "model: nested too deep");
    levels_[depth_++] = Level{.fields = WireReader(message), .kind = kind};
    return {};
  }

  std::array<Level, kMaxLevels> levels_;
  std::size_t depth_ = 1;
  TensorVisitor& visitor_;
};

}  // namespace

Status VisitTensors(ByteView model, TensorVisitor& visitor) {
  return Walk(model, visitor).Run();
}

}  // namespace edgekeep::model
