// Licences: verified while nothing secret was touched, then opened with the device's key (spec/licence.md §3, §4).
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/core/device.h"
#include "edgekeep/core/state_root.h"
#include "edgekeep/core/trust.h"
#include "edgekeep/formats/licence.h"
#include "edgekeep/sealing/keys.h"

namespace edgekeep::core {

// What a licence is wanted for.
struct LicenceUse {
  ProductName product;
  Sequence sequence;
  UnixTime now;
  formats::Isolation level = formats::Isolation::kProcess;  // ProtectionLevel of what would be opened
};

// A licence that covers one use on this device. Only VerifyLicence makes one; it owns its bytes.
class VerifiedLicence {
 public:
  const formats::Licence& licence() const noexcept { return licence_; }

 private:
  friend Result<VerifiedLicence> VerifyLicence(const Device&, const TrustedPublisher&, const LicenceUse&, ByteView);

  VerifiedLicence(Bytes bytes, const formats::Licence& licence) noexcept
      : bytes_(std::move(bytes)), licence_(licence) {}

  Bytes bytes_;
  formats::Licence licence_;  // borrows from bytes_
};

// Touches no secret key, so every refusal names itself: kUntrusted, kBadSignature, kWrongDevice, kWrongProduct,
// kNotYetValid, kExpired, kWrongVersion, kForbidden (isolation floor over use.level), kUnsupported (a suite that is not
// for this device's KEM key).
Result<VerifiedLicence> VerifyLicence(const Device& device, const TrustedPublisher& trust, const LicenceUse& use,
                                      ByteView bytes);

// What a licence of this device's for `product` is, by the licensor's signature, whether its terms hold or not.
struct LicenceOrigin {
  formats::LicenceId id;
  UnixTime issued_at;
  bool has_budget = false;
  bool has_lease = false;
  bool transferable = false;
};

// Fails as VerifyLicence does for everything but the terms.
Result<LicenceOrigin> OriginOf(const Device& device, const TrustedPublisher& trust, const ProductName& product,
                               ByteView bytes);

// Which product a licence is for, as it says itself: nothing is verified.
Result<ProductName> ProductNamedBy(ByteView bytes);

// Fails with kExpired for a licence that was given back: that one's id, or issued no later.
Status CheckNotReturned(const std::optional<ProductBar>& bar, const formats::LicenceId& id, UnixTime issued_at);

// May it take the place of what the product had? Fails as CheckNotReturned does, and with kWrongVersion for one that
// was issued before: it may be wider than the one that took its place.
Status CheckAgainstBar(const std::optional<ProductBar>& bar, const formats::Licence& licence);

// A licence whose epoch key this device has unwrapped. Only OpenLicence makes one.
class OpenedLicence {
 public:
  Epoch epoch() const noexcept { return epoch_; }

  // K_epoch for any epoch up to the licence's own. Fails with kDenied.
  Result<sealing::EpochKey> KeyOf(const crypto::Provider& provider, Epoch epoch) const;

 private:
  friend Result<OpenedLicence> OpenLicence(const Device&, const VerifiedLicence&);

  OpenedLicence(Epoch epoch, sealing::EpochKey key) noexcept : epoch_(epoch), key_(std::move(key)) {}

  Epoch epoch_;
  sealing::EpochKey key_;
};

// Fails with kDenied, whatever the reason.
Result<OpenedLicence> OpenLicence(const Device& device, const VerifiedLicence& licence);

}  // namespace edgekeep::core
