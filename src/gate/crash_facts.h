// CrashFacts within other messages.
#pragma once
#include "edgekeep/base/cbor_reader.h"
#include "edgekeep/gate/admin.h"

namespace edgekeep::gate {

Result<CrashFacts> DecodeCrashFacts(CborReader& in);
Status EncodeCrashFacts(const CrashFacts& facts, CborWriter& out);

}  // namespace edgekeep::gate
