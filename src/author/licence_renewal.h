// Renewing a licence, whichever way its device asked.
#pragma once
#include "edgekeep/author/licence_papers.h"
#include "issue_licence.h"
#include "licence_report.h"
#include "renewed_licences.h"

namespace edgekeep::author {

// A request to which nothing is to be objected.
struct Renewal {
  VerifiedReport asked;
  std::optional<RenewedLicence> last;  // under its id
  std::string place;                   // where the request is from

  // Whose terms are renewed: the device may have an earlier licence of that id than it was given last.
  const formats::Licence& base() const { return device_has_last() ? asked.licence : last->licence; }

  // The device has what it was given last.
  bool device_has_last() const { return !last || last->licence.issued_at <= asked.licence.issued_at; }
};

// Refuses with kForbidden who may have no licences, and a licence that was returned, stopped or replaced.
Outcome<Renewal> CheckRenewal(const Context& context, const Publisher& publisher, VerifiedReport asked,
                              const std::string& place, const DeviceCheck& is_allowed);

struct RenewalTerms {
  std::optional<UnixTime> expires;  // another end than the licence has
  bool into_epoch = false;
};

// The key of the device that a licence is wrapped to.
Outcome<KeyId> KemOf(const Context& context, const Renewal& renewal);

// Where it goes, in two steps: what nobody can be given is not remembered, for another way would give it to them.
struct RenewalSink {
  LicenceSink prepare;
  std::function<Done()> give;
};

// Remembered as the last of its id before `sink` gives it away. Fails with kExpired where it would be over already.
Outcome<LicenceReport> IssueRenewal(const Context& context, const Publisher& publisher, LicensorKeys& keys,
                                    const Renewal& renewal, const RenewalTerms& wanted, const RenewalSink& sink);

// `terms` as they would be from now on.
Done CheckNotOver(const formats::LicenceTerms& terms, UnixTime now, const std::string& path);

// Where a receipt for it is remembered.
std::string ReturnedPath(const Publisher& publisher, const formats::LicenceId& id);

}  // namespace edgekeep::author
