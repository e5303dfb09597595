#include "edgekeep/model/in_place.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "edgekeep/model/signature.h"
#include "onnx_builder.h"

namespace edgekeep::model {
namespace {

using testing::Message;
using testing::TensorValue;
using Names = std::vector<std::string>;

constexpr std::uint64_t kFloat = 1;
constexpr std::uint64_t kInt64 = 7;

Message Node(std::string_view op, const Names& operands, const Names& results, std::string_view domain = "") {
  Message node;
  for (const std::string& name : operands) node.Text(1, name);
  for (const std::string& name : results) node.Text(2, name);
  node.Text(4, op);
  if (!domain.empty()) node.Text(7, domain);
  return node;
}

// Floats x and y, integers i, an output z; constants need no definition to be read.
Message GraphOf(const std::vector<Message>& nodes) {
  Message graph;
  for (const Message& node : nodes) graph.Nested(1, node);
  graph.Nested(11, TensorValue("x", kFloat, {-1, 4})).Nested(11, TensorValue("y", 10, {4}));
  return graph.Nested(11, TensorValue("i", kInt64, {-1})).Nested(12, TensorValue("z", kFloat, {-1}));
}

std::uint32_t Proven(const std::vector<Message>& nodes) {
  const auto proven = InputsUsableInPlace(testing::Model(GraphOf(nodes)).view());
  EXPECT_TRUE(proven) << proven.error().where();
  return proven.value_or(~0U);
}

constexpr std::uint32_t kX = 1;
constexpr std::uint32_t kY = 2;

TEST(InPlace, FloatsThatAreOnlyComputedWithAreProven) {
  EXPECT_EQ(Proven({Node("Add", {"x", "w"}, {"a"}), Node("Relu", {"a"}, {"z"})}), kX | kY);
  EXPECT_EQ(Proven({Node("MatMul", {"x", "w"}, {"a"}), Node("Mul", {"a", "y"}, {"z"})}), kX | kY);
  EXPECT_EQ(Proven({}), kX | kY);
}

TEST(InPlace, IntegersNeverAre) {
  EXPECT_EQ(Proven({Node("Add", {"i", "i"}, {"z"})}) & 4, 0U);
}

// Each way to an index or a shape disproves the input it leads from, and no other.
TEST(InPlace, WhatReachesAnIndexOrAShapeIsNot) {
  const Message cast = Node("Cast", {"x"}, {"c"});
  EXPECT_EQ(Proven({cast, Node("Gather", {"w", "c"}, {"z"})}), kY);
  EXPECT_EQ(Proven({cast, Node("Slice", {"y", "c", "ends"}, {"z"})}), kY);
  EXPECT_EQ(Proven({cast, Node("Slice", {"y", "starts", "c"}, {"z"})}), kY);
  EXPECT_EQ(Proven({cast, Node("Reshape", {"y", "c"}, {"z"})}), kY);
  EXPECT_EQ(Proven({cast, Node("Expand", {"y", "c"}, {"z"})}), kY);
  EXPECT_EQ(Proven({cast, Node("ConstantOfShape", {"c"}, {"z"})}), kY);
  EXPECT_EQ(Proven({Node("Resize", {"y", "roi", "x"}, {"z"})}), kY);
  EXPECT_EQ(Proven({Node("ArgMax", {"x"}, {"c"}), Node("GatherND", {"y", "c"}, {"z"})}), kY);
  EXPECT_EQ(Proven({Node("Pad", {"x", "pads", "y", "axes"}, {"z"})}), kX | kY);
  EXPECT_EQ(Proven({cast, Node("Pad", {"y", "c"}, {"z"})}), kY);
  EXPECT_EQ(Proven({cast, Node("LSTM", {"y", "w", "r", "b", "c"}, {"z"})}), kY);
  EXPECT_EQ(Proven({Node("LSTM", {"x", "w", "r", "b", "", "y"}, {"z"})}), kX | kY);
  EXPECT_EQ(Proven({Node("GridSample", {"x", "y"}, {"z"})}), kX);
  EXPECT_EQ(Proven({Node("ScatterElements", {"x", "indices", "y"}, {"z"})}), kX | kY);
}

TEST(InPlace, OperatorsWhoseOutputsFollowFromValuesDisprove) {
  for (const char* const op : {"NonZero", "Compress", "TopK", "Unique", "NonMaxSuppression", "Range", "OneHot",
                               "Multinomial", "Hardmax", "Loop", "SequenceAt", "NoSuchOperator", ""}) {
    EXPECT_EQ(Proven({Node(op, {"x"}, {"z"})}), kY) << op;
  }
}

TEST(InPlace, OperatorsOfOthersDisprove) {
  EXPECT_EQ(Proven({Node("Add", {"x", "w"}, {"z"}, "com.example")}), kY);
  EXPECT_EQ(Proven({Node("Add", {"x", "w"}, {"z"}, "ai.onnx")}), kX | kY);
  EXPECT_EQ(Proven({Node("Thing", {"i"}, {"z"}, "com.example")}), kX | kY) << "which it never sees";
}

// The shape of a tensor is the request's, and checked: what the tensor holds does not reach it.
TEST(InPlace, ShapesOfTensorsMayBecomeShapes) {
  EXPECT_EQ(Proven({Node("Shape", {"x"}, {"s"}), Node("Reshape", {"x", "s"}, {"z"})}), kX | kY);
  EXPECT_EQ(Proven({Node("Size", {"x"}, {"s"}), Node("Reshape", {"x", "s"}, {"z"})}), kX | kY);
  EXPECT_EQ(Proven({Node("Mul", {"x", "y"}, {"s"}), Node("Reshape", {"w", "s"}, {"z"})}), 0U);
}

TEST(InPlace, NothingIsProvenOfWhatIsNotUnderstood) {
  const Message branch = Message().Nested(1, Node("Gather", {"w", "x"}, {"b"}));
  const Message subgraph = Message().Text(1, "then_branch").Nested(6, branch);
  const Message subgraphs = Message().Text(1, "branches").Nested(11, branch);
  for (const Message& attribute : {subgraph, subgraphs}) {
    EXPECT_EQ(Proven({Node("If", {"i"}, {"z"}).Nested(5, attribute)}), 0U);
    EXPECT_EQ(Proven({Node("Add", {"i", "i"}, {"z"}).Nested(5, attribute)}), 0U);
  }
  EXPECT_EQ(Proven({Node("Gather", {"w", "c"}, {"z"}), Node("Cast", {"x"}, {"c"})}), 0U) << "out of order";
  EXPECT_EQ(Proven({Node("Cast", {"x"}, {"c"}), Node("Add", {"i", "i"}, {"c"}), Node("Gather", {"w", "c"}, {"z"})}), 0U)
      << "a name twice";
  EXPECT_EQ(Proven({Node("Add", {"i", "i"}, {"x"})}), 0U) << "an input's name";
  const Message graph = GraphOf({Node("Add", {"x", "w"}, {"z"})});
  EXPECT_EQ(InputsUsableInPlace(testing::Model(graph).view()).value(), kX | kY);
  EXPECT_EQ(InputsUsableInPlace(testing::Model(graph).Nested(25, Message()).view()).value(), 0U) << "functions";
  EXPECT_EQ(InputsUsableInPlace(testing::Model(graph).Nested(20, Message()).view()).value(), 0U) << "training";
}

// Inputs that an initializer gives are none, and do not count.
TEST(InPlace, BitsAreThoseOfTheSignature) {
  Message graph;
  graph.Nested(1, Node("Add", {"x", "w"}, {"z"})).Nested(5, testing::InlineTensor("w", 1, "1234"));
  graph.Nested(11, TensorValue("w", kFloat, {1})).Nested(11, TensorValue("i", kInt64, {1}));
  graph.Nested(11, TensorValue("x", kFloat, {4})).Nested(12, TensorValue("z", kFloat, {4}));
  EXPECT_EQ(InputsUsableInPlace(testing::Model(graph).view()).value(), 2U);
}

TEST(InPlace, RefusesWhatIsNoModel) {
  EXPECT_FALSE(InputsUsableInPlace({}));
  const std::string model = testing::Model(GraphOf({Node("Add", {"x", "w"}, {"z"})})).bytes();
  for (std::size_t size = 0; size < model.size(); ++size) {
    static_cast<void>(InputsUsableInPlace(AsBytes(model).first(size)));
  }
  const Message twice = Node("Add", {"x", "w"}, {"z"}).Text(4, "Gather");
  EXPECT_FALSE(InputsUsableInPlace(testing::Model(GraphOf({twice})).view())) << "two operators of one node";
}

// A flipped bit may turn an input's proof into none, or the model into none, but never proves what reaches an index.
TEST(InPlace, FlippedBitsProveNothingMore) {
  const std::string node = Message().Nested(1, Node("Gather", {"w", "y"}, {"z"})).bytes();
  const std::string good = testing::Model(GraphOf({Node("Gather", {"w", "y"}, {"z"})})).bytes();
  ASSERT_EQ(InputsUsableInPlace(AsBytes(good)).value(), kX);
  int still_disproved = 0;
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string model = good;
    model[bit / 8] = static_cast<char>(static_cast<std::uint8_t>(model[bit / 8]) ^ 1U << bit % 8);
    const auto proven = InputsUsableInPlace(AsBytes(model));
    const auto signature = ReadSignature(AsBytes(model));
    const bool reads_y = model.find(node) != std::string::npos;
    if (!proven || !signature || !reads_y || signature->inputs.size() < 2 || signature->inputs[1].name != "y") continue;
    EXPECT_EQ(*proven & kY, 0U) << bit;
    ++still_disproved;
  }
  EXPECT_GT(still_disproved, 0);
}

TEST(InPlace, LargeGraphsCostLittle) {
  std::vector<Message> nodes;
  nodes.push_back(Node("Relu", {"x"}, {"v0"}));
  for (int i = 1; i < 100000; ++i) {
    nodes.push_back(Node("Relu", {"v" + std::to_string(i - 1)}, {"v" + std::to_string(i)}));
  }
  EXPECT_EQ(Proven(nodes), kX | kY);
}

TEST(InPlace, PicturesOfRealModelsAreProven) {
  for (const char* const name : {"ch_PP-OCRv4_det_infer", "ch_PP-OCRv4_rec_infer", "ch_ppocr_mobile_v2.0_cls_infer"}) {
    const char* const source = std::getenv("EDGEKEEP_SOURCE");
    const std::string directory = std::string(source != nullptr ? source : ".") + "/build/deps/models/ocr/";
    std::ifstream file(directory + name + ".onnx", std::ios::binary);
    if (!file) GTEST_SKIP() << "SKIP real models: " << directory << " is missing; run script/bootstrap";
    const std::string model{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(InputsUsableInPlace(AsBytes(model)).value(), 1U) << name;
  }
}

}  // namespace
}  // namespace edgekeep::model
