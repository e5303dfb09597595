#include "../notary_settings.h"

#include <gtest/gtest.h>

namespace edgekeep::cli::publisher {
namespace {

// `text` with these settings beside it.
std::string Development(std::string text) {
  text.insert(1, text == "{}" ? R"("profile": "development")" : R"("profile": "development", )");
  return text;
}

TEST(NotarySettings, HoldNothingByDefaultInDevelopment) {
  const auto settings = ParseNotarySettings(Development("{}"), "settings");
  ASSERT_TRUE(settings);
  EXPECT_FALSE(settings->is_production);
  const log::NotaryPolicy* policy = &settings->policy;
  EXPECT_EQ(policy->waiting_seconds, 0U);
  EXPECT_EQ(policy->patience_seconds, 14U * 86400);
  EXPECT_EQ(policy->quorum, 2U);
  EXPECT_FALSE(policy->rules.hours || policy->rules.max_size_factor || policy->rules.overruled_by);
}

TEST(NotarySettings, SayHowToJudge) {
  const auto settings = ParseNotarySettings(R"({"quorum": 3, "waiting_seconds": 60, "patience_seconds": 600, "rules": {
      "min_seconds_between_approvals": 30, "hold_first_time_approvers": true,
      "hours": {"first": 8, "last": 18, "weekends": false}, "max_size_factor": 2, "hold_new_dependencies": true,
      "hold_changed_interfaces": true, "max_version_step": 1, "min_seconds_to_expiry": 86400,
      "max_seconds_behind_cosigners": 600, "overruled_by": 4}})",
                                            "settings");
  ASSERT_TRUE(settings);
  const log::NotaryPolicy* policy = &settings->policy;
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
    EXPECT_FALSE(ParseNotarySettings(*text == '{' ? Development(text) : text, "settings")) << text;
  }
  EXPECT_FALSE(ParseNotarySettings(R"({"profile": "test"})", "settings"));
  EXPECT_FALSE(ParseNotarySettings(R"({"profile": 1})", "settings"));
}

constexpr const char* kHours = R"("hours": {"first": 7, "last": 19, "weekends": false})";

TEST(NotarySettings, ForProductionEveryRuleHoldsByDefault) {
  for (const char* profile : {"", R"("profile": "production", )"}) {
    const auto settings = ParseNotarySettings("{" + std::string(profile) + R"("rules": {)" + kHours + "}}", "settings");
    ASSERT_TRUE(settings);
    EXPECT_TRUE(settings->is_production);
    EXPECT_EQ(settings->policy.waiting_seconds, 86400U);
    const log::RuleSettings& rules = settings->policy.rules;
    EXPECT_EQ(rules.min_seconds_between_approvals, 60U);
    EXPECT_TRUE(rules.holds_first_time_approvers && rules.holds_new_dependencies && rules.holds_changed_interfaces);
    EXPECT_EQ(rules.max_size_factor, 3U);
    EXPECT_EQ(rules.max_version_step, 1U);
    EXPECT_EQ(rules.min_seconds_to_expiry, 30U * 86400);
  }
}

TEST(NotarySettings, ForProductionNoRuleIsTurnedOff) {
  EXPECT_EQ(ParseNotarySettings("{}", "settings").error().where, "settings: hours");
  EXPECT_EQ(ParseNotarySettings(R"({"rules": {"hours": {"first": 0, "last": 24, "weekends": true}}})", "settings")
                .error()
                .where,
            "settings: hours");
  const auto with_hours = [](const char* rule) { return R"({"rules": {)" + std::string(kHours) + ", " + rule + "}}"; };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"waiting_seconds", R"({"waiting_seconds": 0, "rules": {)" + std::string(kHours) + "}}"},
      {"min_seconds_between_approvals", with_hours(R"("min_seconds_between_approvals": 0)")},
      {"hold_first_time_approvers", with_hours(R"("hold_first_time_approvers": false)")},
      {"max_size_factor", with_hours(R"("max_size_factor": 101)")},
      {"max_size_factor", with_hours(R"("max_size_factor": 0)")},
      {"hold_new_dependencies", with_hours(R"("hold_new_dependencies": false)")},
      {"hold_changed_interfaces", with_hours(R"("hold_changed_interfaces": false)")},
      {"max_version_step", with_hours(R"("max_version_step": 1001)")},
      {"min_seconds_to_expiry", with_hours(R"("min_seconds_to_expiry": 86399)")}};
  for (const auto& [rule, text] : cases) {
    const auto refused = ParseNotarySettings(text, "settings");
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, ErrorCode::kForbidden) << text;
    EXPECT_EQ(refused.error().where, "settings: " + rule);
    EXPECT_TRUE(ParseNotarySettings(Development(text), "settings")) << "control: " << text;
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
  const auto policy = WithPeople({.policy = {.quorum = 1}}, people, Person("notary", 3));
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->quorum, 2U);
  ASSERT_EQ(policy->holders.size(), 2U);
  EXPECT_TRUE(policy->holders[0].is_approver);
  EXPECT_FALSE(policy->holders[1].is_approver);
  EXPECT_EQ(WithPeople({.policy = {.quorum = 3}}, people, Person("notary", 3))->quorum, 3U);
}

TEST(NotarySettings, ForProductionNoQuorumOverrulesTheRulesByItself) {
  const author::RootPeople people = TwoPeople();
  NotarySettings settings{.is_production = true, .policy = {}};
  EXPECT_EQ(WithPeople(settings, people, Person("notary", 3))->rules.overruled_by, 3U) << "one more than the root's";
  settings.policy.rules.overruled_by = 2;
  EXPECT_EQ(WithPeople(settings, people, Person("notary", 3)).error().code, ErrorCode::kForbidden);
  settings.is_production = false;
  EXPECT_EQ(WithPeople(settings, people, Person("notary", 3))->rules.overruled_by, 2U) << "control";
}

TEST(NotarySettings, LetNobodyJudgeHisOwnApprovals) {
  const author::RootPeople people = TwoPeople();
  EXPECT_EQ(WithPeople({}, people, Person("anna", 3)).error().code, ErrorCode::kForbidden);
  EXPECT_EQ(WithPeople({}, people, Person("notary", 2)).error().code, ErrorCode::kForbidden);
  EXPECT_TRUE(WithPeople({}, people, Person("notary", 3))) << "control";
}

}  // namespace
}  // namespace edgekeep::cli::publisher
