#include "renewal_service.h"

#include <sys/prctl.h>

#include <algorithm>

#include "demanded_lists.h"
#include "edgekeep/formats/licence_report.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

constexpr std::uint64_t kBusySeconds = 5;

http::Answer Text(unsigned status, const std::string& text) {
  return {.status = status,
          .content_type = "text/plain; charset=utf-8",
          .body = text + "\n",
          .cache_control = "no-store",
          .allow = {}};
}

unsigned StatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformed:
    case ErrorCode::kUnsupported:
      return 400;
    case ErrorCode::kBadSignature:
    case ErrorCode::kUntrusted:
    case ErrorCode::kWrongDevice:
    case ErrorCode::kWrongProduct:
    case ErrorCode::kForbidden:
    case ErrorCode::kExpired:
      return 403;
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kNotYetValid:
    case ErrorCode::kOverRate:
      return 429;
    case ErrorCode::kBusy:
      return 503;
    default:
      return 500;
  }
}

// Once it is known whose request it is, what is malformed, forged or missing is the licensor's own.
unsigned StatusFor(const author::RenewalAnswer& answer) {
  const ErrorCode code = answer.licence.error().code;
  const unsigned status = StatusOf(code);
  const bool is_about_bytes = status == 400 || status == 413 || code == ErrorCode::kBadSignature;
  return answer.subject && is_about_bytes ? 500 : status;
}

// Of failures that are about the request: the words are this program's own, and name no file.
std::string WordsFor(unsigned status, const author::Failure& failure) {
  if (status == 500) return "internal: the licensor cannot renew licences now";
  return NameOf(failure.code) + std::string(status == 403 || status == 429 ? ": " + failure.what : "");
}

// Of a request that a device signed.
std::string WhatCameOf(const author::RenewalAnswer& answer) {
  if (answer.licence) return answer.is_repeated ? "answered again" : "renewed";
  const author::Failure& failure = answer.licence.error();
  const std::string why = NameOf(failure.code) + (": " + failure.what);
  return StatusFor(answer) == 500 ? "FAILED, " + why + ": " + failure.where : "refused, " + why;
}

}  // namespace

author::DeviceCheck ListedAmong(const Session& session, std::string identities) {
  return [&session, identities = std::move(identities)](const DeviceId& device) -> author::Done {
    EK_TRY_ASSIGN(const bool is_demanded, DemandsIdentities(session.directory));
    if (!is_demanded) return {};
    ListedArguments shown;
    if (!identities.empty()) shown.identity = identities + "/" + Hex(device.view()) + ".eki";
    const author::Done listed = CheckFactory(session, shown, device);
    if (listed || listed.error().code != ErrorCode::kNotFound) return listed;
    return author::Failure{ErrorCode::kForbidden, "nobody showed this device's identity", listed.error().where,
                           "put it there, and its order's list: edgekeep publisher demand-identities"};
  };
}

bool RenewalLog::IsNews(const Said& what, UnixTime now) {
  const auto is_past = [now](UnixTime since) { return now < since || now.value - since.value >= kAgainSeconds; };
  const auto before = said_.find(what);
  if (before != said_.end() && !is_past(before->second)) return false;
  // Now and then: whoever fills it makes no request cost that.
  const bool is_swept = swept_ <= now && now.value - swept_.value < kSweepSeconds;
  if (said_.size() >= kMost && !is_swept) {
    std::erase_if(said_, [&](const auto& each) { return is_past(each.second); });
    swept_ = now;
  }
  if (said_.size() >= kMost) return false;
  said_.insert_or_assign(what, now);
  return true;
}

void RenewalLog::Forget(const formats::LicenceId& id) {
  const auto first = said_.lower_bound({id, ""});
  said_.erase(first, std::find_if(first, said_.end(), [&](const auto& each) { return each.first.first != id; }));
}

std::optional<std::string> RenewalLog::LineFor(const author::RenewalAnswer& answer, UnixTime now) {
  if (!answer.subject) return {};
  const author::RenewalSubject& subject = *answer.subject;
  const std::string outcome = WhatCameOf(answer);
  const bool is_new = answer.licence && !answer.is_repeated;
  if (is_new) Forget(subject.id);
  if (!is_new && !IsNews({subject.id, outcome}, now)) return {};
  return std::string(subject.product.view()) + " device " + Hex(subject.device.view()) + " licence " +
         Hex(subject.id.view()) + ": " + outcome;
}

author::Outcome<std::unique_ptr<RenewalService>> RenewalService::Open(const Session& session, std::string identities) {
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return author::Describe(Error(ErrorCode::kIo, "no core dumps"), "this process");
  EK_TRY_ASSIGN(const bool is_demanded, DemandsIdentities(session.directory));
  if (is_demanded && identities.empty())
    return author::Failure{ErrorCode::kForbidden, "devices are taken by their factory's list alone", session.directory,
                           "name the directory with the identities of those that are renewed: --identities"};
  EK_TRY_ASSIGN(author::Publisher publisher, session.OpenPublisher());
  EK_TRY_ASSIGN(SecretBytes passphrase, session.Passphrase());
  std::unique_ptr<RenewalService> service(new RenewalService(session, std::move(publisher), std::move(passphrase)));
  EK_TRY_ASSIGN(service->desk_, author::RenewalDesk::Open(session.context, service->publisher_, service->passphrase_,
                                                          ListedAmong(session, std::move(identities))));
  return service;
}

http::Answer RenewalService::Take(const std::string& body) {
  author::Context context = session_.context;
  context.now = Now();
  const author::RenewalAnswer answer = desk_->Renew(context, AsBytes(body));
  if (const auto line = log_.LineFor(answer, context.now)) session_.report.Note(*line);
  if (answer.licence) {
    return {.status = 200,
            .content_type = "application/octet-stream",
            .body = std::string(AsText(answer.licence->view())),
            .cache_control = "no-store",
            .allow = {}};
  }
  const author::Failure& failure = answer.licence.error();
  const unsigned status = StatusFor(answer);
  http::Answer refusal = Text(status, WordsFor(status, failure));
  refusal.retry_after = failure.code == ErrorCode::kBusy ? kBusySeconds : answer.wait_seconds;
  return refusal;
}

http::Answer RenewalService::Answer(const http::Request& request) {
  if (request.path != kRenewalPath) return Text(404, "not-found: nothing else is here");
  if (request.method == "POST") return Take(request.body);
  http::Answer refusal = Text(405, "unsupported: POST a request to renew a licence");
  refusal.allow = "POST";
  return refusal;
}

}  // namespace edgekeep::cli::publisher
