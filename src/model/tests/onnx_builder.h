// Writes ONNX models, good and hostile, field by field.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "edgekeep/base/bytes.h"

namespace edgekeep::model::testing {

// One protobuf message under construction.
class Message {
 public:
  Message& Varint(std::uint32_t field, std::uint64_t value) {
    RawVarint(std::uint64_t{field} << 3);
    return RawVarint(value);
  }

  Message& Text(std::uint32_t field, std::string_view text) {
    RawVarint((std::uint64_t{field} << 3) | 2);
    RawVarint(text.size());
    bytes_.append(text);
    return *this;
  }

  Message& Nested(std::uint32_t field, const Message& message) { return Text(field, message.bytes_); }

  Message& Raw(std::string_view bytes) {
    bytes_.append(bytes);
    return *this;
  }

  Message& RawVarint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<char>(value | 0x80));
    bytes_.push_back(static_cast<char>(value));
    return *this;
  }

  const std::string& bytes() const { return bytes_; }

  ByteView view() const { return AsBytes(bytes_); }

 private:
  std::string bytes_;
};

inline Message Entry(std::string_view key, std::string_view value) {
  return Message().Text(1, key).Text(2, value);
}

inline Message ExternalTensor(std::string_view location, std::string_view offset, std::string_view length) {
  Message tensor;
  tensor.Varint(1, 4).Varint(2, 1).Text(8, "w");
  tensor.Nested(13, Entry("location", location));
  if (!offset.empty()) tensor.Nested(13, Entry("offset", offset));
  if (!length.empty()) tensor.Nested(13, Entry("length", length));
  return tensor.Varint(14, 1);
}

inline Message InlineTensor(std::string_view name, std::uint64_t dim, std::string_view raw) {
  return Message().Varint(1, dim).Varint(2, 1).Text(8, name).Text(9, raw);
}

inline Message TensorValue(std::string_view name, std::uint64_t type, std::initializer_list<std::int64_t> dims) {
  Message shape;
  for (const std::int64_t dim : dims) {
    Message encoded;
    if (dim < 0) {
      encoded.Text(2, "free");
    } else {
      encoded.Varint(1, static_cast<std::uint64_t>(dim));
    }
    shape.Nested(1, encoded);
  }
  const Message tensor_type = Message().Varint(1, type).Nested(2, shape);
  return Message().Text(1, name).Nested(2, Message().Nested(1, tensor_type));
}

inline Message AddNode(std::string_view a, std::string_view b, std::string_view out) {
  return Message().Text(1, a).Text(1, b).Text(2, out).Text(4, "Add");
}

// x[-1,4] + w[4] = y, with `w` as given.
inline Message AddGraph(const Message& w) {
  Message graph;
  graph.Nested(1, AddNode("x", "w", "y")).Text(2, "g").Nested(5, w);
  graph.Nested(11, TensorValue("x", 1, {-1, 4})).Nested(12, TensorValue("y", 1, {-1, 4}));
  return graph;
}

inline Message Model(const Message& graph) {
  return Message().Varint(1, 8).Nested(7, graph).Nested(8, Message().Varint(2, 13));
}

inline Message SmallModel() {
  return Model(AddGraph(InlineTensor("w", 4, std::string_view("\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40\0\0\x80\x40", 16))));
}

}  // namespace edgekeep::model::testing
