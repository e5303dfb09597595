// Bytes that are no model: each is refused as one, in bounded time and memory.
#include <gtest/gtest.h>

#include "edgekeep/model/check.h"
#include "edgekeep/model/signature.h"
#include "onnx_builder.h"

namespace edgekeep::model {
namespace {

using testing::Message;
using testing::Model;
using testing::SmallModel;

ErrorCode CodeOf(const Message& model) {
  const Status status = CheckModel(model.view(), {});
  return status ? ErrorCode{} : status.error().code();
}

// Some prefixes of a protobuf message are messages too; those end before the graph does.
TEST(Hostile, EveryTruncationIsRefusedOrLacksOnlyTrailingFields) {
  const Message model = SmallModel();
  const std::size_t graph_end = model.bytes().size() - Message().Nested(8, Message().Varint(2, 13)).bytes().size();
  for (std::size_t length = 0; length < model.bytes().size(); ++length) {
    const Status status = CheckModel(model.view().first(length), {});
    EXPECT_EQ(status.has_value(), length == graph_end) << length;
    if (!status) {
      EXPECT_EQ(status.error().code(), ErrorCode::kModelRefused) << length;
    }
  }
}

TEST(Hostile, EveryBitFlipIsRefusedOrReadable) {
  const Message good = SmallModel();
  for (std::size_t bit = 0; bit < good.bytes().size() * 8; ++bit) {
    std::string bytes = good.bytes();
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    const Status status = CheckModel(AsBytes(bytes), {});
    if (status) {
      EXPECT_TRUE(ReadSignature(AsBytes(bytes))) << bit;
    } else {
      EXPECT_EQ(status.error().code(), ErrorCode::kModelRefused) << bit;
    }
  }
}

TEST(Hostile, BrokenEncodingsAreRefused) {
  EXPECT_EQ(CodeOf(Message()), ErrorCode::kModelRefused);
  EXPECT_EQ(CodeOf(Message().Raw("not a model at all")), ErrorCode::kModelRefused);
  const Message good = SmallModel();
  EXPECT_EQ(CodeOf(Message(good).Raw("\x03")), ErrorCode::kModelRefused);                  // field number 0
  EXPECT_EQ(CodeOf(Message(good).RawVarint((30U << 3) | 3)), ErrorCode::kModelRefused);    // a group
  EXPECT_EQ(CodeOf(Message(good).RawVarint((30U << 3) | 6)), ErrorCode::kModelRefused);    // no such wire type
  EXPECT_EQ(CodeOf(Message(good).RawVarint((1ULL << 35) | 8)), ErrorCode::kModelRefused);  // a head over 32 bits
  const std::string long_number = "\x98\x06" + std::string(9, '\xff') + "\x02";            // a number over 64 bits
  EXPECT_EQ(CodeOf(Message(good).Raw(long_number)), ErrorCode::kModelRefused);
  EXPECT_EQ(CodeOf(Message(good).RawVarint((30U << 3) | 2).RawVarint(~0ULL)), ErrorCode::kModelRefused);
  EXPECT_EQ(CodeOf(Message(good).Varint(99, 1).Text(98, "unknown fields are skipped")), ErrorCode{});
}

TEST(Hostile, WrongKindsOfFieldsAreRefused) {
  EXPECT_EQ(CodeOf(Message(SmallModel()).Varint(20, 1)), ErrorCode::kModelRefused);
  EXPECT_EQ(CodeOf(Message().Varint(1, 8).Varint(7, 3)), ErrorCode::kModelRefused);
  const Message graph = testing::AddGraph(testing::InlineTensor("w", 4, ""));
  EXPECT_EQ(CodeOf(Model(Message(graph).Varint(5, 1))), ErrorCode::kModelRefused);
  EXPECT_EQ(CodeOf(Model(Message(graph).Varint(11, 1))), ErrorCode::kModelRefused);
  EXPECT_EQ(CodeOf(Model(Message(graph).Nested(5, Message().Text(2, "x")))), ErrorCode::kModelRefused);
}

TEST(Hostile, MessagesThatProtobufWouldMergeAreRefused) {
  const Message graph = testing::AddGraph(testing::InlineTensor("w", 4, ""));
  EXPECT_EQ(CodeOf(Message(Model(graph)).Nested(7, Message().Text(2, "g"))), ErrorCode::kModelRefused);
  const Message tensor = testing::InlineTensor("t", 1, "abcd");
  const Message attribute = Message().Nested(5, tensor);
  const auto with = [&](const Message& value) { return Model(Message(graph).Nested(1, Message().Nested(5, value))); };
  EXPECT_EQ(CodeOf(with(attribute)), ErrorCode{});
  EXPECT_EQ(CodeOf(with(Message(attribute).Nested(5, tensor))), ErrorCode::kModelRefused);
  for (const std::uint32_t field : {2U, 14U}) {
    const Message twice = Message(tensor).Varint(field, 0).Varint(field, 0);
    EXPECT_EQ(CodeOf(with(Message().Nested(5, twice))), ErrorCode::kModelRefused) << field;
  }
  EXPECT_EQ(CodeOf(with(Message().Nested(5, Message(tensor).Text(8, "again")))), ErrorCode::kModelRefused);
  EXPECT_EQ(CodeOf(with(Message().Nested(5, Message(tensor).Text(9, "again")))), ErrorCode::kModelRefused);
}

Message GraphsInside(int count) {
  Message graph = testing::AddGraph(testing::InlineTensor("w", 4, ""));
  for (int i = 0; i < count; ++i) {
    Message outer = testing::AddGraph(testing::InlineTensor("w", 4, ""));
    graph = outer.Nested(1, Message().Nested(5, Message().Nested(6, graph)));
  }
  return graph;
}

TEST(Hostile, NestingIsBounded) {
  EXPECT_EQ(CodeOf(Model(GraphsInside(15))), ErrorCode{});
  EXPECT_EQ(CodeOf(Model(GraphsInside(17))), ErrorCode::kModelRefused);
  EXPECT_EQ(CodeOf(Model(GraphsInside(200))), ErrorCode::kModelRefused);
}

TEST(Hostile, CountsAreBounded) {
  Message many_dims = Message().Varint(2, 1).Text(8, "w");
  for (int i = 0; i < 17; ++i) many_dims.Varint(1, 1);
  EXPECT_EQ(CodeOf(Model(testing::AddGraph(many_dims))), ErrorCode::kModelRefused);
  const Message packed = Message().Varint(2, 1).Text(8, "w").Text(1, std::string(17, '\x01'));
  EXPECT_EQ(CodeOf(Model(testing::AddGraph(packed))), ErrorCode::kModelRefused);
  const Message negative = Message().Varint(1, ~0ULL).Varint(2, 1).Text(8, "w");
  EXPECT_EQ(CodeOf(Model(testing::AddGraph(negative))), ErrorCode::kModelRefused);
  Message many_inputs = testing::AddGraph(testing::InlineTensor("w", 4, ""));
  for (int i = 0; i < 32; ++i) many_inputs.Nested(11, testing::TensorValue("i" + std::to_string(i), 1, {1}));
  EXPECT_EQ(CodeOf(Model(many_inputs)), ErrorCode::kModelRefused);
}

// 100,000 inputs that initializers give: quadratic look-ups would take minutes.
TEST(Hostile, ManyInputsCostLinearTime) {
  Message graph = testing::AddGraph(testing::InlineTensor("w", 4, ""));
  for (int i = 0; i < 100000; ++i) {
    const std::string name = "p" + std::to_string(i);
    graph.Nested(11, testing::TensorValue(name, 1, {1})).Nested(5, testing::InlineTensor(name, 1, "abcd"));
  }
  const Message model = Model(graph);
  const auto signature = ReadSignature(model.view());
  ASSERT_TRUE(signature);
  EXPECT_EQ(signature->inputs.size(), 1U);
}

}  // namespace
}  // namespace edgekeep::model
