#include "edgekeep/model/in_place.h"

#include <algorithm>
#include <memory>
#include <new>
#include <optional>

#include "edgekeep/model/signature.h"
#include "once.h"
#include "safe_operators.h"
#include "wire_reader.h"

namespace edgekeep::model {
namespace {

// Field numbers of onnx.proto.
enum ModelField : std::uint32_t { kGraph = 7, kTrainingInfo = 20, kFunctions = 25 };

enum GraphField : std::uint32_t { kNode = 1, kGraphInput = 11 };

enum NodeField : std::uint32_t { kOperand = 1, kResult = 2, kOperator = 4, kAttribute = 5, kDomain = 7 };

enum AttributeField : std::uint32_t { kSubgraph = 6, kSubgraphs = 11 };

enum ValueField : std::uint32_t { kName = 1 };

constexpr std::size_t kMaxNamedValues = std::size_t{1} << 20;

// One value of the graph. `from`: the inputs, by bit, that what it holds was computed from.
struct GraphValue {
  std::string_view name;
  std::uint32_t from = 0;
  bool known = false;  // the walk has come by its definition
};

// The graph's inputs and all that its nodes compute, by name.
class Values {
 public:
  // False: more than are looked at, or a name twice.
  Result<bool> Collect(ByteView graph) {
    std::size_t count = 0;
    EK_TRY(EachName(graph, [&count](std::string_view) { ++count; }));
    if (count > kMaxNamedValues) return false;
    values_.reset(new (std::nothrow) GraphValue[count]);
    if (!values_) return Error(ErrorCode::kNoMemory, "model: values");
    EK_TRY(EachName(graph, [this](std::string_view name) { values_[count_++].name = name; }));
    std::sort(begin(), end(), [](const GraphValue& a, const GraphValue& b) { return a.name < b.name; });
    return std::adjacent_find(begin(), end(),
                              [](const GraphValue& a, const GraphValue& b) { return a.name == b.name; }) == end();
  }

  // Null for constants, which are no values here.
  GraphValue* Find(std::string_view name) {
    GraphValue* const found =
        std::lower_bound(begin(), end(), name, [](const GraphValue& a, std::string_view b) { return a.name < b; });
    return found != end() && found->name == name ? found : nullptr;
  }

 private:
  // Results that are left out have no name.
  template <typename Visit>
  static Status EachName(ByteView graph, Visit visit) {
    for (WireReader fields(graph); !fields.at_end();) {
      EK_TRY_ASSIGN(const Field field, fields.Next());
      if (field.number != kNode && field.number != kGraphInput) continue;
      EK_TRY_ASSIGN(const ByteView message, field.Message());
      const std::uint32_t wanted = field.number == kNode ? std::uint32_t{kResult} : std::uint32_t{kName};
      for (WireReader inner(message); !inner.at_end();) {
        EK_TRY_ASSIGN(const Field part, inner.Next());
        if (part.number != wanted) continue;
        EK_TRY_ASSIGN(const std::string_view name, part.Text());
        if (!name.empty()) visit(name);
      }
    }
    return {};
  }

  GraphValue* begin() { return values_.get(); }

  GraphValue* end() { return values_.get() + count_; }

  std::unique_ptr<GraphValue[]> values_;
  std::size_t count_ = 0;
};

// What a node is, without its operands.
struct NodeKind {
  std::string_view domain;
  std::string_view name;
  bool has_subgraph = false;
};

Result<bool> HasSubgraph(ByteView attribute) {
  for (WireReader fields(attribute); !fields.at_end();) {
    EK_TRY_ASSIGN(const Field field, fields.Next());
    if (field.number == kSubgraph || field.number == kSubgraphs) return true;
  }
  return false;
}

Result<NodeKind> ReadKind(ByteView node) {
  NodeKind kind;
  Once once;
  for (WireReader fields(node); !fields.at_end();) {
    EK_TRY_ASSIGN(const Field field, fields.Next());
    if (field.number == kOperator || field.number == kDomain) {
      EK_TRY(once.Mark(field.number));
      EK_TRY_ASSIGN((field.number == kOperator ? kind.name : kind.domain), field.Text());
    } else if (field.number == kAttribute) {
      EK_TRY_ASSIGN(const ByteView attribute, field.Message());
      EK_TRY_ASSIGN(const bool subgraph, HasSubgraph(attribute));
      kind.has_subgraph |= subgraph;
    }
  }
  return kind;
}

// Follows what the inputs hold from node to node, in the file's order.
class Walk {
 public:
  explicit Walk(Values& values) : values_(values) {}

  // The inputs of which something reached what it must not; all of them where the proof ends.
  Result<std::uint32_t> Run(ByteView graph) {
    for (WireReader fields(graph); !fields.at_end();) {
      EK_TRY_ASSIGN(const Field field, fields.Next());
      if (field.number != kNode) continue;
      EK_TRY_ASSIGN(const ByteView node, field.Message());
      EK_TRY(Pass(node));
    }
    return reached_;
  }

 private:
  Status Pass(ByteView node) {
    EK_TRY_ASSIGN(const NodeKind kind, ReadKind(node));
    // A subgraph reads values of the graph round it by their names alone.
    if (kind.has_subgraph) reached_ = kEveryInput;
    const auto op = FindSafeOperator(kind.domain, kind.name);
    EK_TRY_ASSIGN(const std::uint32_t from, TakeOperands(node, op ? op->data_operands : 0));
    return SetResults(node, op && !op->passes_on ? 0 : from);
  }

  // What all operands together were computed from.
  Result<std::uint32_t> TakeOperands(ByteView node, std::uint32_t data_operands) {
    std::uint32_t all = 0;
    std::size_t position = 0;
    for (WireReader fields(node); !fields.at_end();) {
      EK_TRY_ASSIGN(const Field field, fields.Next());
      if (field.number != kOperand) continue;
      EK_TRY_ASSIGN(const std::string_view name, field.Text());
      const std::uint32_t from = FromOf(name);
      const bool is_data = data_operands == kEveryOperand || (position < 32 && (data_operands >> position & 1) != 0);
      if (!is_data) reached_ |= from;
      all |= from;
      ++position;
    }
    return all;
  }

  std::uint32_t FromOf(std::string_view name) {
    const GraphValue* const value = name.empty() ? nullptr : values_.Find(name);
    if (value == nullptr) return 0;
    // Used before it is computed: an engine may sort nodes, this walk does not.
    if (!value->known) reached_ = kEveryInput;
    return value->from;
  }

  Status SetResults(ByteView node, std::uint32_t from) {
    for (WireReader fields(node); !fields.at_end();) {
      EK_TRY_ASSIGN(const Field field, fields.Next());
      if (field.number != kResult) continue;
      EK_TRY_ASSIGN(const std::string_view name, field.Text());
      GraphValue* const value = name.empty() ? nullptr : values_.Find(name);
      if (value == nullptr) continue;
      value->from = from;
      value->known = true;
    }
    return {};
  }

  static constexpr std::uint32_t kEveryInput = ~std::uint32_t{0};

  Values& values_;
  std::uint32_t reached_ = 0;
};

// The main graph, or nothing where the model has parts that run and are not looked at.
Result<std::optional<ByteView>> GraphAlone(ByteView model) {
  std::optional<ByteView> graph;
  bool alone = true;
  for (WireReader fields(model); !fields.at_end();) {
    EK_TRY_ASSIGN(const Field field, fields.Next());
    if (field.number == kGraph) {
      EK_TRY_ASSIGN(graph, field.Message());
    }
    alone = alone && field.number != kFunctions && field.number != kTrainingInfo;
  }
  return alone ? graph : std::nullopt;
}

bool IsFloatingPoint(std::uint8_t type) {
  constexpr std::uint8_t kFloat32 = 1;
  constexpr std::uint8_t kFloat16 = 10;
  constexpr std::uint8_t kFloat64 = 11;
  constexpr std::uint8_t kBfloat16 = 16;
  return type == kFloat32 || type == kFloat16 || type == kFloat64 || type == kBfloat16;
}

// Marks where the walk begins: all inputs are known, and those of floating-point numbers are followed.
Result<std::uint32_t> SetInputs(ByteView graph, const Signature& signature, Values& values) {
  for (WireReader fields(graph); !fields.at_end();) {
    EK_TRY_ASSIGN(const Field field, fields.Next());
    if (field.number != kGraphInput) continue;
    EK_TRY_ASSIGN(const ByteView message, field.Message());
    for (WireReader inner(message); !inner.at_end();) {
      EK_TRY_ASSIGN(const Field part, inner.Next());
      if (part.number != kName) continue;
      EK_TRY_ASSIGN(const std::string_view name, part.Text());
      if (GraphValue* const value = values.Find(name)) value->known = true;
    }
  }
  std::uint32_t followed = 0;
  for (std::size_t i = 0; i < signature.inputs.size(); ++i) {
    GraphValue* const value = values.Find(signature.inputs[i].name);
    if (value == nullptr || !IsFloatingPoint(signature.inputs[i].type)) continue;
    value->from = std::uint32_t{1} << i;
    followed |= value->from;
  }
  return followed;
}

}  // namespace

Result<std::uint32_t> InputsUsableInPlace(ByteView model) {
  EK_TRY_ASSIGN(const Signature signature, ReadSignature(model));
  EK_TRY_ASSIGN(const std::optional<ByteView> graph, GraphAlone(model));
  if (!graph) return std::uint32_t{0};
  Values values;
  EK_TRY_ASSIGN(const bool collected, values.Collect(*graph));
  if (!collected) return std::uint32_t{0};
  EK_TRY_ASSIGN(const std::uint32_t followed, SetInputs(*graph, signature, values));
  EK_TRY_ASSIGN(const std::uint32_t reached, Walk(values).Run(*graph));
  return followed & ~reached;
}

}  // namespace edgekeep::model
