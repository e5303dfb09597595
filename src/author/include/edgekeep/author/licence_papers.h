// Licences on their way back: requests to renew them, receipts of their return (spec/licence-report.md).
#pragma once
#include <string>

#include "edgekeep/author/licence.h"
#include "edgekeep/author/publisher.h"
#include "edgekeep/formats/licence_report.h"

namespace edgekeep::author {

struct RenewalRequest {
  std::string report;               // the device's request
  std::optional<UnixTime> expires;  // another end than the licence has
  std::string output;               // must not exist
  bool into_epoch = false;          // also a licence that a new epoch left behind
  DeviceCheck is_allowed = {};      // of the device that asks
};

// The same licence from now on, for the device that asked. Refuses what was returned, what another licence
// replaced, what a new epoch left behind, and a licence that would be over already.
Outcome<LicenceReport> RenewLicence(const Context& context, const Publisher& publisher, const SecretBytes& passphrase,
                                    const RenewalRequest& request);

struct ReturnedLicence {
  formats::LicenceId id;
  DeviceId device;
  ProductName product;
  bool transferable = false;
};

// Verifies a device's receipt and remembers it, in PUBLISHER/returned: the licence is renewed no more.
Outcome<ReturnedLicence> AcceptReturn(const Context& context, const Publisher& publisher, const std::string& receipt);

struct TransferRequest {
  std::string receipt;
  std::string device_request;   // of the device that gets the licence
  std::string output;           // must not exist
  bool into_epoch = false;      // also a licence that a new epoch left behind
  DeviceCheck is_allowed = {};  // of the device that gets it
};

// What was left of a returned licence, to one other device. Remembers which, in PUBLISHER/transferred, before it
// issues: doing it again makes the same licence, for that device alone. Refuses what RenewLicence refuses, but for
// what was returned.
Outcome<LicenceReport> TransferLicence(const Context& context, const Publisher& publisher,
                                       const SecretBytes& passphrase, const TransferRequest& request);

}  // namespace edgekeep::author
