// A licence report that its device signed, about a licence that this publisher signed for that device.
#pragma once
#include "device_request.h"
#include "edgekeep/author/publisher.h"
#include "edgekeep/formats/licence_report.h"

namespace edgekeep::author {

// Views borrow from `bytes`.
struct VerifiedReport {
  Bytes bytes;
  formats::LicenceReport report;
  VerifiedDevice device;
  formats::Licence licence;
};

// `type`: formats::typ::kLicenceRenewal or kLicenceReturn; `place`: where the bytes are from.
Outcome<VerifiedReport> VerifyReport(const Context& context, const Publisher& publisher, std::string_view type,
                                     Bytes bytes, const std::string& place);

// The same of a file.
Outcome<VerifiedReport> ReadReport(const Context& context, const Publisher& publisher, std::string_view type,
                                   const std::string& path);

}  // namespace edgekeep::author
