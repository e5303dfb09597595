#include "edgekeep/gate/failure.h"

#include "strict.h"

namespace edgekeep::gate {
namespace {

TEST(Failure, IsStrict) {
  ExpectStrict<Failure>(FailureOf(Error(ErrorCode::kExpired, "licence")), DecodeFailure, EncodeFailure);
  ExpectStrict<Failure>(FailureOf(Error(ErrorCode::kDenied)), DecodeFailure, EncodeFailure);
}

TEST(Failure, OfADenialSaysNothingElse) {
  EXPECT_TRUE(FailureOf(Error(ErrorCode::kDenied, "tag of segment 3")).where.empty());
  EXPECT_EQ(FailureOf(Error(ErrorCode::kExpired, "licence")).where.view(), "licence");
}

TEST(Failure, WithAReasonBesideADenialIsRefused) {
  const Failure failure{.code = ErrorCode::kDenied, .where = InlineString<96>::Truncated("tag")};
  Buffer buffer(64);
  CborWriter writer(buffer);
  EXPECT_FALSE(EncodeFailure(failure, writer));
  const Buffer forged = {0xa2, 0x01, 0x01, 0x02, 0x63, 't', 'a', 'g'};
  EXPECT_EQ(DecodeFailure(forged).error().code(), ErrorCode::kMalformed);
}

TEST(Failure, OfACellKeepsItsReasonForTheKeep) {
  const Failure failure = FailureInsideOf(Error(ErrorCode::kDenied, "tag of segment 3"));
  EXPECT_EQ(failure.where.view(), "tag of segment 3");
  ExpectStrict<Failure>(failure, DecodeFailureInside, EncodeFailureInside);
}

TEST(Failure, WithAnUnknownNumberIsRefused) {
  for (const std::uint8_t number : {std::uint8_t{0}, std::uint8_t{0x18}}) {
    const Buffer forged = {0xa2, 0x01, number, 0x02, 0x60};
    EXPECT_EQ(DecodeFailure(forged).error().code(), ErrorCode::kMalformed);
  }
  const Buffer behind_the_last = {0xa2, 0x01, 0x18, 28, 0x02, 0x60};
  EXPECT_EQ(DecodeFailure(behind_the_last).error().code(), ErrorCode::kMalformed);
  const Buffer last = {0xa2, 0x01, 0x18, 27, 0x02, 0x60};
  EXPECT_EQ(DecodeFailure(last)->code, ErrorCode::kInternal);
}

TEST(Failure, WithATerminalSequenceIsRefused) {
  const Buffer forged = {0xa2, 0x01, 0x03, 0x02, 0x63, 0x1b, '[', 'J'};
  EXPECT_EQ(DecodeFailure(forged).error().code(), ErrorCode::kMalformed);
}

}  // namespace
}  // namespace edgekeep::gate
