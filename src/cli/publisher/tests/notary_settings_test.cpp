#include "../notary_settings.h"

#include <gtest/gtest.h>

namespace edgekeep::cli::publisher {
namespace {

TEST(NotarySettings, HaveDefaults) {
  const auto policy = ParseNotarySettings("{}", "settings");
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->waiting_seconds, 0U);
  EXPECT_EQ(policy->patience_seconds, 14U * 86400);
  EXPECT_EQ(policy->quorum, 2U);
  EXPECT_FALSE(policy->rules.hours || policy->rules.max_size_factor || policy->rules.overruled_by);
}

TEST(NotarySettings, SayHowToJudge) {
  const auto policy = ParseNotarySettings(R"({"quorum": 3, "waiting_seconds": 60, "patience_seconds": 600, "rules": {
      "min_seconds_between_approvals": 30, "hold_first_time_approvers": true,
      "hours": {"first": 8, "last": 18, "weekends": false}, "max_size_factor": 2, "hold_new_dependencies": true,
      "hold_changed_interfaces": true, "max_version_step": 1, "min_seconds_to_expiry": 86400,
      "max_seconds_behind_cosigners": 600, "overruled_by": 4}})",
                                          "settings");
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->quorum, 3U);
  EXPECT_EQ(policy->waiting_seconds, 60U);
  EXPECT_EQ(policy->patience_seconds, 600U);
  const log::RuleSettings& rules = policy->rules;
  EXPECT_EQ(rules.min_seconds_between_approvals, 30U);
  ASSERT_TRUE(rules.hours);
  EXPECT_EQ(rules.hours->first, 8U);
  EXPECT_EQ(rules.hours->last, 18U);
  EXPECT_FALSE(rules.hours->on_weekends);
  EXPECT_TRUE(rules.holds_first_time_approvers && rules.holds_new_dependencies && rules.holds_changed_interfaces);
  EXPECT_EQ(rules.max_size_factor, 2U);
  EXPECT_EQ(rules.max_version_step, 1U);
  EXPECT_EQ(rules.min_seconds_to_expiry, 86400U);
  EXPECT_EQ(rules.max_seconds_behind, 600U);
  EXPECT_EQ(rules.overruled_by, 4U);
}

TEST(NotarySettings, AreRefusedWhereMisspeltOrOutOfRange) {
  for (const char* text : {R"({"waiting": 1})", R"({"rules": {"max_size": 2}})", R"({"waiting_seconds": -1})",
                           R"({"waiting_seconds": "1"})", R"({"rules": {"hours": {"first": 18, "last": 8}}})",
                           R"({"rules": {"hours": {"first": 0, "last": 25}}})", R"({"rules": 1})", "[]", ""}) {
    EXPECT_FALSE(ParseNotarySettings(text, "settings")) << text;
  }
}

author::VerifyingHolder Person(const std::string& name, std::uint8_t key) {
  author::VerifyingHolder holder{.name = name, .keys = {}, .is_approver = true};
  holder.keys.push_back({0x0101, Bytes::Copy(std::array<std::uint8_t, 1>{key}).value()});
  return holder;
}

author::RootPeople TwoPeople() {
  author::RootPeople people{.people = {}, .approvals = 2, .expires = {1}};
  people.people.push_back(Person("anna", 1));
  people.people.push_back(Person("bert", 2));
  people.people.back().is_approver = false;
  return people;
}

TEST(NotarySettings, TakeThePeopleOfTheRootAndNeverALowerQuorum) {
  const author::RootPeople people = TwoPeople();
  const auto policy = WithPeople({.quorum = 1}, people, Person("notary", 3));
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->quorum, 2U);
  ASSERT_EQ(policy->holders.size(), 2U);
  EXPECT_TRUE(policy->holders[0].is_approver);
  EXPECT_FALSE(policy->holders[1].is_approver);
  EXPECT_EQ(WithPeople({.quorum = 3}, people, Person("notary", 3))->quorum, 3U);
}

TEST(NotarySettings, LetNobodyJudgeHisOwnApprovals) {
  const author::RootPeople people = TwoPeople();
  EXPECT_EQ(WithPeople({}, people, Person("anna", 3)).error().code, ErrorCode::kForbidden);
  EXPECT_EQ(WithPeople({}, people, Person("notary", 2)).error().code, ErrorCode::kForbidden);
  EXPECT_TRUE(WithPeople({}, people, Person("notary", 3))) << "control";
}

}  // namespace
}  // namespace edgekeep::cli::publisher
