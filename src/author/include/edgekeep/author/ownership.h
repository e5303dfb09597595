// Whose a device is, by its own word: what an order to disown has to name (spec/orders.md §2).
#pragma once
#include <string>

#include "edgekeep/author/context.h"
#include "edgekeep/formats/ownership.h"

namespace edgekeep::author {

struct OwnedDevice {
  DeviceId device;
  formats::Ownership ownership;
};

// Of a device request (.ekd) that says it. Fails with kNotFound for one that does not, and as a request is refused.
Outcome<OwnedDevice> ReadOwnership(const Context& context, const std::string& path);

}  // namespace edgekeep::author
