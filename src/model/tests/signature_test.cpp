#include "edgekeep/model/signature.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "edgekeep/model/check.h"
#include "onnx_builder.h"

namespace edgekeep::model {
namespace {

using testing::Message;
using testing::Model;
using testing::TensorValue;

Message GraphWith(const Message& input, const Message& output) {
  return Message().Nested(11, input).Nested(12, output);
}

TEST(Signature, NamesTypesAndShapes) {
  const Message model = testing::SmallModel();
  const auto signature = ReadSignature(model.view());
  ASSERT_TRUE(signature);
  EXPECT_EQ(signature->ir_version, 8);
  ASSERT_EQ(signature->inputs.size(), 1U);
  EXPECT_EQ(signature->inputs[0].name, "x");
  EXPECT_EQ(signature->inputs[0].type, 1);
  ASSERT_TRUE(signature->inputs[0].has_shape);
  ASSERT_EQ(signature->inputs[0].shape.size(), 2U);
  EXPECT_EQ(signature->inputs[0].shape[0], -1);
  EXPECT_EQ(signature->inputs[0].shape[1], 4);
  ASSERT_EQ(signature->outputs.size(), 1U);
  EXPECT_EQ(signature->outputs[0].name, "y");
}

TEST(Signature, LeavesOutInputsThatInitializersGive) {
  Message graph = testing::AddGraph(testing::InlineTensor("w", 4, ""));
  graph.Nested(11, TensorValue("w", 1, {4}));
  const Message model = Model(graph);
  const auto signature = ReadSignature(model.view());
  ASSERT_TRUE(signature);
  ASSERT_EQ(signature->inputs.size(), 1U);
  EXPECT_EQ(signature->inputs[0].name, "x");
}

TEST(Signature, AllowsAMissingShape) {
  const Message typed = Message().Text(1, "y").Nested(2, Message().Nested(1, Message().Varint(1, 7)));
  const Message model = Model(GraphWith(TensorValue("x", 7, {}), typed));
  const auto signature = ReadSignature(model.view());
  ASSERT_TRUE(signature);
  EXPECT_TRUE(signature->inputs[0].has_shape);
  EXPECT_TRUE(signature->inputs[0].shape.empty());
  EXPECT_FALSE(signature->outputs[0].has_shape);
  EXPECT_EQ(signature->outputs[0].type, 7);
}

TEST(Signature, RefusesWhatTheGateCannotCarry) {
  const Message y = TensorValue("y", 1, {1});
  const Message sequence = Message().Text(1, "x").Nested(2, Message().Nested(4, Message()));
  EXPECT_FALSE(ReadSignature(Model(GraphWith(sequence, y)).view()));
  EXPECT_FALSE(ReadSignature(Model(GraphWith(TensorValue("", 1, {1}), y)).view()));
  EXPECT_FALSE(ReadSignature(Model(GraphWith(Message().Text(1, "x"), y)).view()));
  EXPECT_FALSE(ReadSignature(Model(GraphWith(TensorValue("x", 1, {1, 2, 3, 4, 5, 6, 7, 8, 9}), y)).view()));
  EXPECT_FALSE(ReadSignature(Model(GraphWith(TensorValue("x", 300, {1}), y)).view()));
  EXPECT_FALSE(ReadSignature(Model(Message().Nested(11, y)).view()));  // no output
  const Message below = Message().Nested(1, Message().Varint(1, static_cast<std::uint64_t>(-2)));
  const Message typed = Message().Text(1, "x").Nested(2, Message().Nested(1, Message().Varint(1, 1).Nested(2, below)));
  EXPECT_FALSE(ReadSignature(Model(GraphWith(typed, y)).view()));
  EXPECT_TRUE(ReadSignature(Model(GraphWith(TensorValue("x", 1, {1}), y)).view()));
}

// The OCR models of script/bootstrap: real files of a foreign exporter pass.
TEST(Signature, ReadsRealModels) {
  const char* const source = std::getenv("EDGEKEEP_SOURCE");
  const std::string directory = std::string(source != nullptr ? source : ".") + "/build/deps/models/ocr/";
  for (const char* const name :
       {"ch_PP-OCRv4_det_infer.onnx", "ch_PP-OCRv4_rec_infer.onnx", "ch_ppocr_mobile_v2.0_cls_infer.onnx"}) {
    std::ifstream file(directory + name, std::ios::binary);
    if (!file) GTEST_SKIP() << "SKIP real models: " << directory << " is missing; run script/bootstrap";
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_TRUE(CheckModel(AsBytes(bytes), {})) << name;
    const auto signature = ReadSignature(AsBytes(bytes));
    ASSERT_TRUE(signature) << name << ": " << signature.error().where();
    ASSERT_EQ(signature->inputs.size(), 1U);
    EXPECT_EQ(signature->inputs[0].name, "x");
    EXPECT_EQ(signature->inputs[0].shape.size(), 4U);
    EXPECT_EQ(signature->outputs.size(), 1U);
  }
}

}  // namespace
}  // namespace edgekeep::model
