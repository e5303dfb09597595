// What a device says of a licence that it has (spec/licence-report.md): a request to renew it, or the receipt of its
// return. Which of the two, the signed object's type says.
#pragma once
#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/formats/device_request.h"
#include "edgekeep/formats/licence.h"
#include "edgekeep/formats/signed_object.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxLicenceReportSize = kMaxLicenceSize + kMaxDeviceRequestSize + 1024;
// It has one signature, of the device's identity key.
inline constexpr std::size_t kMaxSignedLicenceReportSize = MaxSignedObjectSize(kMaxLicenceReportSize, 1);

struct LicenceReport {
  ByteView licence;                   // a signed object, as the licensor made it
  ByteView device_request;            // a signed object, as the device made it
  std::uint64_t counted_seconds = 0;  // of leases, under the licence's id
  std::uint64_t calls_reserved = 0;   // of a budget
  UnixTime made_at;                   // by the device's time
};

Result<LicenceReport> DecodeLicenceReport(ByteView payload);
Status EncodeLicenceReport(const LicenceReport& report, CborWriter& out);

}  // namespace edgekeep::formats
