// Filled-in gate objects for the tests.
#pragma once
#include <gtest/gtest.h>

#include <initializer_list>

#include "edgekeep/base/ids.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/gate/policy_bytes.h"
#include "edgekeep/gate/tensor.h"

namespace edgekeep::gate {

template <typename Id>
Id IdOf(std::uint8_t fill) {
  Id id;
  for (std::uint8_t& byte : id.mutable_view()) byte = fill;
  return id;
}

inline SecretArray<32> SecretOf(std::uint8_t fill) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(fill);
  return SecretArray<32>::CopyOf(bytes);
}

template <std::size_t N>
InlineString<N> TextOf(std::string_view text) {
  return InlineString<N>::From(text).value();
}

inline PolicyBytes SamplePolicy() {
  return PolicyBytes::From(std::array<std::uint8_t, 3>{0xA1, 0x01, 0x02}).value();
}

inline Version SampleVersion() {
  return {.sequence = Sequence{7}, .display = TextOf<32>("1.2.0")};
}

inline TensorInfo TensorOf(std::string_view name, std::initializer_list<std::int64_t> shape) {
  TensorInfo info{.name = TextOf<127>(name), .type = ElementType::kFloat32, .shape = {}};
  for (const std::int64_t dimension : shape) EXPECT_TRUE(info.shape.PushBack(dimension));
  return info;
}

inline ModelInfo SampleModel() {
  ModelInfo model;
  EXPECT_TRUE(model.inputs.PushBack(TensorOf("x", {-1, 3, 48, 192})));
  EXPECT_TRUE(model.outputs.PushBack(TensorOf("save_infer_model/scale_0.tmp_1", {-1, 2})));
  return model;
}

}  // namespace edgekeep::gate
