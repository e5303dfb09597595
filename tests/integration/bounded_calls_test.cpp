// Licences that bound calls, on a whole device.
#include <csignal>

#include "bounded_device.h"
#include "eventually.h"

namespace edgekeep::test {
namespace {

class BoundedCalls : public BoundedDevice {
 protected:
  // Ends the keep as a crash does; the spawner starts another one.
  void KillKeep() {
    const pid_t keep = device_.ProcessesNamed("edgekeep-keep").at(0);
    ASSERT_EQ(::kill(keep, SIGKILL), 0);
    ASSERT_TRUE(Eventually(
        [&] {
          const auto keeps = device_.ProcessesNamed("edgekeep-keep");
          return keeps.size() == 1 && keeps[0] != keep && device_.Edgekeep({"status"}).exit_code == 0;
        },
        std::chrono::minutes(1)));
  }
};

TEST_F(BoundedCalls, BudgetEndsWithItsNameAndStaysOver) {
  Install(1, "", {"--calls", "5"});
  EXPECT_EQ(CallsLeft(), 5);
  {
    app::Model model = Open();
    EXPECT_EQ(Call(model, 1), 3);
    EXPECT_EQ(Call(model, 2), 5);
  }
  ASSERT_TRUE(Eventually([&] { return CallsLeft() == 3; })) << CallsLeft();
  app::Model model = Open();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(CodeOf(model), ek_code{EK_OK}) << i;
  EXPECT_EQ(CodeOf(model), ek_code{EK_OVER_BUDGET});
  EXPECT_EQ(CodeOf(model), ek_code{EK_OVER_BUDGET});
  EXPECT_EQ(CallsLeft(), 0);
  // The same licence once more is the same licence.
  const Outcome again = device_.Edgekeep({"install", sealed_, grant_, bounded_licence_});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  app::Model anew = Open();
  EXPECT_EQ(CodeOf(anew), ek_code{EK_OVER_BUDGET});
}

// However often the keep is killed, no more calls are answered than the licence allows.
TEST_F(BoundedCalls, KilledKeepsNeverGiveCallsBack) {
  constexpr int kBudget = 12;
  Install(1, "", {"--calls", std::to_string(kBudget)});
  int answered = 0;
  for (int round = 0; round < 3; ++round) {
    app::Model model = Open();
    for (int i = 0; i < 2; ++i) answered += CodeOf(model) == EK_OK ? 1 : 0;
    KillKeep();
  }
  EXPECT_EQ(answered, 6);
  app::Model model = Open();
  while (CodeOf(model) == EK_OK) ++answered;
  EXPECT_EQ(CodeOf(model), ek_code{EK_OVER_BUDGET});
  EXPECT_LE(answered, kBudget);
  EXPECT_GE(answered, kBudget - 6) << "a kill loses no more than the cells held";
}

TEST_F(BoundedCalls, RateHoldsOverSessions) {
  Install(1, "", {"--calls-per-minute", "3"});
  EXPECT_EQ(CallsLeft(), -1);
  int answered = 0;
  for (int session = 0; session < 3; ++session) {
    app::Model model = Open();
    for (int i = 0; i < 3; ++i) answered += CodeOf(model) == EK_OK ? 1 : 0;
    EXPECT_TRUE(session == 0 || CodeOf(model) == EK_OVER_RATE || answered > 3);
  }
  // Each third of a minute allows one more, should the machine be that slow.
  EXPECT_GE(answered, 3);
  EXPECT_LT(answered, 9);
}

TEST_F(BoundedCalls, RefusedCallsDoNotCount) {
  Install(1, "", {"--calls", "2"});
  app::Model model = Open();
  constexpr std::array<std::int64_t, 2> kWrong = {1, 1};
  const std::array values = {1.0F};
  const std::array inputs = {app::Input("x", values, kWrong)};
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(model.Run(inputs));
  EXPECT_EQ(CodeOf(model), ek_code{EK_OK});
  EXPECT_EQ(CodeOf(model), ek_code{EK_OK});
  EXPECT_EQ(CodeOf(model), ek_code{EK_OVER_BUDGET});
}

// Else a small ring would get every output but one, again and again, for nothing.
TEST_F(BoundedCalls, OutputsThatFindNoRoomCount) {
  Install(1, "", {"--calls", "2"});
  app::Model model = Open();
  constexpr std::array<std::int64_t, 1> kMost = {kRoomBytes / sizeof(float)};
  const std::array<float, kMost[0]> values{};
  const std::array inputs = {app::Input("x", values, kMost)};
  for (int i = 0; i < 2; ++i) {
    const auto outputs = model.Run(inputs);
    ASSERT_FALSE(outputs);
    EXPECT_EQ(outputs.error().code(), ek_code{EK_TOO_LARGE});
  }
  EXPECT_EQ(CodeOf(model), ek_code{EK_OVER_BUDGET});
}

TEST_F(BoundedCalls, GuardedScoresAreRounded) {
  Install(1, R"({"output_guard": {"decimals": 1}})", {});
  app::Model model = Open();
  EXPECT_EQ(Call(model, 0.33F), 1.7F);
  Install(2, "", {});
  app::Model unguarded = Open();
  EXPECT_EQ(Call(unguarded, 0.33F), 2 * 0.33F + 1) << "control";
}

}  // namespace
}  // namespace edgekeep::test
