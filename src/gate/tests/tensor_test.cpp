#include "edgekeep/gate/tensor.h"

#include <algorithm>
#include <array>

#include "samples.h"
#include "strict.h"

namespace edgekeep::gate {
namespace {

Result<ModelInfo> DecodeModel(ByteView body) {
  CborReader in(body);
  EK_TRY_ASSIGN(const ModelInfo info, DecodeModelInfo(in));
  EK_TRY(in.ExpectEnd());
  return info;
}

ErrorCode TensorRefusal(const Buffer& body) {
  return DecodeModel(body).error().code();
}

// {1: [{1: "x", 2: type, 3: shape}], 2: []}
Buffer OneInput(std::uint8_t type, const Buffer& shape) {
  Buffer body = {0xa2, 0x01, 0x81, 0xa3, 0x01, 0x61, 'x', 0x02, type, 0x03};
  body.insert(body.end(), shape.begin(), shape.end());
  body.insert(body.end(), {0x02, 0x80});
  return body;
}

TEST(ModelInfo, IsStrict) {
  ExpectStrict<ModelInfo>(SampleModel(), DecodeModel, EncodeModelInfo);
}

TEST(ModelInfo, OfTinyFloatsIsNotGuardable) {
  const std::array tiny = {ElementType::kFloat8E4M3Fn,   ElementType::kFloat8E4M3Fnuz, ElementType::kFloat8E5M2,
                           ElementType::kFloat8E5M2Fnuz, ElementType::kFloat8E8M0,     ElementType::kFloat4E2M1};
  for (std::uint8_t number = 0; number < 255; ++number) {
    const auto type = static_cast<ElementType>(number);
    ModelInfo model = SampleModel();
    ASSERT_TRUE(model.outputs.PushBack({.name = {}, .type = type, .shape = {}}));
    const bool is_tiny = std::ranges::find(tiny, type) != tiny.end();
    EXPECT_EQ(IsTinyFloat(type), is_tiny) << int{number};
    EXPECT_EQ(CheckGuardable(model).has_value(), !is_tiny) << int{number};
  }
  ModelInfo taken = SampleModel();
  ASSERT_TRUE(taken.inputs.PushBack({.name = {}, .type = ElementType::kFloat8E5M2, .shape = {}}));
  EXPECT_TRUE(CheckGuardable(taken));  // what goes in is the application's own
}

TEST(ModelInfo, HasRoomForTheLargestModel) {
  ModelInfo model;
  const std::string long_name(127, 'n');
  for (std::size_t i = 0; i < kMaxTensors; ++i) {
    const TensorInfo info = TensorOf(long_name, {1LL << 62, 2, 3, 4, 5, 6, 7, -1});
    ASSERT_TRUE(model.inputs.PushBack(info));
    ASSERT_TRUE(model.outputs.PushBack(info));
  }
  const Buffer body = Encoded<ModelInfo>(model, EncodeModelInfo);
  const auto decoded = DecodeModel(body);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->inputs.size(), kMaxTensors);
  EXPECT_EQ(decoded->outputs[31].name.view(), long_name);
}

TEST(ModelInfo, AcceptsTheGoodOne) {
  EXPECT_TRUE(DecodeModel(OneInput(1, {0x82, 0x20, 0x03})));
}

TEST(ModelInfo, RefusesElementTypesItDoesNotCarry) {
  for (const std::uint8_t type : {std::uint8_t{0}, std::uint8_t{14}, std::uint8_t{15}}) {
    EXPECT_EQ(TensorRefusal(OneInput(type, {0x80})), ErrorCode::kUnsupported) << int{type};
  }
}

TEST(ModelInfo, RefusesDimensionsBelowFree) {
  EXPECT_EQ(TensorRefusal(OneInput(1, {0x81, 0x21})), ErrorCode::kMalformed);
}

TEST(ModelInfo, RefusesTooManyDimensions) {
  EXPECT_EQ(TensorRefusal(OneInput(1, {0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1})), ErrorCode::kTooLarge);
}

TEST(ModelInfo, RefusesTooManyTensors) {
  Buffer body = {0xa2, 0x01, 0x98, 33};
  for (int i = 0; i < 33; ++i) body.insert(body.end(), {0xa3, 0x01, 0x60, 0x02, 0x01, 0x03, 0x80});
  body.insert(body.end(), {0x02, 0x80});
  EXPECT_EQ(TensorRefusal(body), ErrorCode::kTooLarge);
}

TEST(ModelInfo, RefusesControlCharactersInNames) {
  Buffer body = OneInput(1, {0x80});
  body[6] = '\n';
  EXPECT_EQ(TensorRefusal(body), ErrorCode::kMalformed);
}

TEST(ModelInfo, EncodesNoUnknownType) {
  ModelInfo model = SampleModel();
  model.inputs[0].type = static_cast<ElementType>(14);
  Buffer buffer(1024);
  CborWriter writer(buffer);
  EXPECT_FALSE(EncodeModelInfo(model, writer));
}

TEST(ElementBits, AreThoseOfOnnx) {
  // By number. 0: none, 8: string, 14, 15: complex.
  constexpr std::array<std::size_t, 28> kBits = {0, 32, 8,  8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64,
                                                 0, 0,  16, 8, 8,  8,  8,  4,  4, 4, 8,  2,  2,  0};
  for (std::size_t number = 0; number < 256; ++number) {
    const auto bits = ElementBits(static_cast<ElementType>(number));
    EXPECT_EQ(bits.value_or(0), number < kBits.size() ? kBits[number] : 0) << number;
    EXPECT_EQ(CheckType(static_cast<ElementType>(number)).has_value(), bits.has_value() || number == 8) << number;
  }
}

}  // namespace
}  // namespace edgekeep::gate
