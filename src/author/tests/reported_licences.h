// Licences that are on their way back, as reports of the device that has them.
#pragma once
#include "edgekeep/formats/licence_report.h"
#include "licence_fixture.h"

namespace edgekeep::author {

struct CountsSaid {
  std::uint64_t counted_seconds = 0;
  std::uint64_t calls_reserved = 0;
};

class ReportedLicences : public Licences {
 protected:
  void SetUp() override {
    Licences::SetUp();
    request_.terms.lease = formats::Lease{.seconds = 100, .start_charge_seconds = 1};
    request_.terms.call_budget = 1000;
    request_.terms.transferable = true;
  }

  // What the device that was licensed says, signed by `signer`: by rights that device.
  std::string Report(std::string_view type, const CountsSaid& said, const sealing::SigningKey& signer) {
    return Report(type, said, signer, ReadAll(request_.output));
  }

  std::string Report(std::string_view type, const CountsSaid& said, const sealing::SigningKey& signer,
                     const Buffer& licence) {
    const Buffer device_request = device_.Request(device_);
    Buffer buffer(formats::kMaxLicenceReportSize);
    CborWriter payload(buffer);
    EXPECT_TRUE(formats::EncodeLicenceReport({.licence = licence,
                                              .device_request = device_request,
                                              .counted_seconds = said.counted_seconds,
                                              .calls_reserved = said.calls_reserved,
                                              .made_at = kNow},
                                             payload));
    const sealing::SigningKey* const keys[] = {&signer};
    const Bytes bytes = sealing::SignObject(TestContext().provider, type, payload.written(), keys).value();
    const std::string path = directory_ / ("report" + std::to_string(num_reports_++));
    WriteAll(path, {bytes.view().begin(), bytes.view().end()});
    return path;
  }

  std::string Renewal(const CountsSaid& said = {}) { return Report(formats::typ::kLicenceRenewal, said, device_); }

  std::string Receipt(const CountsSaid& said = {}) { return Report(formats::typ::kLicenceReturn, said, device_); }

  int num_reports_ = 0;
};

}  // namespace edgekeep::author
