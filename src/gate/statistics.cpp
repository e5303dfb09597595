#include "edgekeep/gate/statistics.h"

#include <utility>

#include "crash_facts.h"
#include "fields.h"
#include "readings.h"

namespace edgekeep::gate {
namespace {

constexpr std::int64_t kReading = 6;
constexpr std::int64_t kCrashes = 4;

Result<CellFigures> DecodeCell(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  CellFigures cell;
  EK_TRY_ASSIGN(cell.product, fields.Product(1));
  EK_TRY_ASSIGN(cell.version, fields.VersionOf(2));
  EK_TRY_ASSIGN(const auto state, fields.Unsigned<std::uint8_t>(3));
  cell.state = static_cast<CellState>(state);
  if (cell.state < CellState::kStarting || cell.state > CellState::kUnresponsive) {
    return Error(ErrorCode::kMalformed, "state of a cell");
  }
  EK_TRY_ASSIGN(cell.seconds, fields.Unsigned<std::uint64_t>(4));
  EK_TRY_ASSIGN(cell.threads, fields.Unsigned<std::uint32_t>(5));
  EK_TRY_ASSIGN(const bool read, fields.Has(kReading));
  if (read) {
    EK_TRY_ASSIGN(cell.reading, DecodeCellReading(in));
  }
  EK_TRY(fields.End());
  return cell;
}

Status EncodeCell(const CellFigures& cell, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, cell.reading ? 6 : 5));
  EK_TRY(fields.Text(1, cell.product.view()));
  EK_TRY(fields.VersionOf(2, cell.version));
  EK_TRY(fields.Unsigned(3, std::to_underlying(cell.state)));
  EK_TRY(fields.Unsigned(4, cell.seconds));
  EK_TRY(fields.Unsigned(5, cell.threads));
  if (!cell.reading) return {};
  EK_TRY(fields.At(kReading));
  return EncodeCellReading(*cell.reading, out);
}

Result<SessionFigures> DecodeSessionFigures(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  SessionFigures session;
  EK_TRY_ASSIGN(session.cell, fields.Unsigned<std::uint8_t>(1));
  EK_TRY_ASSIGN(session.user, fields.Unsigned<std::uint32_t>(2));
  EK_TRY_ASSIGN(session.seconds, fields.Unsigned<std::uint64_t>(3));
  EK_TRY(fields.At(4));
  EK_TRY_ASSIGN(session.reading, DecodeSessionReading(in));
  EK_TRY(fields.End());
  return session;
}

Status EncodeSession(const SessionFigures& session, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 4));
  EK_TRY(fields.Unsigned(1, session.cell));
  EK_TRY(fields.Unsigned(2, session.user));
  EK_TRY(fields.Unsigned(3, session.seconds));
  EK_TRY(fields.At(4));
  return EncodeSessionReading(session.reading, out);
}

Result<ProductFigures> DecodeProduct(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  ProductFigures product;
  EK_TRY_ASSIGN(product.product, fields.Product(1));
  EK_TRY(fields.At(2));
  EK_TRY_ASSIGN(product.calls, DecodeCallCounts(in));
  EK_TRY(fields.At(3));
  EK_TRY(DecodeNumbers(in, product.latencies));
  EK_TRY_ASSIGN(const bool crashed, fields.Has(kCrashes));
  if (crashed) {
    EK_TRY_ASSIGN(product.crashes, DecodeCrashFacts(in));
  }
  EK_TRY(fields.End());
  return product;
}

Status EncodeProduct(const ProductFigures& product, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, product.crashes ? 4 : 3));
  EK_TRY(fields.Text(1, product.product.view()));
  EK_TRY(fields.At(2));
  EK_TRY(EncodeCallCounts(product.calls, out));
  EK_TRY(fields.At(3));
  EK_TRY(EncodeNumbers(product.latencies, out));
  if (!product.crashes) return {};
  EK_TRY(fields.At(kCrashes));
  return EncodeCrashFacts(*product.crashes, out);
}

Status CheckSessions(const StatisticsAnswer& answer) {
  for (const SessionFigures& session : answer.sessions) {
    if (session.cell >= answer.cells.size()) return Error(ErrorCode::kMalformed, "session of no cell");
  }
  return {};
}

Result<StatisticsAnswer> DecodeStatisticsFields(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  StatisticsAnswer answer;
  EK_TRY_ASSIGN(answer.seconds, fields.Unsigned<std::uint64_t>(1));
  EK_TRY(fields.At(2));
  EK_TRY(DecodeList(in, answer.cells, DecodeCell));
  EK_TRY(fields.At(3));
  EK_TRY(DecodeList(in, answer.sessions, DecodeSessionFigures));
  EK_TRY(fields.At(4));
  EK_TRY(DecodeList(in, answer.products, DecodeProduct));
  EK_TRY(fields.End());
  EK_TRY(CheckSessions(answer));
  return answer;
}

}  // namespace

Result<StatisticsAnswer> DecodeStatisticsAnswer(ByteView body) {
  return DecodeWhole(body, DecodeStatisticsFields);
}

Status EncodeStatisticsAnswer(const StatisticsAnswer& answer, CborWriter& out) {
  EK_TRY(CheckSessions(answer));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 4));
  EK_TRY(fields.Unsigned(1, answer.seconds));
  EK_TRY(fields.At(2));
  EK_TRY(EncodeList(answer.cells, out, EncodeCell));
  EK_TRY(fields.At(3));
  EK_TRY(EncodeList(answer.sessions, out, EncodeSession));
  EK_TRY(fields.At(4));
  return EncodeList(answer.products, out, EncodeProduct);
}

}  // namespace edgekeep::gate
