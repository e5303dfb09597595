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

// Done where there is no check.
Done CheckAllowed(const DeviceCheck& is_allowed, const DeviceId& device);

// For the product's current epoch, and remembered as the device's last one. Refuses a device whose KEM is not hybrid;
// `path` is where its request came from.
Outcome<LicenceReport> IssueTo(const Context& context, const Publisher& publisher, const SecretBytes& passphrase,
                               const VerifiedDevice& device, const std::string& path, const WantedLicence& wanted,
                               const std::string& output);

}  // namespace edgekeep::author
