// RenewalDesk: renews leases for whoever brings a device's request, with nobody at the keyboard (spec/renewal.md).
#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <optional>

#include "edgekeep/author/licence.h"
#include "edgekeep/author/publisher.h"

namespace edgekeep::author {

// How often each licence is signed anew, whatever its device says that it has counted.
class RenewalRates {
 public:
  static constexpr std::uint64_t kAtOnce = 8;
  static constexpr std::uint64_t kSecondsEach = 600;

  // Seconds until there is a place; 0 where there is one, which is taken.
  std::uint64_t Take(const formats::LicenceId& id, UnixTime now);

 private:
  struct Bucket {
    std::uint64_t used = 0;
    UnixTime since;  // the earliest of them
  };

  std::map<formats::LicenceId, Bucket> buckets_;
};

// Whose request it is, once that is verified.
struct RenewalSubject {
  formats::LicenceId id;
  DeviceId device;
  ProductName product;
};

struct RenewalAnswer {
  Outcome<Bytes> licence;
  std::optional<RenewalSubject> subject;
  bool is_repeated = false;        // what was signed before
  std::uint64_t wait_seconds = 0;  // of what is not due yet, or asked for too often
};

// What a person decides at `licence renew`, decided alike for all: a licence with a lease is renewed with the terms
// that it was given last, from a quarter of its lease on, by the device's own count. Whoever asks again before has the
// same licence once more, or has it already (kNotYetValid). Keys and passphrase stay in memory as long as this lives.
class RenewalDesk {
 public:
  // Asks for no key later than here but for those of products. Borrows publisher and passphrase.
  static Outcome<std::unique_ptr<RenewalDesk>> Open(const Context& context, const Publisher& publisher,
                                                    const SecretBytes& passphrase, DeviceCheck is_allowed);
  ~RenewalDesk();

  // `context` has the time that it is. What is answered is durable: asked again after a cut there is the same answer.
  // Fails as RenewLicence does, with kForbidden for a licence without a lease, kNotYetValid before its time, kOverRate,
  // kBusy where somebody else is licensing.
  RenewalAnswer Renew(const Context& context, ByteView request);

 private:
  struct Parts;

  explicit RenewalDesk(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace edgekeep::author
