#include "licence_renewal.h"

#include <algorithm>

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/read_file.h"
#include "issued_licences.h"
#include "stopped_licences.h"

namespace edgekeep::author {
namespace {

Done CheckNotReturned(const Publisher& publisher, const formats::LicenceId& id, const std::string& place) {
  const std::string path = ReturnedPath(publisher, id);
  const Result<Bytes> receipt = files::ReadFile(path, formats::kMaxSignedLicenceReportSize);
  if (!receipt && receipt.error().code() == ErrorCode::kNotFound) return {};
  if (!receipt) return Describe(receipt.error(), path);
  return Failure{ErrorCode::kForbidden, "this licence was given back", place,
                 "issue a new one: edgekeep licence issue"};
}

}  // namespace

std::string ReturnedPath(const Publisher& publisher, const formats::LicenceId& id) {
  return publisher.directory() + "/returned/" + std::string(ToHex(id.view()).view());
}

Done CheckNotOver(const formats::LicenceTerms& terms, UnixTime now, const std::string& path) {
  const bool over = terms.expires && (*terms.expires <= now || *terms.expires <= terms.not_before);
  if (!over) return {};
  return Failure{ErrorCode::kExpired, "the licence's term is over", path, "name another end: --days or --expires"};
}

Outcome<Renewal> CheckRenewal(const Context& context, const Publisher& publisher, VerifiedReport asked,
                              const std::string& place, const DeviceCheck& is_allowed) {
  EK_TRY(CheckMayHaveLicences(context, publisher, asked.device, place, is_allowed));
  EK_TRY(CheckNotReturned(publisher, asked.licence.id, place));
  EK_TRY(CheckNotStopped(publisher, asked.licence, place));
  EK_TRY_ASSIGN(std::optional<RenewedLicence> last, LastRenewed(context, publisher, asked.licence.id));
  EK_TRY(CheckNotReplaced(publisher, asked.licence, place));
  return Renewal{.asked = std::move(asked), .last = std::move(last), .place = place};
}

Outcome<KeyId> KemOf(const Context& context, const Renewal& renewal) {
  const formats::PublicKey& kem = renewal.asked.device.request.kem;
  return At(renewal.place,
            crypto::KeyIdOf(context.provider, static_cast<crypto::AlgorithmId>(kem.algorithm), kem.bytes));
}

Outcome<LicenceReport> IssueRenewal(const Context& context, const Publisher& publisher, LicensorKeys& keys,
                                    const Renewal& renewal, const RenewalTerms& wanted, const RenewalSink& sink) {
  const formats::Licence& base = renewal.base();
  WantedLicence licence{.id = base.id,
                        .product = base.product,
                        .issued_at = std::max(context.now, UnixTime{base.issued_at.value + 1}),
                        .terms = base.terms,
                        .only_in = wanted.into_epoch ? std::nullopt : std::optional(base.epoch)};
  if (wanted.expires) licence.terms.expires = wanted.expires;
  if (licence.terms.lease) licence.terms.lease->counted_seconds = renewal.asked.report.counted_seconds;
  EK_TRY(CheckNotOver(licence.terms, context.now, renewal.place));
  EK_TRY_ASSIGN(const KeyId kem, KemOf(context, renewal));
  return IssueTo(context, publisher, keys, renewal.asked.device, renewal.place, licence, [&](ByteView bytes) -> Done {
    EK_TRY(sink.prepare(bytes));
    EK_TRY(RememberRenewed(publisher, base.id, kem, bytes));
    return sink.give();
  });
}

}  // namespace edgekeep::author
