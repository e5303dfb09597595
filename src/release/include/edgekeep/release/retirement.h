// Retired identities, as whoever audits or appraises devices believes them (spec/orders.md §7).
#pragma once
#include <memory>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/order.h"

namespace edgekeep::release {

// What a device itself signed, and nobody else can: that it obeyed this order to retire. Who gave the order is for
// VerifyOrder to say. Only VerifyRetirement makes one; it borrows from the bytes given.
class VerifiedRetirement {
 public:
  const DeviceId& device() const noexcept { return device_; }

  UnixTime retired_at() const noexcept { return retired_at_; }

  // The signed object, and what it says.
  ByteView order_object() const noexcept { return order_object_; }

  const formats::Order& order() const noexcept { return order_; }

  // Signed by the same device for this very order; empty where there is none.
  ByteView evidence() const noexcept { return evidence_; }

 private:
  friend Result<VerifiedRetirement> VerifyRetirement(const crypto::Provider&, ByteView);

  VerifiedRetirement() = default;

  DeviceId device_;
  UnixTime retired_at_;
  ByteView order_object_;
  formats::Order order_;
  ByteView evidence_;
};

// Fails with kBadSignature or kUntrusted where the identity in it did not sign it, kWrongDevice where its order or its
// evidence is another device's, kUnsupported where the order is none to retire, or as the decoders do.
Result<VerifiedRetirement> VerifyRetirement(const crypto::Provider& provider, ByteView certificate);

}  // namespace edgekeep::release
