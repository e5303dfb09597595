// Keeps what a session hands out.
#pragma once
#include <cstring>
#include <vector>

#include "edgekeep/engine/engine.h"

namespace edgekeep::engine::testing {

struct RecordedOutput {
  std::size_t index;
  ElementType type;
  std::vector<std::int64_t> shape;
  std::vector<std::uint8_t> bytes;

  friend bool operator==(const RecordedOutput&, const RecordedOutput&) = default;

  std::vector<float> floats() const {
    std::vector<float> values(bytes.size() / sizeof(float));
    if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
    return values;
  }
};

class OutputRecorder final : public OutputSink {
 public:
  Status Accept(std::size_t index, ElementType type, std::span<const std::int64_t> shape, ByteView bytes) override {
    outputs.push_back({index, type, {shape.begin(), shape.end()}, {bytes.begin(), bytes.end()}});
    return {};
  }

  std::vector<RecordedOutput> outputs;
};

// An input over values that must outlive it.
template <typename T>
InputTensor Input(std::size_t index, ElementType type, std::span<const std::int64_t> shape,
                  const std::vector<T>& values) {
  InputTensor input{.index = index, .type = type};
  for (const std::int64_t dim : shape) static_cast<void>(input.shape.PushBack(dim));
  input.bytes = ByteView(reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(T));
  return input;
}

template <typename T>
InputTensor Input(std::size_t index, ElementType type, std::initializer_list<std::int64_t> shape,
                  const std::vector<T>& values) {
  return Input(index, type, std::span<const std::int64_t>(shape.begin(), shape.size()), values);
}

}  // namespace edgekeep::engine::testing
