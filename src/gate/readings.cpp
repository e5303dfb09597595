#include "readings.h"

#include <algorithm>

#include "fields.h"

namespace edgekeep::gate {
namespace {

// In the order of their keys, from 1 on.
constexpr std::uint64_t CallCounts::* kCounts[] = {&CallCounts::answered, &CallCounts::refused, &CallCounts::failed,
                                                   &CallCounts::given_up, &CallCounts::microseconds};

// From 3 on.
constexpr std::uint64_t CellReading::* kBytes[] = {&CellReading::model_bytes, &CellReading::tensor_bytes,
                                                   &CellReading::ring_bytes, &CellReading::peak_bytes};
constexpr std::int64_t kFirstBytes = 3;

}  // namespace

LatencyOctaves OctavesOf(const Latencies& latencies) noexcept {
  LatencyOctaves octaves{};
  for (std::size_t i = 0; i < latencies.size(); ++i) {
    // The power of two that is no less than the bucket's end.
    const auto octave = static_cast<std::size_t>(std::bit_width(LatencyBucketEnd(i) - 1));
    octaves[std::min(octave, kLatencyOctaves - 1)] += latencies[i];
  }
  return octaves;
}

Result<CallCounts> DecodeCallCounts(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  CallCounts counts;
  std::int64_t key = 0;
  for (const auto count : kCounts) {
    EK_TRY_ASSIGN(counts.*count, fields.Unsigned<std::uint64_t>(++key));
  }
  EK_TRY(fields.End());
  return counts;
}

Status EncodeCallCounts(const CallCounts& counts, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, std::size(kCounts)));
  std::int64_t key = 0;
  for (const auto count : kCounts) EK_TRY(fields.Unsigned(++key, counts.*count));
  return {};
}

Result<CellReading> DecodeCellReading(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  CellReading reading;
  EK_TRY(fields.At(1));
  EK_TRY_ASSIGN(reading.calls, DecodeCallCounts(in));
  EK_TRY(fields.At(2));
  EK_TRY(DecodeNumbers(in, reading.latencies));
  std::int64_t key = kFirstBytes;
  for (const auto bytes : kBytes) {
    EK_TRY_ASSIGN(reading.*bytes, fields.Unsigned<std::uint64_t>(key++));
  }
  EK_TRY(fields.End());
  return reading;
}

Status EncodeCellReading(const CellReading& reading, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2 + std::size(kBytes)));
  EK_TRY(fields.At(1));
  EK_TRY(EncodeCallCounts(reading.calls, out));
  EK_TRY(fields.At(2));
  EK_TRY(EncodeNumbers(reading.latencies, out));
  std::int64_t key = kFirstBytes;
  for (const auto bytes : kBytes) EK_TRY(fields.Unsigned(key++, reading.*bytes));
  return {};
}

Result<SessionReading> DecodeSessionReading(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  SessionReading reading;
  EK_TRY_ASSIGN(reading.number, fields.Unsigned<std::uint64_t>(1));
  if (reading.number == 0) return Error(ErrorCode::kMalformed, "number of a session");
  EK_TRY(fields.At(2));
  EK_TRY_ASSIGN(reading.calls, DecodeCallCounts(in));
  EK_TRY_ASSIGN(reading.waiting, fields.Unsigned<std::uint32_t>(3));
  EK_TRY_ASSIGN(reading.capacity, fields.Unsigned<std::uint32_t>(4));
  EK_TRY(fields.End());
  return reading;
}

Status EncodeSessionReading(const SessionReading& reading, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 4));
  EK_TRY(fields.Unsigned(1, reading.number));
  EK_TRY(fields.At(2));
  EK_TRY(EncodeCallCounts(reading.calls, out));
  EK_TRY(fields.Unsigned(3, reading.waiting));
  return fields.Unsigned(4, reading.capacity);
}

namespace {

Result<CellStatistics> DecodeStatistics(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  CellStatistics statistics;
  EK_TRY(fields.At(1));
  EK_TRY_ASSIGN(statistics.cell, DecodeCellReading(in));
  EK_TRY(fields.At(2));
  EK_TRY(DecodeList(in, statistics.sessions, DecodeSessionReading));
  EK_TRY(fields.End());
  return statistics;
}

}  // namespace

Result<CellStatistics> DecodeCellStatistics(ByteView body) {
  return DecodeWhole(body, DecodeStatistics);
}

Status EncodeCellStatistics(const CellStatistics& statistics, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2));
  EK_TRY(fields.At(1));
  EK_TRY(EncodeCellReading(statistics.cell, out));
  EK_TRY(fields.At(2));
  return EncodeList(statistics.sessions, out, EncodeSessionReading);
}

}  // namespace edgekeep::gate
