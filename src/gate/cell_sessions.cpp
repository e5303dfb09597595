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

// In the order of their keys, from 1 on.
constexpr std::uint64_t CellStatistics::* kCounts[] = {
    &CellStatistics::sessions, &CellStatistics::answered,    &CellStatistics::refused,     &CellStatistics::failed,
    &CellStatistics::given_up, &CellStatistics::model_bytes, &CellStatistics::tensor_bytes};
constexpr std::int64_t kLatencyKey = std::size(kCounts) + 1;

Result<CellStatistics> DecodeStatistics(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  CellStatistics statistics;
  std::int64_t key = 0;
  for (const auto count : kCounts) {
    EK_TRY_ASSIGN(statistics.*count, fields.Unsigned<std::uint64_t>(++key));
  }
  EK_TRY(fields.At(kLatencyKey));
  EK_TRY(in.ExpectArray(kLatencyBuckets));
  for (std::uint64_t& bucket : statistics.latency) {
    EK_TRY_ASSIGN(bucket, in.ReadUnsigned());
  }
  EK_TRY(fields.End());
  return statistics;
}

}  // namespace

Result<SessionOrder> DecodeSessionOrder(ByteView body) {
  return DecodeWhole(body, DecodeSession);
}

Status EncodeSessionOrder(const SessionOrder& order, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 1));
  return fields.Unsigned(1, order.session);
}

Result<CellStatistics> DecodeCellStatistics(ByteView body) {
  return DecodeWhole(body, DecodeStatistics);
}

Status EncodeCellStatistics(const CellStatistics& statistics, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, kLatencyKey));
  std::int64_t key = 0;
  for (const auto count : kCounts) EK_TRY(fields.Unsigned(++key, statistics.*count));
  EK_TRY(fields.At(kLatencyKey));
  EK_TRY(out.Array(kLatencyBuckets));
  for (const std::uint64_t bucket : statistics.latency) EK_TRY(out.Unsigned(bucket));
  return {};
}

}  // namespace edgekeep::gate
