// Tensors of strings through the C and the C++ interface.
#include "edgekeep/base/strings.h"

#include <string>

#include "edgekeep/edgekeep.hpp"
#include "open_model.h"

namespace edgekeep::client {
namespace {

gate::ModelInfo StringsInfo() {
  gate::TensorInfo s{.name = InlineString<127>::Truncated("s"), .type = gate::ElementType::kString};
  EXPECT_TRUE(s.shape.PushBack(-1));
  gate::ModelInfo info;
  EXPECT_TRUE(info.inputs.PushBack(s));
  EXPECT_TRUE(info.outputs.PushBack(s));
  return info;
}

// Gives the strings back, as they lie.
void Echo(FakeCall call) {
  const auto inputs = gate::TakeCall(call.slot().request, call.room().size());
  ASSERT_TRUE(inputs);
  const gate::TensorPlace& s = (*inputs)[0];
  EXPECT_TRUE(CheckStrings(ByteView(call.room()).subspan(s.offset, s.size), gate::NumStrings(s).value()));
  gate::PutCall(*inputs, call.slot().answer);
  RaiseAnswer(call);
}

class StringsTest : public testing::Test {
 protected:
  void Open(FakeCells::Handler handler = Echo, std::uint64_t ring_bytes = 4096) {
    cells_ = std::make_unique<FakeCells>(std::move(handler));
    keep_.ServeApplications(cells_->AsKeep(StringsInfo(), ring_bytes));
    client_.reset(OpenClient(keep_));
    ek_model* model = nullptr;
    ASSERT_EQ(ek_model_open(client_.get(), "acme/fake", nullptr, &model, &error_), EK_OK) << error_.where;
    model_.reset(model);
  }

  ek_code Run(const std::vector<ek_string>& strings, ek_output& output) {
    const auto count = static_cast<std::int64_t>(strings.size());
    const ek_input input{.name = "s",
                         .type = EK_STRING,
                         .rank = 1,
                         .shape = &count,
                         .data = strings.data(),
                         .size = strings.size() * sizeof(ek_string)};
    return ek_model_run(model_.get(), &input, 1, &output, 1, 0, &error_);
  }

  static std::vector<std::string> Taken(const ek_output& output, std::size_t count) {
    std::vector<std::string> strings;
    for (std::size_t i = 0; i < count; ++i) {
      ek_string string{};
      EXPECT_EQ(ek_output_string(&output, i, &string), EK_OK);
      strings.emplace_back(string.bytes, string.size);
    }
    return strings;
  }

  FakeKeep keep_;
  std::unique_ptr<FakeCells> cells_;
  ClientPointer client_{nullptr, &ek_client_close};
  ModelPointer model_{nullptr, &ek_model_close};
  ek_error error_{};
};

const std::vector<std::string> kSome = {"label", "", std::string("a\0b", 3), "\xff\xfe"};

std::vector<ek_string> Views(const std::vector<std::string>& strings) {
  std::vector<ek_string> views;
  for (const std::string& string : strings) views.push_back({string.data(), string.size()});
  return views;
}

TEST_F(StringsTest, GoInAndComeOutAsViewsAndCopies) {
  Open();
  ek_output view{};
  ASSERT_EQ(Run(Views(kSome), view), EK_OK) << error_.where;
  EXPECT_EQ(view.type, ek_element_type{EK_STRING});
  EXPECT_EQ(Taken(view, 4), kSome);
  std::vector<std::uint8_t> buffer(view.size);
  ek_output copy{};
  copy.buffer = buffer.data();
  copy.capacity = buffer.size();
  ASSERT_EQ(Run(Views(kSome), copy), EK_OK) << error_.where;
  EXPECT_EQ(copy.data, buffer.data());
  EXPECT_EQ(Taken(copy, 4), kSome);
  ek_output none{};
  ASSERT_EQ(Run({}, none), EK_OK) << error_.where;
  EXPECT_EQ(none.size, 0U);
  ek_string string{};
  EXPECT_EQ(ek_output_string(&none, 0, &string), ek_code{EK_BAD_ARGUMENT});
}

TEST_F(StringsTest, ThatDoNotFitAreToldHowMuchTheyTake) {
  Open(Echo, 128);
  const std::string large(1000, 'x');
  ek_output output{};
  EXPECT_EQ(Run(Views({large}), output), ek_code{EK_TOO_LARGE});
  EXPECT_NE(std::string_view(error_.where).find("1004 bytes"), std::string_view::npos) << error_.where;
  EXPECT_EQ(Run(Views({"short"}), output), EK_OK) << error_.where;
}

TEST_F(StringsTest, OfAnotherNumberOrWithoutBytesAreRefused) {
  Open();
  ek_output output{};
  EXPECT_EQ(Run({{nullptr, 3}}, output), ek_code{EK_BAD_ARGUMENT});
  EXPECT_EQ(Run({{nullptr, 0}}, output), EK_OK) << error_.where;
  EXPECT_EQ(Run({{"a", ~std::size_t{0}}, {"b", 2}}, output), ek_code{EK_TOO_LARGE});
  const ek_string one{"a", 1};
  for (const std::int64_t count : {std::int64_t{0}, std::int64_t{2}, std::int64_t{1} << 40}) {
    const ek_input input{.name = "s", .type = EK_STRING, .rank = 1, .shape = &count, .data = &one, .size = sizeof one};
    EXPECT_EQ(ek_model_run(model_.get(), &input, 1, &output, 1, 0, &error_), ek_code{EK_BAD_TENSOR}) << count;
  }
}

// A view may change at any moment: what is taken out lies inside it, or nothing is.
TEST_F(StringsTest, OfACellThatWritesNonsenseAreMalformed) {
  Open([](FakeCall call) {
    const auto inputs = gate::TakeCall(call.slot().request, call.room().size());
    ASSERT_TRUE(inputs);
    call.room()[(*inputs)[0].offset + 4] = 0xff;  // the second string's end
    gate::PutCall(*inputs, call.slot().answer);
    RaiseAnswer(call);
  });
  ek_output output{};
  ASSERT_EQ(Run(Views(kSome), output), EK_OK) << error_.where;
  ek_string string{};
  EXPECT_EQ(ek_output_string(&output, 0, &string), EK_OK);
  EXPECT_EQ(ek_output_string(&output, 1, &string), ek_code{EK_MALFORMED});
  EXPECT_EQ(ek_output_string(&output, 4, &string), ek_code{EK_BAD_ARGUMENT});
  EXPECT_EQ(ek_output_string(nullptr, 0, &string), ek_code{EK_BAD_ARGUMENT});
  output.rank = 99;
  EXPECT_EQ(ek_output_string(&output, 0, &string), ek_code{EK_BAD_ARGUMENT});
  output.type = EK_INT8;
  EXPECT_EQ(ek_output_string(&output, 0, &string), ek_code{EK_BAD_ARGUMENT});
}

TEST_F(StringsTest, GoThroughTheCppInterface) {
  Open();
  auto client = app::Client::Open({.root = keep_.root().c_str()});
  ASSERT_TRUE(client);
  auto model = client->OpenModel("acme/fake");
  ASSERT_TRUE(model) << model.error().where();
  const std::array strings = {app::StringOf("ab"), app::StringOf(""), app::StringOf("größer")};
  const std::array<std::int64_t, 1> shape = {3};
  const std::array inputs = {app::Input("s", strings, shape)};
  const auto outputs = model->Run(inputs);
  ASSERT_TRUE(outputs) << outputs.error().where();
  EXPECT_EQ((*outputs)[0].String(2).value_or("none"), "größer");
  EXPECT_EQ((*outputs)[0].String(1).value_or("none"), "");
  EXPECT_FALSE((*outputs)[0].String(3));
}

}  // namespace
}  // namespace edgekeep::client
