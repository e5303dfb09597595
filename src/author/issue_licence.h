// Signing a licence to a device, whatever asked for it.
#pragma once
#include "device_request.h"
#include "edgekeep/author/licence.h"

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

// For the product's current epoch, and remembered as the device's last one, once it may have licences. Refuses a device
// whose KEM is not hybrid.
Outcome<LicenceReport> IssueTo(const Context& context, const Publisher& publisher, const SecretBytes& passphrase,
                               const VerifiedDevice& device, const std::string& path, const WantedLicence& wanted,
                               const std::string& output);

}  // namespace edgekeep::author
