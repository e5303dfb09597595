// Chips with a flaw, by the trust policy that counts (spec/trust-policy.md §5). All of it requires the state's mutex.
#pragma once
#include "edgekeep/formats/trust_policy.h"
#include "state.h"

namespace edgekeep::keep {

// The class of this device's chip, where it is quarantined; null where it is not, where the device demands no releases,
// and where its anchor is no chip. A policy whose time has come counts from here on, and where the disk takes
// nothing its quarantine does all the same, beside the other's. Fails as the chip does. Borrows from the policy.
Result<const formats::QuarantinedClass*> QuarantineOf(KeepState& state);

// The device request, with the class of a tpm2 anchor's chip, and since when its key is what it is; whose the device is
// only where that is given. Fails as the chip does, and the disk where it has to say which key counts.
Result<Bytes> MakeDeviceRequest(KeepState& state, const std::optional<formats::Ownership>& ownership = {});

// Fails with kForbidden where licences are not renewed here any more.
Status CheckNotQuarantined(KeepState& state);

// Fails with kForbidden where they would not be after a rekey either that was ordered then: no licence would come in
// the place of those that it ends, and a key that flawed firmware makes would count once the firmware is mended.
Status CheckRekeyIsOfUse(KeepState& state, UnixTime ordered_at);

}  // namespace edgekeep::keep
