// What a serving cell asks of the keep over its ledger socket (spec/gate.md §10): calls to use, signatures on receipts.
#pragma once
#include <cstdint>
#include <optional>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/error.h"
#include "edgekeep/base/ids.h"

namespace edgekeep::gate {

// kDrawCalls: how the cell stands, and that it wants more.
struct CallDraw {
  std::uint64_t used = 0;        // since the last draw
  std::uint64_t given_back = 0;  // of those it held; it does not use them
  bool last = false;             // it wants no more, and no answer
};

// Calls, or why there are none: kOverBudget, kOverRate, or what keeps the keep from counting.
struct DrawnCalls {
  std::uint64_t calls = 0;
  std::optional<ErrorCode> refusal;  // present when `calls` is 0
  std::uint32_t retry_seconds = 0;   // before which asking again is in vain; 0: it stays so
};

// kSignReceipts: a batch of calls for the device to sign (spec/receipt.md §4). The answer is the signed object as one
// byte string (DecodeBlob).
struct ReceiptsToSign {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  Digest root;

  bool operator==(const ReceiptsToSign&) const = default;
};

// kStopServing, from the keep over the cell's control socket: calls that are not begun yet are answered with `code`.
struct StopOrder {
  ErrorCode code = ErrorCode::kExpired;
};

Result<CallDraw> DecodeCallDraw(ByteView body);
Status EncodeCallDraw(const CallDraw& draw, CborWriter& out);
Result<DrawnCalls> DecodeDrawnCalls(ByteView body);
Status EncodeDrawnCalls(const DrawnCalls& drawn, CborWriter& out);
Result<ReceiptsToSign> DecodeReceiptsToSign(ByteView body);
Status EncodeReceiptsToSign(const ReceiptsToSign& receipts, CborWriter& out);
Result<StopOrder> DecodeStopOrder(ByteView body);
Status EncodeStopOrder(const StopOrder& order, CborWriter& out);

}  // namespace edgekeep::gate
