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
  const auto settings =
      ParseNotarySettings(R"({"quorum": 3, "waiting_seconds": 7200, "patience_seconds": 600, "rules": {
      "min_seconds_between_approvals": 30, "hold_first_time_approvers": true,
      "hours": {"first": 8, "last": 18, "weekends": false}, "max_size_factor": 2, "hold_new_dependencies": true,
      "hold_changed_interfaces": true, "max_version_step": 1, "min_seconds_to_expiry": 864000,
      "max_seconds_behind_cosigners": 600, "overruled_by": 4}})",
                          "settings");
  ASSERT_TRUE(settings);
  const log::NotaryPolicy* policy = &settings->policy;
  EXPECT_EQ(policy->quorum, 3U);
  EXPECT_EQ(policy->waiting_seconds, 7200U);
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
  EXPECT_EQ(rules.min_seconds_to_expiry, 864000U);
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

// A setting, a value that is refused, and the nearest one that is not.
struct Bound {
  const char* setting;
  const char* beyond;
  const char* within;
};

// Settings for production with this one: within "rules" where it is a rule.
std::string With(const char* setting, const char* value) {
  const std::string said = '"' + std::string(setting) + "\": " + value;
  const std::string_view name = setting;
  if (name == "hours") return R"({"rules": {)" + said + "}}";
  if (name == "quorum" || name == "waiting_seconds") return "{" + said + R"(, "rules": {)" + kHours + "}}";
  return R"({"rules": {)" + std::string(kHours) + ", " + said + "}}";
}

TEST(NotarySettings, ForProductionNoRuleIsTurnedOffOrHoldsNextToNothing) {
  EXPECT_EQ(ParseNotarySettings("{}", "settings").error().where, "settings: hours");
  const std::vector<Bound> bounds = {
      {"quorum", "1", "2"},
      {"waiting_seconds", "0", "3600"},
      {"waiting_seconds", "3599", "3600"},
      {"min_seconds_between_approvals", "0", "10"},
      {"min_seconds_between_approvals", "9", "10"},
      {"hold_first_time_approvers", "false", "true"},
      {"hours", R"({"first": 0, "last": 24, "weekends": true})", R"({"first": 0, "last": 16, "weekends": true})"},
      {"hours", R"({"first": 0, "last": 24, "weekends": false})", R"({"first": 8, "last": 24, "weekends": false})"},
      {"hours", R"({"first": 6, "last": 23, "weekends": false})", R"({"first": 6, "last": 22, "weekends": false})"},
      {"max_size_factor", "0", "1"},
      {"max_size_factor", "11", "10"},
      {"hold_new_dependencies", "false", "true"},
      {"hold_changed_interfaces", "false", "true"},
      {"max_version_step", "0", "1"},
      {"max_version_step", "11", "10"},
      {"min_seconds_to_expiry", "0", "604800"},
      {"min_seconds_to_expiry", "604799", "604800"}};
  for (const Bound& bound : bounds) {
    const std::string text = With(bound.setting, bound.beyond);
    const auto refused = ParseNotarySettings(text, "settings");
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, ErrorCode::kForbidden) << text;
    EXPECT_EQ(refused.error().where, "settings: " + std::string(bound.setting));
    EXPECT_NE(refused.error().advice.find("set it ("), std::string::npos) << text;
    EXPECT_TRUE(ParseNotarySettings(With(bound.setting, bound.within), "settings")) << "control: just inside " << text;
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
