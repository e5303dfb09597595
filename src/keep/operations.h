// The operations policy that a device under releases is under (spec/operations-policy.md §4).
#pragma once
#include "edgekeep/formats/operations_policy.h"
#include "edgekeep/gate/release.h"
#include "state.h"

namespace edgekeep::keep {

// One that was taken, byte for byte as it was released.
struct TakenOperations {
  Bytes bytes;
  formats::OperationsPolicy policy;
};

// Null where none was ever taken. Fails with kDenied where it was damaged, put back from an older disk or taken away,
// and as the store does: nothing is opened then. Requires the state's mutex.
Result<const TakenOperations*> OperationsInForce(KeepState& state);

// What is demanded of an open.
struct OpenDemands {
  formats::OperationsDemands of_product;
  std::optional<std::uint32_t> sessions;  // on the device
};

// Fails as OperationsInForce. Requires the state's mutex.
Result<OpenDemands> DemandsOnOpening(KeepState& state, const ProductName& product);

// kAdopt of an operations policy: a file of the newest release, or of the one that was proven beside it; or the very
// bytes that were taken last, whatever is released now, which mends what cannot be read. Requires the state's mutex.
Result<gate::AdoptAnswer> AdoptOperations(KeepState& state, ByteView bytes);

}  // namespace edgekeep::keep
