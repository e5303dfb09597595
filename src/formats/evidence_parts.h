// What evidence, enrolments and appraisal policies have in common.
#pragma once
#include "edgekeep/formats/evidence.h"
#include "fields.h"

namespace edgekeep::formats {

Status CheckEvent(const MeasuredEvent& event);
Result<MeasuredEvent> ReadEvent(CborReader& in);
Status WriteEvent(const MeasuredEvent& event, CborWriter& out);

Status CheckPolicyClaims(std::span<const PolicyClaim> policies);
Result<InlineVector<PolicyClaim, kMaxPolicyClaims>> ReadPolicyClaims(CborReader& in);
Status WritePolicyClaims(std::span<const PolicyClaim> policies, CborWriter& out);

// [manufacturer, firmware].
Result<ChipClass> ReadChip(CborReader& in);
Status WriteChip(const ChipClass& chip, CborWriter& out);

// Of numbers that take fewer than 64 bits.
template <std::unsigned_integral T>
Result<T> ReadNumber(CborReader& in) {
  EK_TRY_ASSIGN(const std::uint64_t value, in.ReadUnsigned());
  if (value > std::numeric_limits<T>::max()) return Malformed("number out of range");
  return static_cast<T>(value);
}

template <typename Id>
Result<Id> ReadId(CborReader& in) {
  EK_TRY_ASSIGN(const ByteView bytes, in.ReadByteString());
  return Id::From(bytes);
}

}  // namespace edgekeep::formats
