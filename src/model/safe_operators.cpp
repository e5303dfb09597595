#include "safe_operators.h"

#include <algorithm>

namespace edgekeep::model {
namespace {

constexpr std::uint32_t kFirst = 1;

// Sorted. Left out on purpose, though they take floating-point numbers: those that choose positions by comparing
// (TopK, NonMaxSuppression, Hardmax, Unique), whose outputs' shapes follow from values (NonZero, Compress, Range,
// OneHot), that sample at coordinates (GridSample's and RoiAlign's second operand), and control flow.
constexpr SafeOperator kOperators[] = {
    {"Abs", kFirst},
    {"Acos", kFirst},
    {"Acosh", kFirst},
    {"Add", kEveryOperand},
    {"And", kEveryOperand},
    {"ArgMax", kFirst},
    {"ArgMin", kFirst},
    {"Asin", kFirst},
    {"Asinh", kFirst},
    {"Atan", kFirst},
    {"Atanh", kFirst},
    {"AveragePool", kFirst},
    {"BatchNormalization", kEveryOperand},
    {"Cast", kFirst},
    {"Ceil", kFirst},
    {"Celu", kFirst},
    {"Clip", kEveryOperand},
    {"Concat", kEveryOperand},
    {"Conv", kEveryOperand},
    {"ConvTranspose", kEveryOperand},
    {"Cos", kFirst},
    {"Cosh", kFirst},
    {"CumSum", kFirst},
    {"DepthToSpace", kFirst},
    {"DequantizeLinear", kFirst},
    {"Div", kEveryOperand},
    {"Dropout", kFirst},
    {"Einsum", kEveryOperand},
    {"Elu", kFirst},
    {"Equal", kEveryOperand},
    {"Erf", kFirst},
    {"Exp", kFirst},
    {"Expand", kFirst},
    {"Flatten", kFirst},
    {"Floor", kFirst},
    {"GRU", 0b101111},  // all but the sequences' lengths
    {"Gather", kFirst},
    {"GatherElements", kFirst},
    {"GatherND", kFirst},
    {"Gelu", kFirst},
    {"Gemm", kEveryOperand},
    {"GlobalAveragePool", kFirst},
    {"GlobalMaxPool", kFirst},
    {"Greater", kEveryOperand},
    {"GreaterOrEqual", kEveryOperand},
    {"GridSample", kFirst},
    {"GroupNormalization", kEveryOperand},
    {"HardSigmoid", kFirst},
    {"HardSwish", kFirst},
    {"Identity", kFirst},
    {"InstanceNormalization", kEveryOperand},
    {"IsInf", kFirst},
    {"IsNaN", kFirst},
    {"LRN", kFirst},
    {"LSTM", 0b11101111},  // all but the sequences' lengths
    {"LayerNormalization", kEveryOperand},
    {"LeakyRelu", kFirst},
    {"Less", kEveryOperand},
    {"LessOrEqual", kEveryOperand},
    {"Log", kFirst},
    {"LogSoftmax", kFirst},
    {"LpNormalization", kFirst},
    {"LpPool", kFirst},
    {"MatMul", kEveryOperand},
    {"Max", kEveryOperand},
    {"MaxPool", kFirst},
    {"Mean", kEveryOperand},
    {"MeanVarianceNormalization", kFirst},
    {"Min", kEveryOperand},
    {"Mish", kFirst},
    {"Mul", kEveryOperand},
    {"Neg", kFirst},
    {"Not", kFirst},
    {"Or", kEveryOperand},
    {"PRelu", kEveryOperand},
    {"Pad", 0b101},  // and the value to pad with
    {"Pow", kEveryOperand},
    {"QuantizeLinear", kFirst},
    {"RNN", 0b101111},  // all but the sequences' lengths
    {"Reciprocal", kFirst},
    {"ReduceL1", kFirst},
    {"ReduceL2", kFirst},
    {"ReduceLogSum", kFirst},
    {"ReduceLogSumExp", kFirst},
    {"ReduceMax", kFirst},
    {"ReduceMean", kFirst},
    {"ReduceMin", kFirst},
    {"ReduceProd", kFirst},
    {"ReduceSum", kFirst},
    {"ReduceSumSquare", kFirst},
    {"Relu", kFirst},
    {"Reshape", kFirst},
    {"Resize", kFirst},
    {"ReverseSequence", kFirst},
    {"RoiAlign", kFirst},
    {"Round", kFirst},
    {"ScatterElements", 0b101},
    {"ScatterND", 0b101},
    {"Selu", kFirst},
    {"Shape", kFirst, false},
    {"Sigmoid", kFirst},
    {"Sign", kFirst},
    {"Sin", kFirst},
    {"Sinh", kFirst},
    {"Size", kFirst, false},
    {"Slice", kFirst},
    {"Softmax", kFirst},
    {"Softplus", kFirst},
    {"Softsign", kFirst},
    {"SpaceToDepth", kFirst},
    {"Split", kFirst},
    {"Sqrt", kFirst},
    {"Squeeze", kFirst},
    {"Sub", kEveryOperand},
    {"Sum", kEveryOperand},
    {"Tan", kFirst},
    {"Tanh", kFirst},
    {"ThresholdedRelu", kFirst},
    {"Tile", kFirst},
    {"Transpose", kFirst},
    {"Trilu", kFirst},
    {"Unsqueeze", kFirst},
    {"Upsample", kFirst},
    {"Where", kEveryOperand},
    {"Xor", kEveryOperand},
};

static_assert(std::ranges::is_sorted(kOperators, {}, &SafeOperator::name));

}  // namespace

std::optional<SafeOperator> FindSafeOperator(std::string_view domain, std::string_view name) {
  if (!domain.empty() && domain != "ai.onnx") return std::nullopt;
  const auto* const found = std::ranges::lower_bound(kOperators, name, {}, &SafeOperator::name);
  if (found == std::end(kOperators) || found->name != name) return std::nullopt;
  return *found;
}

}  // namespace edgekeep::model
