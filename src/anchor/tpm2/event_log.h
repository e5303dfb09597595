// The log of what was measured in this boot, as it lies on the disk: what the PCR says decides whether it counts
// (spec/keep-state.md §4).
#pragma once
#include "edgekeep/crypto/provider.h"
#include "edgekeep/ports/attestor.h"
#include "edgekeep/ports/store.h"

namespace edgekeep::anchor {

// A missing, damaged or unreadable one is empty.
ports::EventLog LoadEventLog(ports::Store& store);
Status StoreEventLog(ports::Store& store, const ports::EventLog& log);

// Makes the log that of this boot: empty where nothing was measured yet, without its last event where a cut kept that
// from being extended. A log that leads elsewhere stays as it is: verifiers see that somebody else has measured.
Status BringUpToDate(const crypto::Provider& provider, const Digest& pcr, ports::EventLog& log);

bool IsLastOfItsKind(const ports::EventLog& log, ByteView event);
// Whether the last event says that there was more.
bool IsFull(const ports::EventLog& log);
// The last place takes no event but that one: a log never hides that something is not in it. What was appended, which
// is what has to be extended.
Result<Digest> AppendEventOrMore(const crypto::Provider& provider, ports::EventLog& log, ByteView event);
Status AppendEvent(ports::EventLog& log, ByteView event);

}  // namespace edgekeep::anchor
