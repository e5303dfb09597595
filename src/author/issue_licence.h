// Signing a licence to a device, whatever asked for it.
#pragma once
#include "device_request.h"
#include "edgekeep/author/licence.h"
#include "licensor_keys.h"

namespace edgekeep::author {

// What a licence is to say; epoch, suite and keys are filled in.
struct WantedLicence {
  formats::LicenceId id;
  ProductName product;
  UnixTime issued_at;
  formats::LicenceTerms terms;
  std::optional<Epoch> only_in;  // epoch of the licence that it renews: refused where another one has begun
};

// Before anything is written for a device, whatever it is to get: that it was not retired, that its chip is in no
// quarantine, and that `is_allowed`, where there is one, allows it. `path` is where its request came from.
Done CheckMayHaveLicences(const Context& context, const Publisher& publisher, const VerifiedDevice& device,
                          const std::string& path, const DeviceCheck& is_allowed);

// What becomes of a licence that was signed, before the device's last one is remembered: written to a file, as a rule.
using LicenceSink = std::function<Done(ByteView)>;

// A sink that makes a new public file.
LicenceSink IntoNewFile(const std::string& output);

// For the product's current epoch, and remembered as the device's last one, once it may have licences. Refuses a device
// whose KEM is not hybrid.
Outcome<LicenceReport> IssueTo(const Context& context, const Publisher& publisher, LicensorKeys& keys,
                               const VerifiedDevice& device, const std::string& path, const WantedLicence& wanted,
                               const LicenceSink& sink);

// Fails with kForbidden for the epoch of a licence that was left behind, which revokes it: none of them comes back by
// asking.
Done CheckEpochIsCurrent(const EpochKeys& epochs, Epoch epoch, const std::string& path);

}  // namespace edgekeep::author
