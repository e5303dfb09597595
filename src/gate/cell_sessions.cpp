#include "edgekeep/gate/cell_sessions.h"

#include "fields.h"

namespace edgekeep::gate {
namespace {

Result<SessionOrder> DecodeSession(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  SessionOrder order;
  EK_TRY_ASSIGN(order.session, fields.Unsigned<std::uint64_t>(1));
  if (order.session == 0) return Error(ErrorCode::kMalformed, "number of a session");
  EK_TRY(fields.End());
  return order;
}

}  // namespace

Result<SessionOrder> DecodeSessionOrder(ByteView body) {
  return DecodeWhole(body, DecodeSession);
}

Status EncodeSessionOrder(const SessionOrder& order, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 1));
  return fields.Unsigned(1, order.session);
}

}  // namespace edgekeep::gate
