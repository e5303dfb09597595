#include "edgekeep/gate/ledger.h"

#include <utility>

#include "error_code.h"
#include "fields.h"

namespace edgekeep::gate {
namespace {

Result<CallDraw> DecodeDraw(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  CallDraw draw;
  EK_TRY_ASSIGN(draw.used, fields.Unsigned<std::uint64_t>(1));
  EK_TRY_ASSIGN(draw.given_back, fields.Unsigned<std::uint64_t>(2));
  EK_TRY_ASSIGN(draw.last, fields.Flag(3));
  EK_TRY(fields.End());
  return draw;
}

Status Check(const DrawnCalls& drawn) {
  const bool refused = drawn.refusal.has_value();
  if (refused == (drawn.calls > 0)) return Error(ErrorCode::kMalformed, "calls, or why there are none");
  if (!refused && drawn.retry_seconds != 0) return Error(ErrorCode::kMalformed, "a wait beside calls");
  return {};
}

Result<DrawnCalls> DecodeDrawn(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  DrawnCalls drawn;
  EK_TRY_ASSIGN(drawn.calls, fields.Unsigned<std::uint64_t>(1));
  EK_TRY_ASSIGN(const bool refused, fields.Has(2));
  if (refused) {
    EK_TRY_ASSIGN(const std::uint64_t number, in.ReadUnsigned());
    EK_TRY_ASSIGN(drawn.refusal, ErrorCodeOf(number));
  }
  EK_TRY_ASSIGN(drawn.retry_seconds, fields.Unsigned<std::uint32_t>(3));
  EK_TRY(fields.End());
  EK_TRY(Check(drawn));
  return drawn;
}

Result<ReceiptsToSign> DecodeToSign(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  ReceiptsToSign receipts;
  EK_TRY_ASSIGN(receipts.first, fields.Unsigned<std::uint64_t>(1));
  EK_TRY_ASSIGN(receipts.count, fields.Unsigned<std::uint64_t>(2));
  EK_TRY_ASSIGN(receipts.root, fields.IdOf<Digest>(3));
  EK_TRY(fields.End());
  return receipts;
}

Result<StopOrder> DecodeStop(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY_ASSIGN(const std::uint64_t number, fields.Unsigned<std::uint64_t>(1));
  EK_TRY(fields.End());
  EK_TRY_ASSIGN(const ErrorCode code, ErrorCodeOf(number));
  return StopOrder{code};
}

}  // namespace

Result<CallDraw> DecodeCallDraw(ByteView body) {
  return DecodeWhole(body, DecodeDraw);
}

Status EncodeCallDraw(const CallDraw& draw, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 3));
  EK_TRY(fields.Unsigned(1, draw.used));
  EK_TRY(fields.Unsigned(2, draw.given_back));
  return fields.Flag(3, draw.last);
}

Result<DrawnCalls> DecodeDrawnCalls(ByteView body) {
  return DecodeWhole(body, DecodeDrawn);
}

Status EncodeDrawnCalls(const DrawnCalls& drawn, CborWriter& out) {
  EK_TRY(Check(drawn));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, drawn.refusal ? 3 : 2));
  EK_TRY(fields.Unsigned(1, drawn.calls));
  if (drawn.refusal) EK_TRY(fields.Unsigned(2, std::to_underlying(*drawn.refusal)));
  return fields.Unsigned(3, drawn.retry_seconds);
}

Result<ReceiptsToSign> DecodeReceiptsToSign(ByteView body) {
  return DecodeWhole(body, DecodeToSign);
}

Status EncodeReceiptsToSign(const ReceiptsToSign& receipts, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 3));
  EK_TRY(fields.Unsigned(1, receipts.first));
  EK_TRY(fields.Unsigned(2, receipts.count));
  return fields.ByteString(3, receipts.root.view());
}

Result<StopOrder> DecodeStopOrder(ByteView body) {
  return DecodeWhole(body, DecodeStop);
}

Status EncodeStopOrder(const StopOrder& order, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 1));
  return fields.Unsigned(1, std::to_underlying(order.code));
}

}  // namespace edgekeep::gate
