#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "edgekeep/base/strings.h"
#include "edgekeep/engine/element_type.h"
#include "edgekeep/engine/testing/output_recorder.h"
#include "onnx_runtime_fixture.h"

namespace edgekeep::engine::testing {
namespace {

using Texts = std::vector<std::string>;

std::vector<std::uint8_t> Encoded(const Texts& strings) {
  std::size_t content = 0;
  for (const std::string& string : strings) content += string.size();
  std::vector<std::uint8_t> bytes(StringsSize(strings.size(), content).value());
  StringWriter writer(bytes, strings.size());
  for (const std::string& string : strings) std::ranges::copy(AsBytes(string), writer.Append(string.size())->begin());
  return bytes;
}

Texts Decoded(const RecordedOutput& output) {
  std::size_t count = 1;
  for (const std::int64_t dim : output.shape) count *= static_cast<std::size_t>(dim);
  EXPECT_TRUE(CheckStrings(output.bytes, count));
  Texts strings;
  for (std::size_t i = 0; i < count; ++i) strings.emplace_back(AsText(StringAt(output.bytes, count, i).value()));
  return strings;
}

class StringTensors : public ::testing::Test {
 protected:
  StringTensors() {
    auto session = runtime_.engine().LoadCanonical(AsBytes(TestModel("strings")), {}, {});
    EXPECT_TRUE(session) << session.error().where();
    session_ = *std::move(session);
  }

  Status Run(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b,
             std::initializer_list<std::int64_t> shape) {
    recorder_.outputs.clear();
    const InputTensor inputs[] = {Input(0, kString, shape, a), Input(1, kString, shape, b)};
    return session_->Run(inputs, recorder_);
  }

  OnnxRuntime runtime_;
  std::unique_ptr<Session> session_;
  OutputRecorder recorder_;
};

TEST_F(StringTensors, AreComputedWith) {
  const Texts a = {"one", "", std::string("nul\0here", 8), "\xff\xfe", "größer", std::string(100000, 'x')};
  const Texts b = {"1", "2", "3", "4", "5", "6"};
  const Status ran = Run(Encoded(a), Encoded(b), {2, 3});
  ASSERT_TRUE(ran) << ran.error().where();
  ASSERT_EQ(recorder_.outputs.size(), 2U);
  EXPECT_EQ(recorder_.outputs[0].shape, (std::vector<std::int64_t>{2, 3}));
  Texts joined;
  for (std::size_t i = 0; i < a.size(); ++i) joined.push_back(a[i] + b[i]);
  EXPECT_EQ(Decoded(recorder_.outputs[0]), joined);
  EXPECT_EQ(Decoded(recorder_.outputs[1]), a);
}

TEST_F(StringTensors, MayBeNone) {
  ASSERT_TRUE(Run({}, {}, {0, 3}));
  EXPECT_TRUE(recorder_.outputs[0].bytes.empty());
  EXPECT_EQ(recorder_.outputs[0].shape, (std::vector<std::int64_t>{0, 3}));
}

TEST_F(StringTensors, ThatAreNotWhatTheShapeSaysAreRefused) {
  const auto good = Encoded({"ab", "cd"});
  auto outside = good;
  outside[4] = 5;
  auto backwards = good;
  backwards[0] = 4;
  backwards[4] = 2;
  auto overflowing = good;
  std::memset(overflowing.data(), 0xff, 4);
  auto longer = good;
  longer.push_back('e');
  const std::vector<std::uint8_t> cut(good.begin(), good.end() - 1);
  const std::vector<std::uint8_t> numbers_cut(good.begin(), good.begin() + 7);
  for (const auto& bad : {outside, backwards, overflowing, longer, cut, numbers_cut, {}}) {
    const Status status = Run(good, bad, {1, 2});
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code(), ErrorCode::kBadTensor);
  }
  EXPECT_EQ(Run(good, good, {1, 3}).error().code(), ErrorCode::kBadTensor);
  EXPECT_EQ(Run({}, {}, {1LL << 40, 1}).error().code(), ErrorCode::kBadTensor);
  EXPECT_TRUE(Run(good, good, {1, 2}));
}

}  // namespace
}  // namespace edgekeep::engine::testing
