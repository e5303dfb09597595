// Every element type that ONNX Runtime takes as a graph's input, by one model that has one input of each.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "edgekeep/base/strings.h"
#include "edgekeep/engine/element_type.h"
#include "edgekeep/engine/testing/output_recorder.h"
#include "onnx_runtime_fixture.h"

namespace edgekeep::engine::testing {
namespace {

constexpr std::size_t kTypes = 24;
constexpr std::int64_t kElements = 8;  // so that none of 2 bits shares its byte with nothing

std::vector<std::uint8_t> Strings(const std::vector<std::string>& strings) {
  std::size_t content = 0;
  for (const std::string& string : strings) content += string.size();
  std::vector<std::uint8_t> bytes(StringsSize(strings.size(), content).value());
  StringWriter writer(bytes, strings.size());
  for (const std::string& string : strings) std::ranges::copy(AsBytes(string), writer.Append(string.size())->begin());
  return bytes;
}

// Bits that a detour through float32 leaves alone: exponents far from NaN and from zero.
std::vector<std::uint8_t> SomeBytes(ElementType type) {
  if (type == kString) return Strings({"a", "", "ccc", "d", "\xff", "ü", "g", std::string("h\0h", 3)});
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(kElements) * ElementBits(type).value() / 8);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(type == 9 ? i % 2 : 0x31 + 4 * i);
  return bytes;
}

class EveryType : public ::testing::Test {
 protected:
  void Expect(Session& session) {
    ASSERT_EQ(session.inputs().size(), kTypes);
    std::vector<std::vector<std::uint8_t>> bytes;
    for (const TensorInfo& input : session.inputs()) bytes.push_back(SomeBytes(input.type));
    std::vector<InputTensor> inputs;
    for (std::size_t i = 0; i < kTypes; ++i) {
      const TensorInfo& info = session.inputs()[i];
      EXPECT_EQ(std::to_string(info.type), info.name.view());
      EXPECT_EQ(session.outputs()[i].type, info.type) << int{info.type};
      inputs.push_back(Input(i, info.type, {kElements}, bytes[i]));
    }
    OutputRecorder recorder;
    const Status ran = session.Run(inputs, recorder);
    ASSERT_TRUE(ran) << ran.error().where();
    ASSERT_EQ(recorder.outputs.size(), kTypes);
    for (const RecordedOutput& output : recorder.outputs) {
      EXPECT_EQ(output.type, session.inputs()[output.index].type);
      EXPECT_EQ(output.shape, std::vector<std::int64_t>{kElements}) << int{output.type};
      EXPECT_EQ(output.bytes, bytes[output.index]) << int{output.type};
    }
  }

  OnnxRuntime runtime_;
  const std::string model_ = TestModel("every_type");
};

TEST_F(EveryType, ComesBackAsItWasGiven) {
  auto canonical = runtime_.engine().LoadCanonical(AsBytes(model_), {}, {});
  ASSERT_TRUE(canonical) << canonical.error().where();
  Expect(**canonical);
}

TEST_F(EveryType, ComesBackFromThePreparedFormToo) {
  const auto prepared = runtime_.engine().Prepare(AsBytes(model_), {});
  ASSERT_TRUE(prepared) << prepared.error().where();
  auto session = runtime_.engine().LoadPrepared(prepared->Reveal(), {});
  ASSERT_TRUE(session) << session.error().where();
  Expect(**session);
}

// Sizes count bits: a byte more or less is refused for every type, and so is another type of the same size.
TEST_F(EveryType, OfAnotherSizeIsRefused) {
  auto session = runtime_.engine().LoadCanonical(AsBytes(model_), {}, {});
  ASSERT_TRUE(session);
  std::vector<std::vector<std::uint8_t>> bytes;
  for (const TensorInfo& input : (*session)->inputs()) bytes.push_back(SomeBytes(input.type));
  for (std::size_t wrong = 0; wrong < kTypes; ++wrong) {
    for (const int by : {-1, 1}) {
      auto changed = bytes;
      changed[wrong].resize(changed[wrong].size() + static_cast<std::size_t>(by));
      std::vector<InputTensor> inputs;
      for (std::size_t i = 0; i < kTypes; ++i)
        inputs.push_back(Input(i, (*session)->inputs()[i].type, {kElements}, changed[i]));
      OutputRecorder recorder;
      const Status status = (*session)->Run(inputs, recorder);
      ASSERT_FALSE(status) << (*session)->inputs()[wrong].name.view();
      EXPECT_EQ(status.error().code(), ErrorCode::kBadTensor) << (*session)->inputs()[wrong].name.view();
    }
  }
}

// Five elements of 2 bits are ten bits: two bytes, and what the engine leaves in the rest means nothing.
TEST_F(EveryType, MayEndInTheMiddleOfAByte) {
  auto session = runtime_.engine().LoadCanonical(AsBytes(model_), {}, {});
  ASSERT_TRUE(session);
  std::vector<std::vector<std::uint8_t>> bytes;
  std::vector<InputTensor> inputs;
  for (const TensorInfo& input : (*session)->inputs()) {
    if (input.type == kString) {
      bytes.push_back(Strings({"1", "2", "3", "4", "5"}));
    } else {
      bytes.push_back(std::vector<std::uint8_t>(TensorBytes(input.type, std::array<std::int64_t, 1>{5}).value(), 1));
    }
  }
  for (std::size_t i = 0; i < kTypes; ++i) inputs.push_back(Input(i, (*session)->inputs()[i].type, {5}, bytes[i]));
  OutputRecorder recorder;
  const Status ran = (*session)->Run(inputs, recorder);
  ASSERT_TRUE(ran) << ran.error().where();
  for (const RecordedOutput& output : recorder.outputs) {
    ASSERT_EQ(output.bytes.size(), bytes[output.index].size()) << int{output.type};
    EXPECT_EQ(output.bytes[0], bytes[output.index][0]) << int{output.type};
  }
}

TEST(ComplexNumbers, AreRefused) {
  OnnxRuntime runtime;
  const auto session = runtime.engine().LoadCanonical(AsBytes(TestModel("complex-input")), {}, {});
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code(), ErrorCode::kModelRefused);
}

}  // namespace
}  // namespace edgekeep::engine::testing
