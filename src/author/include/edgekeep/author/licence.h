// Licensing: the epoch key of a product to one device, and the terms (spec/licence.md).
#pragma once
#include <functional>
#include <string>

#include "edgekeep/author/publisher.h"
#include "edgekeep/formats/device_request.h"
#include "edgekeep/formats/licence.h"

namespace edgekeep::author {

// Whether a device, whose request was verified, may have a licence. Asked before anything is written.
using DeviceCheck = std::function<Done(const DeviceId&)>;

struct LicenceRequest {
  std::string device_request;  // d.ekd
  ProductName product;
  formats::LicenceTerms terms;
  std::string output;           // must not exist
  DeviceCheck is_allowed = {};  // nobody is asked where there is none
};

struct LicenceReport {
  formats::LicenceId id;
  DeviceId device;
  formats::AnchorKind anchor = formats::AnchorKind::kSoftware;
  Epoch epoch;
  bool product_is_new = false;  // nothing was granted or licensed for it before
  ProductName product;
  formats::LicenceTerms terms;
};

// The licensor's act, for the product's current epoch. Refuses a device request that its identity key did not sign, and
// a device whose KEM is not hybrid.
Outcome<LicenceReport> IssueLicence(const Context& context, const Publisher& publisher, const SecretBytes& passphrase,
                                    const LicenceRequest& request);

}  // namespace edgekeep::author
