#include "edgekeep/gate/ledger.h"

#include "samples.h"
#include "strict.h"

namespace edgekeep::gate {
namespace {

TEST(Ledger, CallDrawIsStrict) {
  ExpectStrict<CallDraw>({.used = 1ULL << 40, .given_back = 7, .last = true}, DecodeCallDraw, EncodeCallDraw);
}

TEST(Ledger, DrawnCallsAreStrict) {
  ExpectStrict<DrawnCalls>({.calls = 300}, DecodeDrawnCalls, EncodeDrawnCalls);
  ExpectStrict<DrawnCalls>({.refusal = ErrorCode::kOverRate, .retry_seconds = 60}, DecodeDrawnCalls, EncodeDrawnCalls);
}

TEST(Ledger, ReceiptsToSignAreStrict) {
  ExpectStrict<ReceiptsToSign>({.first = 1000, .count = 256, .root = IdOf<Digest>(7)}, DecodeReceiptsToSign,
                               EncodeReceiptsToSign);
}

TEST(Ledger, StopOrderIsStrict) {
  ExpectStrict<StopOrder>({.code = ErrorCode::kExpired}, DecodeStopOrder, EncodeStopOrder);
  EXPECT_EQ(DecodeStopOrder(Buffer{0xA1, 1, 0}).error().code(), ErrorCode::kMalformed);
}

TEST(Ledger, CallsAreDrawnOrRefused) {
  Buffer buffer(64);
  CborWriter out(buffer);
  EXPECT_FALSE(EncodeDrawnCalls({}, out));
  EXPECT_FALSE(EncodeDrawnCalls({.calls = 1, .refusal = ErrorCode::kOverBudget}, out));
  EXPECT_FALSE(EncodeDrawnCalls({.calls = 1, .retry_seconds = 1}, out));
  // {1: 0, 3: 0}, {1: 1, 2: 29, 3: 0}, {1: 1, 3: 1}, and an error number that is none.
  for (const Buffer& body : {Buffer{0xA2, 1, 0, 3, 0}, Buffer{0xA3, 1, 1, 2, 0x18, 29, 3, 0}, Buffer{0xA2, 1, 1, 3, 1},
                             Buffer{0xA3, 1, 0, 2, 0x18, 28, 3, 0}}) {
    EXPECT_EQ(DecodeDrawnCalls(body).error().code(), ErrorCode::kMalformed);
  }
  EXPECT_TRUE(DecodeDrawnCalls(Buffer{0xA3, 1, 0, 2, 0x18, 29, 3, 0}));
}

}  // namespace
}  // namespace edgekeep::gate
