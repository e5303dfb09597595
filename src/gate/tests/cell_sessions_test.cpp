#include "edgekeep/gate/cell_sessions.h"

#include "samples.h"
#include "strict.h"

namespace edgekeep::gate {
namespace {

TEST(CellSessions, OrderIsStrict) {
  ExpectStrict<SessionOrder>({.session = 4711}, DecodeSessionOrder, EncodeSessionOrder);
}

TEST(CellSessions, NumberZeroIsRefused) {
  const Buffer body = Encoded<SessionOrder>({.session = 0}, EncodeSessionOrder);
  EXPECT_EQ(DecodeSessionOrder(body).error().code(), ErrorCode::kMalformed);
}

}  // namespace
}  // namespace edgekeep::gate
