#include <gtest/gtest.h>

#include "edgekeep/json/text.h"
#include "edgekeep/policy/parse.h"
#include "edgekeep/policy/write.h"

namespace edgekeep::policy {
namespace {

using formats::ExecutionProvider;
using formats::ProductPolicy;

constexpr std::string_view kEveryField = R"({
  "threads": 2, "processors": [3, 0], "memory_budget": 268435456, "spinning": true,
  "providers": ["cuda", "tensorrt", "openvino", "webgpu", "cpu"], "weights_may_leave": true, "zero_copy_inputs": true,
  "output_guard": {"top_k": 5, "decimals": 0}, "receipts": true, "start_at_boot": true, "linger_seconds": 600,
  "licence_end": "degrade", "degraded_calls_per_minute": 6})";

TEST(Policy, TakesEveryField) {
  const auto policy = Parse(kEveryField);
  ASSERT_TRUE(policy) << policy.error().field << " " << policy.error().problem;
  EXPECT_EQ(policy->threads, 2U);
  ASSERT_EQ(policy->processors.size(), 2U);
  EXPECT_EQ(policy->processors[0], 0);
  EXPECT_EQ(policy->processors[1], 3);
  EXPECT_EQ(policy->memory_budget, 268435456U);
  EXPECT_TRUE(policy->spinning);
  ASSERT_EQ(policy->providers.size(), 5U);
  EXPECT_EQ(policy->providers[0], ExecutionProvider::kCuda);
  EXPECT_EQ(policy->providers[1], ExecutionProvider::kTensorRt);
  EXPECT_EQ(policy->providers[2], ExecutionProvider::kOpenVino);
  EXPECT_EQ(policy->providers[3], ExecutionProvider::kWebGpu);
  EXPECT_EQ(policy->providers[4], ExecutionProvider::kCpu);
  EXPECT_TRUE(policy->weights_may_leave);
  EXPECT_TRUE(policy->zero_copy_inputs);
  EXPECT_EQ(policy->output_guard.top_k, 5U);
  EXPECT_EQ(policy->output_guard.decimals, 0U);
  EXPECT_TRUE(policy->receipts);
  EXPECT_TRUE(policy->start_at_boot);
  EXPECT_EQ(policy->linger_seconds, 600U);
  EXPECT_EQ(policy->licence_end, formats::LicenceEnd::kDegrade);
  EXPECT_EQ(policy->degraded_calls_per_minute, 6U);
}

TEST(Policy, WrittenAsJsonIsTheSameAgain) {
  const ProductPolicy policy = Parse(kEveryField).value();
  const auto again = Parse(json::Write(ToJson(policy)));
  ASSERT_TRUE(again);
  EXPECT_TRUE(*again == policy);
  EXPECT_EQ(json::Write(ToJson(policy)), json::Write(json::Parse(json::Write(ToJson(*again))).value()));
}

TEST(Policy, DefaultsMayBeSaidAndAreNotWritten) {
  EXPECT_TRUE(Parse("{}").value().is_default());
  const auto said = Parse(
      R"({"processors": [], "spinning": false, "providers": ["cpu"], "output_guard": {}, "linger_seconds": 0,
          "licence_end": "finish", "degraded_calls_per_minute": 60})");
  ASSERT_TRUE(said) << said.error().field;
  EXPECT_TRUE(said->is_default());
  EXPECT_TRUE(ToJson(*said).members().empty());
  EXPECT_EQ(ToText(*said), "defaults");
}

TEST(Policy, ReadsAsOneLine) {
  EXPECT_EQ(
      ToText(Parse(kEveryField).value()),
      "threads 2, processors 0 3, memory_budget 268435456, spinning, providers cuda tensorrt openvino webgpu cpu, "
      "weights_may_leave, zero_copy_inputs, output_guard top_k 5 decimals 0, receipts, start_at_boot, "
      "linger_seconds 600, licence_end degrade, degraded_calls_per_minute 6");
}

TEST(Policy, ComplaintsNameTheField) {
  struct Case {
    const char* text;
    const char* field;
    const char* problem;
  };

  constexpr Case kCases[] = {
      {R"({"threads": 0})", "threads", "must be a whole number from 1 to 64"},
      {R"({"threads": 65})", "threads", "must be a whole number from 1 to 64"},
      {R"({"threads": "2"})", "threads", "must be a whole number from 1 to 64"},
      {R"({"threads": 1.5})", "threads", "must be a whole number from 1 to 64"},
      {R"({"threads": null})", "threads", "must be a whole number from 1 to 64"},
      {R"({"processors": 1})", "processors", "must be a list of processors' numbers"},
      {R"({"processors": [1024]})", "processors", "each must be a whole number from 0 to 1023"},
      {R"({"processors": [1, -1]})", "processors", "each must be a whole number from 0 to 1023"},
      {R"({"processors": [1, 0, 1]})", "processors", "names one twice"},
      {R"({"memory_budget": 0})", "memory_budget", "must be a whole number from 1 to 18446744073709551615"},
      {R"({"memory_budget": "1G"})", "memory_budget", "must be a whole number from 1 to 18446744073709551615"},
      {R"({"spinning": 1})", "spinning", "must be true or false"},
      {R"({"providers": []})", "providers", "must be a list of cpu, cuda, tensorrt, openvino, webgpu"},
      {R"({"providers": ["gpu"]})", "providers", "must be a list of cpu, cuda, tensorrt, openvino, webgpu"},
      {R"({"providers": ["cpu", "cpu"]})", "providers", "names one twice"},
      {R"({"providers": ["cuda", "cpu"]})", "providers", "other than cpu need weights_may_leave to be true"},
      {R"({"output_guard": 5})", "output_guard", "must be an object with top_k, decimals or both"},
      {R"({"output_guard": {"top_k": 0}})", "output_guard.top_k", "must be a whole number from 1 to 4294967295"},
      {R"({"output_guard": {"decimals": 8}})", "output_guard.decimals", "must be a whole number from 0 to 7"},
      {R"({"output_guard": {"k": 1}})", "output_guard.k", "is no field of a policy"},
      {R"({"linger_seconds": 86401})", "linger_seconds", "must be a whole number from 0 to 86400"},
      {R"({"licence_end": "wait"})", "licence_end", "must be one of finish, degrade, stop"},
      {R"({"degraded_calls_per_minute": 0})", "degraded_calls_per_minute",
       "must be a whole number from 1 to 4294967295"},
      {R"({"treads": 2})", "treads", "is no field of a policy"},
      {R"({"threads": 2, "threads": 3})", "", "is not one JSON object, each name in it once"},
      {R"([])", "", "is not one JSON object, each name in it once"},
      {R"({"threads": 2)", "", "is not one JSON object, each name in it once"},
      {"", "", "is not one JSON object, each name in it once"},
  };
  for (const Case& wrong : kCases) {
    const auto policy = Parse(wrong.text);
    ASSERT_FALSE(policy) << wrong.text;
    EXPECT_EQ(policy.error().field, wrong.field) << wrong.text;
    EXPECT_EQ(policy.error().problem, wrong.problem) << wrong.text;
  }
}

TEST(Policy, TooManyProcessorsAreComplainedOf) {
  std::string list = "0";
  for (int i = 1; i < 65; ++i) list += "," + std::to_string(i);
  const auto policy = Parse(R"({"processors": [)" + list + "]}");
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().problem, "has more than 64");
}

}  // namespace
}  // namespace edgekeep::policy
