#include "edgekeep/cell/call_allowance.h"

#include <gtest/gtest.h>

namespace edgekeep::cell {
namespace {

using gate::CallDraw;
using gate::DrawnCalls;

TEST(CallAllowance, UnboundedNeverDraws) {
  CallAllowance calls;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(calls.Use());
  EXPECT_FALSE(calls.WantsToDraw(0));
}

TEST(CallAllowance, DrawsBeforeItRunsOut) {
  CallAllowance calls;
  calls.Bind();
  EXPECT_EQ(calls.Use().error().code(), ErrorCode::kBusy);
  ASSERT_TRUE(calls.WantsToDraw(0));
  EXPECT_FALSE(calls.WantsToDraw(0));  // once
  calls.TakeDrawn({.calls = 10}, 0);
  int used = 0;
  std::optional<CallDraw> draw;
  while (!(draw = calls.WantsToDraw(0))) {
    ASSERT_TRUE(calls.Use());
    ++used;
  }
  EXPECT_EQ(used, 5);
  EXPECT_EQ(draw->used, 5U);
  EXPECT_EQ(draw->given_back, 0U);
  // The other half needs no answer.
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(calls.Use());
  EXPECT_TRUE(calls.awaits_answer());
  EXPECT_EQ(calls.Use().error().code(), ErrorCode::kBusy);
}

TEST(CallAllowance, SaysWhyThereIsNone) {
  CallAllowance calls;
  calls.Bind();
  ASSERT_TRUE(calls.WantsToDraw(1000));
  calls.TakeDrawn({.refusal = ErrorCode::kOverRate, .retry_seconds = 2}, 1000);
  EXPECT_EQ(calls.Use().error().code(), ErrorCode::kOverRate);
  EXPECT_FALSE(calls.WantsToDraw(2999));
  ASSERT_TRUE(calls.WantsToDraw(3000));
  calls.TakeDrawn({.refusal = ErrorCode::kOverBudget}, 3000);
  EXPECT_EQ(calls.Use().error().code(), ErrorCode::kOverBudget);
  EXPECT_FALSE(calls.WantsToDraw(UINT64_MAX));  // it stays so
}

TEST(CallAllowance, UsesWhatItHasBesideARefusal) {
  CallAllowance calls;
  calls.Bind();
  ASSERT_TRUE(calls.WantsToDraw(0));
  calls.TakeDrawn({.calls = 2}, 0);
  ASSERT_TRUE(calls.Use());
  ASSERT_TRUE(calls.WantsToDraw(0));
  calls.TakeDrawn({.refusal = ErrorCode::kOverBudget}, 0);
  EXPECT_TRUE(calls.Use());
  EXPECT_EQ(calls.Use().error().code(), ErrorCode::kOverBudget);
}

TEST(CallAllowance, GivesBackWhatItHeldWhenItIsBoundAnew) {
  CallAllowance calls;
  calls.Bind();
  ASSERT_TRUE(calls.WantsToDraw(0));
  calls.TakeDrawn({.calls = 10}, 0);
  ASSERT_TRUE(calls.Use());
  calls.Bind();
  EXPECT_FALSE(calls.Use());
  const auto draw = calls.WantsToDraw(0);
  ASSERT_TRUE(draw);
  EXPECT_EQ(draw->used, 1U);
  EXPECT_EQ(draw->given_back, 9U);
}

TEST(CallAllowance, GivesBackWhatWasOnItsWayWhenItIsBoundAnew) {
  CallAllowance calls;
  calls.Bind();
  ASSERT_TRUE(calls.WantsToDraw(0));
  calls.Bind();
  calls.TakeDrawn({.calls = 2048}, 0);
  EXPECT_FALSE(calls.Use());
  const auto draw = calls.WantsToDraw(0);
  ASSERT_TRUE(draw);
  EXPECT_EQ(draw->used, 0U);
  EXPECT_EQ(draw->given_back, 2048U);
  calls.TakeDrawn({.calls = 1}, 0);
  EXPECT_TRUE(calls.Use());
  EXPECT_FALSE(calls.Use());
}

TEST(CallAllowance, CallsThatWereNotAnsweredDoNotCount) {
  CallAllowance calls;
  calls.Bind();
  ASSERT_TRUE(calls.WantsToDraw(0));
  calls.TakeDrawn({.calls = 1}, 0);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(calls.Use());
    calls.Unuse();
  }
  EXPECT_TRUE(calls.Use());
  EXPECT_FALSE(calls.Use());
}

TEST(CallAllowance, AsksAgainAfterAWhileWhereNobodyAnswers) {
  CallAllowance calls;
  calls.Bind();
  ASSERT_TRUE(calls.WantsToDraw(0));
  calls.NoteNoAnswer(0);
  EXPECT_FALSE(calls.WantsToDraw(999));
  EXPECT_TRUE(calls.WantsToDraw(1000));
}

TEST(CallAllowance, SaysAtTheEndWhatWasUsedAndWhatWasNot) {
  CallAllowance calls;
  calls.Bind();
  ASSERT_TRUE(calls.WantsToDraw(0));
  calls.TakeDrawn({.calls = 10}, 0);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(calls.Use());
  const CallDraw last = calls.LastDraw();
  EXPECT_EQ(last.used, 3U);
  EXPECT_EQ(last.given_back, 7U);
  EXPECT_TRUE(last.last);
  EXPECT_FALSE(calls.Use());
}

}  // namespace
}  // namespace edgekeep::cell
