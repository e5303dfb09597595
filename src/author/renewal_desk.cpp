#include "edgekeep/author/renewal_desk.h"

#include <algorithm>

#include "edgekeep/base/hex.h"
#include "licence_renewal.h"
#include "licensor_lock.h"

namespace edgekeep::author {
namespace {

// Others who ask wait meanwhile.
constexpr std::chrono::seconds kDeskPatience{1};
// Of a lease, that has to be used up before it is renewed.
constexpr std::uint64_t kEarliestPart = 4;
constexpr std::size_t kMostBuckets = 65536;

std::string PlaceOf(const RenewalSubject& subject) {
  return std::string(subject.product.view()) + " of device " + std::string(ToHex(subject.device.view()).view());
}

// Seconds of the device's count until `base` may be renewed.
std::uint64_t SecondsUntilDue(const formats::Lease& base, std::uint64_t counted) {
  const std::uint64_t used = counted - std::min(counted, base.counted_seconds);
  const std::uint64_t earliest = std::max<std::uint64_t>(1, base.seconds / kEarliestPart);
  return earliest - std::min(earliest, used);
}

Failure NotDue(const std::string& place) {
  return {ErrorCode::kNotYetValid, "this lease is not due for renewal yet", place,
          "it is from a quarter of it on, by the device's count"};
}

// A licence without one is renewed by a person, who says until when.
Outcome<formats::Lease> LeaseOf(const Renewal& renewal) {
  if (renewal.base().terms.lease) return *renewal.base().terms.lease;
  return Failure{ErrorCode::kForbidden, "this licence has no lease", renewal.place,
                 "another end of its term is a person's to say: edgekeep licence renew --days"};
}

}  // namespace

std::uint64_t RenewalRates::Take(const formats::LicenceId& id, UnixTime now) {
  if (buckets_.size() >= kMostBuckets) buckets_.clear();  // bounded memory is worth more than every bound of before
  Bucket& bucket = buckets_.try_emplace(id, Bucket{.since = now}).first->second;
  bucket.since = std::min(bucket.since, now);  // a clock that was turned back: nobody waits for it to get there again
  const std::uint64_t passed = now.value - bucket.since.value;
  const std::uint64_t freed = std::min(bucket.used, passed / kSecondsEach);
  bucket.used -= freed;
  bucket.since = bucket.used == 0 ? now : UnixTime{bucket.since.value + freed * kSecondsEach};
  if (bucket.used == kAtOnce) return kSecondsEach - std::min(kSecondsEach, passed - freed * kSecondsEach);
  ++bucket.used;
  return 0;
}

struct RenewalDesk::Parts {
  const Publisher& publisher;
  DeviceCheck is_allowed;
  KeptKeys keys;
  RenewalRates rates;

  // The key in the request is another one than the last licence was wrapped to, or may be.
  Outcome<bool> WantsAnotherKey(const Context& context, const Renewal& renewal) const {
    if (!renewal.last) return renewal.asked.device.request.rekeyed_at.has_value();
    EK_TRY_ASSIGN(const KeyId kem, KemOf(context, renewal));
    return !(kem == renewal.last->kem);
  }

  // Its answer was lost, as far as anybody can tell.
  Outcome<Bytes> Repeat(const Context& context, const Renewal& renewal, RenewalAnswer& answer) {
    const formats::Licence& last = renewal.last->licence;
    EK_TRY(CheckNotOver(last.terms, context.now, renewal.place));
    EK_TRY_ASSIGN(const EpochKeys* const epochs, keys.EpochsOf(context, last.product));
    EK_TRY(CheckEpochIsCurrent(*epochs, last.epoch, renewal.place));
    EK_TRY(SyncRenewed(publisher));
    answer.is_repeated = true;
    return At(renewal.place, Bytes::Copy(renewal.last->bytes));
  }

  Outcome<Bytes> Sign(const Context& context, const Renewal& renewal, RenewalAnswer& answer) {
    answer.wait_seconds = rates.Take(renewal.base().id, context.now);
    if (answer.wait_seconds != 0)
      return Failure{ErrorCode::kOverRate, "this licence was renewed too often", renewal.place,
                     "a device that asks so often uses its lease up by power-ups, or lies"};
    Bytes made;
    const auto keep = [&](ByteView licence) -> Done {
      EK_TRY_ASSIGN(made, At(renewal.place, Bytes::Copy(licence)));
      return {};
    };
    EK_TRY(IssueRenewal(context, publisher, keys, renewal, {}, {.prepare = keep, .give = [] { return Done(); }}));
    return made;
  }

  Outcome<Bytes> Answer(const Context& context, const Renewal& renewal, RenewalAnswer& answer) {
    EK_TRY_ASSIGN(const formats::Lease lease, LeaseOf(renewal));
    EK_TRY_ASSIGN(const bool wants_another_key, WantsAnotherKey(context, renewal));
    const std::uint64_t early = SecondsUntilDue(lease, renewal.asked.report.counted_seconds);
    if (early == 0 || wants_another_key) return Sign(context, renewal, answer);
    if (!renewal.device_has_last()) return Repeat(context, renewal, answer);
    answer.wait_seconds = early;
    return NotDue(renewal.place);
  }

  Outcome<Bytes> Take(const Context& context, ByteView request, RenewalAnswer& answer) {
    EK_TRY_ASSIGN(Bytes bytes, At("request", Bytes::Copy(request)));
    EK_TRY_ASSIGN(VerifiedReport asked,
                  VerifyReport(context, publisher, formats::typ::kLicenceRenewal, std::move(bytes), "request"));
    answer.subject = RenewalSubject{asked.licence.id, asked.device.id, asked.licence.product};
    EK_TRY_ASSIGN(const FileLock lock, LockLicences(context, publisher, kDeskPatience));
    EK_TRY_ASSIGN(const Renewal renewal,
                  CheckRenewal(context, publisher, std::move(asked), PlaceOf(*answer.subject), is_allowed));
    return Answer(context, renewal, answer);
  }
};

RenewalDesk::RenewalDesk(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

RenewalDesk::~RenewalDesk() = default;

Outcome<std::unique_ptr<RenewalDesk>> RenewalDesk::Open(const Context& context, const Publisher& publisher,
                                                        const SecretBytes& passphrase, DeviceCheck is_allowed) {
  EK_TRY_ASSIGN(KeptKeys keys, KeptKeys::Open(context, publisher, passphrase));
  return std::unique_ptr<RenewalDesk>(new RenewalDesk(std::unique_ptr<Parts>(
      new Parts{.publisher = publisher, .is_allowed = std::move(is_allowed), .keys = std::move(keys), .rates = {}})));
}

RenewalAnswer RenewalDesk::Renew(const Context& context, ByteView request) {
  RenewalAnswer answer{.licence = Bytes(), .subject = {}};
  answer.licence = parts_->Take(context, request, answer);
  return answer;
}

}  // namespace edgekeep::author
