// What a licence costs at an open: its check, and how often the anchor is asked. In memory: anchor and disk take no
// time.
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/signed_object.h"
#include "fixture/test_device.h"
#include "measurement.h"

namespace edgekeep::bench {
namespace {

constexpr int kRounds = 101;
constexpr int kOpens = 20;

template <typename T>
void OrEnd(const T& result, const char* what) {
  if (result) return;
  std::fprintf(stderr, "licence_bench: %s\n", what);
  std::exit(1);
}

void LeaseIt(formats::Licence& licence) {
  licence.terms.lease = formats::Lease{.seconds = 2592000, .grace_seconds = 604800, .start_charge_seconds = 4200};
}

// Signatures of both classes, device, product, term, versions, isolation; beside the signatures alone.
void MeasureCheck() {
  // Not the fixture's own provider: it remembers what it verified, so that nothing would be left to measure.
  const std::unique_ptr<crypto::Provider> provider = crypto::NewOpenSslProvider().value();
  fixture::DeviceFixture fixture;
  const Bytes secret = core::MakeDeviceSecret(*provider, fixture.anchor).value();
  const core::Device device = core::Device::Open(*provider, fixture.anchor, secret.view()).value();
  const fixture::Buffer licence = fixture.publisher.Licence(device, LeaseIt);
  const formats::TrustBundle& bundle = fixture.trust.bundle();
  const Pair pair = MeasureInTurns(
      kRounds,
      [&] { return Time([&] { OrEnd(core::VerifyLicence(device, fixture.trust, fixture.use, licence), "licence"); }); },
      [&] {
        return Time([&] {
          OrEnd(sealing::VerifyObject(*provider, formats::typ::kLicence, licence, bundle.licensors.view(),
                                      bundle.required_classes.view()),
                "signatures");
        });
      });
  const double milliseconds = Median(pair.ours) * 1000;
  Print({.name = "licence check at open",
         .value = milliseconds,
         .unit = "ms",
         .baseline = "its signatures alone: " + Describe(pair.baseline),
         .target = "< 1 ms",
         .met = milliseconds < 1,
         .spread = SpreadOf(pair.ours, 1000)});
  Print(RatioOf("licence check at open ÷ its signatures", "both signatures alone", pair));
}

void CountAnchorOperations() {
  const fixture::TestPublisher publisher;
  fixture::TestDevice device;
  const fixture::Package package = publisher.Seal({3}, fixture::Pattern(5000, 7));
  if (!device.Start()) std::exit(1);
  OrEnd(device.Initialise(publisher.Bundle()), "initialise");
  OrEnd(device.Install(package, publisher.Grant(package, {4}), device.Licence(publisher, LeaseIt)), "install");
  OrEnd(device.Open(), "open");
  device.CloseAll();
  const int keys = device.anchor->num_kem_uses();
  const int clocks = device.anchor->num_clock_reads();
  const std::uint64_t counter = device.counter.value;
  for (int i = 0; i < kOpens; ++i) {
    OrEnd(device.Open(), "open");
    device.CloseAll();
  }
  const int keys_used = device.anchor->num_kem_uses() - keys;
  const int clocks_read = device.anchor->num_clock_reads() - clocks;
  const auto raised = static_cast<int>(device.counter.value - counter);
  Print({.name = "anchor operations per open, under a lease",
         .value = static_cast<double>(keys_used + clocks_read + raised) / kOpens,
         .unit = "operations",
         .baseline = std::to_string(kOpens) + " opens: " + std::to_string(keys_used) + " of the key, " +
                     std::to_string(clocks_read) + " of the clock, " + std::to_string(raised) + " of the counter",
         .target = "1",
         .met = keys_used + clocks_read + raised == kOpens});
}

}  // namespace
}  // namespace edgekeep::bench

int main() {
  edgekeep::bench::MeasureCheck();
  edgekeep::bench::CountAnchorOperations();
  return 0;
}
