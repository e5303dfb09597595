#include "crash_facts.h"

#include <utility>

#include "fields.h"

namespace edgekeep::gate {

Result<CrashFacts> DecodeCrashFacts(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  CrashFacts facts;
  EK_TRY_ASSIGN(facts.count, fields.Unsigned<std::uint32_t>(1));
  EK_TRY_ASSIGN(facts.last.value, fields.Unsigned<std::uint64_t>(2));
  EK_TRY_ASSIGN(facts.signal, fields.Unsigned<std::uint8_t>(3));
  EK_TRY_ASSIGN(const auto memory, fields.Unsigned<std::uint8_t>(4));
  EK_TRY_ASSIGN(facts.wait_seconds, fields.Unsigned<std::uint32_t>(5));
  EK_TRY(fields.End());
  if (facts.count == 0) return Error(ErrorCode::kMalformed, "facts of no crash");
  facts.memory = static_cast<CrashMemory>(memory);
  if (facts.memory < CrashMemory::kWiped || facts.memory > CrashMemory::kUnknown) {
    return Error(ErrorCode::kMalformed, "memory of a cell that crashed");
  }
  return facts;
}

Status EncodeCrashFacts(const CrashFacts& facts, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 5));
  EK_TRY(fields.Unsigned(1, facts.count));
  EK_TRY(fields.Unsigned(2, facts.last.value));
  EK_TRY(fields.Unsigned(3, facts.signal));
  EK_TRY(fields.Unsigned(4, std::to_underlying(facts.memory)));
  return fields.Unsigned(5, facts.wait_seconds);
}

}  // namespace edgekeep::gate
