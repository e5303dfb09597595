// The C++ wrapper, and a program in C, against a fake keep.
#include <sys/wait.h>

#include <cstdlib>

#include "edgekeep/edgekeep.hpp"
#include "fixture/fake_cell.h"
#include "open_model.h"

namespace edgekeep::client {
namespace {

class WrapperTest : public testing::Test {
 protected:
  WrapperTest() { keep_.ServeApplications(cells_.AsKeep()); }

  app::Expected<app::Model> Open() {
    return app::Client::Open({.root = keep_.root().c_str()}).value().OpenModel("acme/fake", {.threads = 1});
  }

  FakeCells cells_;
  FakeKeep keep_;
};

TEST_F(WrapperTest, RunsAModel) {
  app::Expected<app::Model> model = Open();
  ASSERT_TRUE(model) << model.error().where();
  EXPECT_EQ(model->description().num_inputs, 2U);
  EXPECT_TRUE(model->HasFeature("multi-page") && !model->HasFeature("other"));
  EXPECT_STREQ(model->input(0).name(), "x");
  EXPECT_EQ(model->output(0).shape().size(), 2U);
  const std::array<float, 4> x = {1, 2, 3, 4};
  const std::array<std::int64_t, 1> k = {10};
  const std::array<std::int64_t, 2> shape = {1, 4};
  const std::array<app::Input, 2> inputs = {app::Input("x", x, shape), app::Input("k", k, {})};
  const app::Expected<app::Outputs> outputs = model->Run(inputs);
  ASSERT_TRUE(outputs) << outputs.error().where();
  ASSERT_EQ(outputs->size(), 2U);
  ASSERT_EQ((*outputs)[0].As<float>().size(), 4U);
  EXPECT_EQ((*outputs)[0].As<float>()[3], 18.0F);
  EXPECT_TRUE((*outputs)[0].As<double>().empty());
  EXPECT_EQ((*outputs)[1].As<std::int64_t>()[0], 1);
  EXPECT_EQ((*outputs)[0].shape()[1], 4);
}

TEST_F(WrapperTest, BindsInputsToWhereTheCellReadsThem) {
  app::Expected<app::Model> model = Open();
  ASSERT_TRUE(model);
  const std::array<std::int64_t, 2> shape = {1, 4};
  const std::array<app::BoundInput, 2> inputs = {app::BoundInput("x", EK_FLOAT32, shape),
                                                 app::BoundInput("k", EK_INT64, {})};
  app::Expected<app::BoundCall> bound = model->Bind(inputs);
  ASSERT_TRUE(bound) << bound.error().where();
  ASSERT_EQ(bound->Buffer<float>(0).size(), 4U);
  EXPECT_TRUE(bound->Buffer<double>(0).empty());
  EXPECT_EQ(bound->Bytes(1).size(), 8U);
  for (std::int64_t round = 0; round < 3; ++round) {
    bound->Buffer<float>(0)[3] = static_cast<float>(round);
    bound->Buffer<std::int64_t>(1)[0] = 10;
    const app::Expected<app::Outputs> outputs = bound->Run();
    ASSERT_TRUE(outputs) << outputs.error().where();
    EXPECT_EQ((*outputs)[0].As<float>()[3], static_cast<float>(2 * round + 10));
  }
  ASSERT_TRUE(bound->Start());
  EXPECT_TRUE(bound->call().Wait());
  EXPECT_EQ(model->Bind(std::span(inputs).first(1)).error().name(), "bad-tensor");
}

TEST_F(WrapperTest, RunsIntoTheCallersBuffers) {
  app::Expected<app::Model> model = Open();
  ASSERT_TRUE(model);
  const std::vector<float> x = {1, 2, 3, 4};
  const std::int64_t k[] = {1};
  const std::int64_t shape[] = {1, 4};
  const std::vector<app::Input> inputs = {app::Input(nullptr, x, shape), app::Input(nullptr, k, {})};
  float y[4] = {};
  ek_output output{};
  output.buffer = y;
  output.capacity = sizeof y;
  ASSERT_TRUE(model->RunInto(inputs, std::span(&output, 1)));
  EXPECT_EQ(y[0], 3.0F);
}

TEST_F(WrapperTest, TellsWhyACallFailed) {
  app::Expected<app::Model> model = Open();
  ASSERT_TRUE(model);
  const std::array<std::int64_t, 1> k = {1};
  const std::vector<app::Input> many(100, app::Input("k", k, {}));
  const app::Expected<app::Outputs> outputs = model->Run(many);
  ASSERT_FALSE(outputs);
  EXPECT_EQ(outputs.error().name(), "bad-tensor");
  EXPECT_FALSE(outputs.error().where().empty());
  EXPECT_FALSE(outputs.error().advice().empty());
}

int RunSample(const std::string& root, const std::string& product) {
  const std::string command = std::string(EK_C_SAMPLE) + " " + root + " " + product + " > /dev/null 2>&1";
  const int status = std::system(command.c_str());  // NOLINT(cert-env33-c): a test's own command
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(WrapperTest, AProgramInCRunsAModelThroughTheSharedLibrary) {
  EXPECT_EQ(RunSample(keep_.root(), "acme/fake"), 0);
  EXPECT_EQ(RunSample(keep_.root(), "acme"), 1);
  EXPECT_EQ(RunSample(keep_.root() + "/absent", "acme/fake"), 1);
}

}  // namespace
}  // namespace edgekeep::client
