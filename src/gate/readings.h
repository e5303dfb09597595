// What cells count, within other messages.
#pragma once
#include "edgekeep/base/cbor_reader.h"
#include "edgekeep/gate/statistics.h"

namespace edgekeep::gate {

Result<CallCounts> DecodeCallCounts(CborReader& in);
Status EncodeCallCounts(const CallCounts& counts, CborWriter& out);
Result<CellReading> DecodeCellReading(CborReader& in);
Status EncodeCellReading(const CellReading& reading, CborWriter& out);
Result<SessionReading> DecodeSessionReading(CborReader& in);
Status EncodeSessionReading(const SessionReading& reading, CborWriter& out);

template <std::size_t N>
Status DecodeNumbers(CborReader& in, std::array<std::uint64_t, N>& numbers) {
  EK_TRY(in.ExpectArray(N));
  for (std::uint64_t& number : numbers) {
    EK_TRY_ASSIGN(number, in.ReadUnsigned());
  }
  return {};
}

template <std::size_t N>
Status EncodeNumbers(const std::array<std::uint64_t, N>& numbers, CborWriter& out) {
  EK_TRY(out.Array(N));
  for (const std::uint64_t number : numbers) EK_TRY(out.Unsigned(number));
  return {};
}

// At most as many as the list has room for.
template <typename T, std::size_t N>
Status DecodeList(CborReader& in, InlineVector<T, N>& list, Result<T> (*decode)(CborReader&)) {
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const T item, decode(in));
    EK_TRY(list.PushBack(item));
  }
  return {};
}

template <typename T, std::size_t N>
Status EncodeList(const InlineVector<T, N>& list, CborWriter& out, Status (*encode)(const T&, CborWriter&)) {
  EK_TRY(out.Array(list.size()));
  for (const T& item : list) EK_TRY(encode(item, out));
  return {};
}

}  // namespace edgekeep::gate
