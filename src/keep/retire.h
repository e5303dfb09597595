// Retirement (spec/orders.md §7): begun when its order is bound to the state root, and finished from there on, whatever
// is cut.
#pragma once
#include "state.h"

namespace edgekeep::keep {

// An order that was verified, for this device, becomes the one thing that this device still does. When it fails, the
// device is as it was; or nobody can say, nothing else is done, and the next start goes on or is as before. Requires
// the state's mutex.
Status BeginRetirement(KeepState& state, ByteView order);

// Whether one was begun: what is left of its order, empty where that was taken away. Fails as the store does, where the
// disk does not answer now.
Result<std::optional<Bytes>> BegunRetirement(KeepState& state);

// Ends what is open, has the anchor forget, and only then signs the certificate and erases the store. Returns the
// certificate. What fails is tried again by the next start. Waits for cells.
Result<Bytes> FinishRetirement(KeepState& state, ByteView order);

// Of a device whose anchor is retired: a certificate that is missing is made of what was written for it, and whatever
// the disk shows besides is erased. The certificate, or nothing where it is gone.
Bytes TidyRetired(const World& world);

// For who has added a cell: one that was started while a retirement began ends at once. kForbidden then.
Status EndCellsIfRetiring(KeepState& state);

// What a retired device says to an order: its certificate, where this is the order that it obeyed. kForbidden.
Result<Bytes> AnswerRetired(ByteView certificate, ByteView order);

}  // namespace edgekeep::keep
