// Operators whose memory accesses and output shapes do not depend on what some of their operands hold.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace edgekeep::model {

struct SafeOperator {
  std::string_view name;
  // Bit i: operand i is data, that is: only computed with. Other operands are indices or shapes.
  std::uint32_t data_operands;
  // Whether what the data operands hold reaches the outputs. Of Shape and Size it does not.
  bool passes_on = true;
};

inline constexpr std::uint32_t kEveryOperand = ~std::uint32_t{0};

// By ONNX's own operators, in any version: operands kept their places. Nothing for all others.
std::optional<SafeOperator> FindSafeOperator(std::string_view domain, std::string_view name);

}  // namespace edgekeep::model
