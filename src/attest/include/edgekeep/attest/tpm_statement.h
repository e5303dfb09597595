// What a TPM signed: TPMS_ATTEST (TPM 2.0 part 2, §10.12), of the kinds that evidence has.
#pragma once
#include "edgekeep/formats/enrolment.h"

namespace edgekeep::attest {

enum class StatementKind : std::uint16_t { kCounter = 0x8014, kCertifiedKey = 0x8017, kQuote = 0x8018 };

struct TpmStatement {
  StatementKind kind = StatementKind::kQuote;
  ByteView qualifying_data;
  formats::ChipClock clock;
  std::uint64_t firmware = 0;
  std::uint32_t selected = 0;  // of a quote: PCRs of the SHA-256 bank, a bit each
  ByteView digest;             // of a quote: over their values, one after the other
  ByteView name;               // of a key, or of the counter's index
  std::uint64_t counter = 0;
};

// Fails with kMalformed for bytes that no TPM made, with kUnsupported for another kind of statement or a selection of
// other banks. Views borrow from `attest`.
Result<TpmStatement> DecodeTpmStatement(ByteView attest);

}  // namespace edgekeep::attest
