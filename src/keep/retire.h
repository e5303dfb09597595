// Retirement (spec/orders.md §7): begun when its order is bound to the state root, and finished from there on, whatever
// is cut.
#pragma once
#include "state.h"

namespace edgekeep::keep {

// An order that was verified, for this device, becomes the one thing that this device still does. When it fails, the
// device is as it was, or retires at its next start. Requires the state's mutex.
Status BeginRetirement(KeepState& state, ByteView order);

// Whether one was begun: what is left of its order, empty where that was taken away. Fails as the store does, where the
// disk does not answer now.
Result<std::optional<Bytes>> BegunRetirement(KeepState& state);

// Ends what is open, signs the certificate, has the anchor forget, erases the store. Returns the certificate. What
// fails is tried again by the next start. Waits for cells.
Result<Bytes> FinishRetirement(KeepState& state, ByteView order);

// Of a device whose anchor is retired: whatever the disk shows besides is erased. The certificate, or nothing where it
// is gone.
Bytes TidyRetired(const World& world);

// What a retired device says to an order: its certificate, where this is the order that it obeyed. kForbidden.
Result<Bytes> AnswerRetired(ByteView certificate, ByteView order);

}  // namespace edgekeep::keep
