#include "edgekeep/model/tensor.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "onnx_builder.h"

namespace edgekeep::model {
namespace {

using testing::Message;

struct Seen {
  std::string name;
  std::int32_t type;
  std::vector<std::int64_t> dims;
  std::size_t raw_offset;
  std::size_t raw_size;
  TensorRole role;
};

class Recorder final : public TensorVisitor {
 public:
  explicit Recorder(ByteView model) : model_(model) {}

  Status Visit(const Tensor& tensor, TensorRole role) override {
    const std::size_t offset =
        tensor.raw_data.empty() ? 0 : static_cast<std::size_t>(tensor.raw_data.data() - model_.data());
    seen.push_back({std::string(tensor.name),
                    tensor.type,
                    {tensor.dims.begin(), tensor.dims.end()},
                    offset,
                    tensor.raw_data.size(),
                    role});
    return {};
  }

  std::vector<Seen> seen;

 private:
  ByteView model_;
};

TEST(Tensor, ShowsInitializersWithTheirPlaceInTheFile) {
  const Message packed = Message().Text(1, "\x02\x03").Varint(2, 7).Text(8, "packed").Text(9, "bytes");
  const Message inner = Message().Nested(5, Message().Nested(5, testing::InlineTensor("inner", 2, "abcdefgh")));
  Message graph = testing::AddGraph(testing::InlineTensor("w", 4, "0123456789abcdef"));
  graph.Nested(5, packed).Nested(1, inner);
  const Message model = testing::Model(graph);
  Recorder recorder(model.view());
  ASSERT_TRUE(VisitTensors(model.view(), recorder));
  ASSERT_EQ(recorder.seen.size(), 3U);
  EXPECT_EQ(recorder.seen[0].name, "w");
  EXPECT_EQ(recorder.seen[0].role, TensorRole::kInitializer);
  EXPECT_EQ(model.bytes().substr(recorder.seen[0].raw_offset, recorder.seen[0].raw_size), "0123456789abcdef");
  EXPECT_EQ(recorder.seen[1].dims, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(recorder.seen[1].type, 7);
  EXPECT_EQ(recorder.seen[2].name, "inner");
  EXPECT_EQ(recorder.seen[2].role, TensorRole::kInner);
}

TEST(Tensor, GivesExternalDataAsStated) {
  class External final : public TensorVisitor {
   public:
    Status Visit(const Tensor& tensor, TensorRole /*role*/) override {
      EXPECT_TRUE(tensor.external.has_value());
      if (!tensor.external) return Error(ErrorCode::kInternal);
      EXPECT_EQ(tensor.external->location, "dir/w.bin");
      EXPECT_EQ(tensor.external->offset, 4096U);
      EXPECT_EQ(tensor.external->length, 16U);
      return {};
    }
  } visitor;

  const Message model = testing::Model(testing::AddGraph(testing::ExternalTensor("dir/w.bin", "4096", "16")));
  EXPECT_TRUE(VisitTensors(model.view(), visitor));
}

TEST(Tensor, AVisitorsRefusalEndsTheWalk) {
  class Refusing final : public TensorVisitor {
   public:
    Status Visit(const Tensor& /*tensor*/, TensorRole /*role*/) override {
      ++visits;
      return Error(ErrorCode::kTooLarge, "test");
    }

    int visits = 0;
  } visitor;

  Message graph = testing::AddGraph(testing::InlineTensor("a", 1, "abcd"));
  graph.Nested(5, testing::InlineTensor("b", 1, "abcd"));
  const Status status = VisitTensors(testing::Model(graph).view(), visitor);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::kTooLarge);
  EXPECT_EQ(visitor.visits, 1);
}

}  // namespace
}  // namespace edgekeep::model
