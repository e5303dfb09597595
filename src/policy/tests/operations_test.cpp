#include "edgekeep/policy/operations.h"

#include <gtest/gtest.h>

#include "edgekeep/json/text.h"

namespace edgekeep::policy {
namespace {

using formats::Isolation;
using formats::OperationsPolicy;
using Lines = std::vector<std::string>;

constexpr std::string_view kEverything = R"({
  "version": 7, "authority": "acme", "sessions": 16, "isolation_floor": "vm", "threads": 4, "memory_budget": 1073741824,
  "exports": false, "products": {"acme/other": {"threads": 1}, "acme/label-ocr": {"isolation_floor": "trustzone"}}})";

OperationsPolicy Parsed(std::string_view text) {
  const auto policy = ParseOperations(text);
  EXPECT_TRUE(policy) << policy.error().field << " " << policy.error().problem;
  return policy ? *policy : OperationsPolicy();
}

TEST(OperationsPolicy, TakesEveryField) {
  const OperationsPolicy policy = Parsed(kEverything);
  EXPECT_EQ(policy.version, 7U);
  EXPECT_EQ(policy.authority.view(), "acme");
  EXPECT_EQ(policy.sessions, 16U);
  EXPECT_EQ(policy.demands.isolation_floor, Isolation::kVm);
  EXPECT_EQ(policy.demands.threads, 4U);
  EXPECT_EQ(policy.demands.memory_budget, 1073741824U);
  EXPECT_TRUE(policy.demands.forbids_export);
  ASSERT_EQ(policy.products.size(), 2U);
  EXPECT_EQ(policy.products[0].product.view(), "acme/label-ocr") << "in the order of the format";
  EXPECT_EQ(policy.products[0].demands.isolation_floor, Isolation::kTrustZone);
  EXPECT_EQ(policy.products[1].demands.threads, 1U);
  EXPECT_TRUE(Parsed(json::Write(ToJson(policy))) == policy);
}

TEST(OperationsPolicy, WhatIsNotDemandedMayBeSaidAndIsNotWritten) {
  const OperationsPolicy policy =
      Parsed(R"({"version": 1, "authority": "acme", "isolation_floor": "process", "exports": true, "products": {}})");
  EXPECT_TRUE(policy == Parsed(R"({"version": 1, "authority": "acme"})"));
  EXPECT_EQ(ToJson(policy).members().size(), 2U);
  EXPECT_EQ(Describe(policy), Lines{"of every product: nothing"});
}

TEST(OperationsPolicy, ReadsInWords) {
  const Lines expected = {"of a device: 16 sessions at most",
                          "of every product: isolation vm, 4 threads, 1073741824 bytes of memory, no exports",
                          "of acme/label-ocr: isolation trustzone", "of acme/other: 1 threads"};
  EXPECT_EQ(Describe(Parsed(kEverything)), expected);
}

TEST(OperationsPolicy, WhatBecomesWeakerIsSaidAloud) {
  const OperationsPolicy before = Parsed(kEverything);
  EXPECT_EQ(Differences(before, Parsed(R"({"version": 8, "authority": "acme", "threads": 2})")),
            (Lines{"DEMANDS LESS: sessions of a device: without a limit, was at most 16",
                   "DEMANDS LESS: isolation floor of every product: process, was vm",
                   "demands more: threads of every product: at most 2, was at most 4",
                   "DEMANDS LESS: bytes of memory of every product: without a limit, was at most 1073741824",
                   "DEMANDS LESS: exports of every product: as licences allow, was forbidden",
                   "DEMANDS LESS: isolation floor of acme/label-ocr: process, was trustzone",
                   "demands more: threads of acme/label-ocr: at most 2, was at most 4",
                   "DEMANDS LESS: bytes of memory of acme/label-ocr: without a limit, was at most 1073741824",
                   "DEMANDS LESS: exports of acme/label-ocr: as licences allow, was forbidden",
                   "DEMANDS LESS: isolation floor of acme/other: process, was vm",
                   "DEMANDS LESS: threads of acme/other: at most 2, was at most 1",
                   "DEMANDS LESS: bytes of memory of acme/other: without a limit, was at most 1073741824",
                   "DEMANDS LESS: exports of acme/other: as licences allow, was forbidden"}));
  OperationsPolicy same = before;
  EXPECT_EQ(Differences(before, same),
            Lines{"THE VERSION GOES BACK: devices have policy 7 and will not take this one"});
  same.version = 8;
  same.demands.isolation_floor = Isolation::kTrustZone;
  EXPECT_EQ(Differences(before, same), (Lines{"demands more: isolation floor of every product: trustzone, was vm",
                                              "demands more: isolation floor of acme/other: trustzone, was vm"}));
}

TEST(OperationsPolicy, ComplaintsNameTheField) {
  struct Case {
    const char* text;
    const char* field;
    const char* problem;
  };

  constexpr Case kCases[] = {
      {R"({"authority": "acme"})", "version", "must be a whole number from 1 on"},
      {R"({"version": 0, "authority": "acme"})", "version", "must be a whole number from 1 to 18446744073709551615"},
      {R"({"version": 1})", "authority", "must be the publisher's name"},
      {R"({"version": 1, "authority": "Acme"})", "authority", "must be the publisher's name"},
      {R"({"version": 1, "authority": "acme", "isolation_floor": "none"})", "isolation_floor",
       "must be one of process, vm, trustzone"},
      {R"({"version": 1, "authority": "acme", "threads": 65})", "threads", "must be a whole number from 1 to 64"},
      {R"({"version": 1, "authority": "acme", "sessions": 129})", "sessions", "must be a whole number from 1 to 128"},
      {R"({"version": 1, "authority": "acme", "exports": "no"})", "exports", "must be true or false"},
      {R"({"version": 1, "authority": "acme", "orders": {}})", "orders", "is no field of a policy"},
      {R"({"version": 1, "authority": "acme", "products": []})", "products", "must be an object of products"},
      {R"({"version": 1, "authority": "acme", "products": {"zeta/p": {"threads": 1}}})", "products.zeta/p",
       "must be a product of the authority, acme/NAME"},
      {R"({"version": 1, "authority": "acme", "products": {"acme/p": {}}})", "products.acme/p", "demands nothing"},
      {R"({"version": 1, "authority": "acme", "products": {"acme/p": {"sessions": 1}}})", "products.acme/p.sessions",
       "is no field of a policy"},
      {R"([])", "", "is not one JSON object, each name in it once"},
  };
  for (const Case& wrong : kCases) {
    const auto policy = ParseOperations(wrong.text);
    ASSERT_FALSE(policy) << wrong.text;
    EXPECT_EQ(policy.error().field, wrong.field) << wrong.text;
    EXPECT_EQ(policy.error().problem, wrong.problem) << wrong.text;
  }
}

}  // namespace
}  // namespace edgekeep::policy
