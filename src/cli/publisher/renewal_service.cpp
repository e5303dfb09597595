#include "renewal_service.h"

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

// Of failures that are about the request: the words are this program's own, and name no file.
std::string WordsFor(const author::Failure& failure) {
  const unsigned status = StatusOf(failure.code);
  if (status == 500) return "internal: the licensor cannot renew licences now";
  return NameOf(failure.code) + std::string(status == 403 || status == 429 ? ": " + failure.what : "");
}

std::string LineFor(const author::RenewalAnswer& answer) {
  const author::RenewalSubject& subject = *answer.subject;
  const std::string about = std::string(subject.product.view()) + " device " + Hex(subject.device.view()) +
                            " licence " + Hex(subject.id.view());
  if (answer.licence) return (answer.is_repeated ? "answered again " : "renewed ") + about;
  const author::Failure& failure = answer.licence.error();
  return std::string(StatusOf(failure.code) == 500 ? "FAILED " : "refused ") + about + ": " + NameOf(failure.code) +
         ": " + failure.what + ": " + failure.where;
}

author::DeviceCheck AskFactoryAt(const Session& session, std::string identities) {
  return [&session, identities = std::move(identities)](const DeviceId& device) -> author::Done {
    ListedArguments listed;
    if (!identities.empty()) listed.identity = identities + "/" + Hex(device.view()) + ".eki";
    EK_TRY_ASSIGN(const bool is_demanded, DemandsIdentities(session.directory));
    if (!is_demanded) return {};
    return CheckFactory(session, listed, device);
  };
}

}  // namespace

author::Outcome<std::unique_ptr<RenewalService>> RenewalService::Open(const Session& session, std::string identities) {
  EK_TRY_ASSIGN(author::Publisher publisher, session.OpenPublisher());
  EK_TRY_ASSIGN(SecretBytes passphrase, session.Passphrase());
  std::unique_ptr<RenewalService> service(new RenewalService(session, std::move(publisher), std::move(passphrase)));
  EK_TRY_ASSIGN(service->desk_, author::RenewalDesk::Open(session.context, service->publisher_, service->passphrase_,
                                                          AskFactoryAt(session, std::move(identities))));
  return service;
}

http::Answer RenewalService::Take(const std::string& body) {
  author::Context context = session_.context;
  context.now = Now();
  const author::RenewalAnswer answer = desk_->Renew(context, AsBytes(body));
  if (answer.subject) session_.report.Note(LineFor(answer));
  if (answer.licence) {
    return {.status = 200,
            .content_type = "application/octet-stream",
            .body = std::string(AsText(answer.licence->view())),
            .cache_control = "no-store",
            .allow = {}};
  }
  const ErrorCode code = answer.licence.error().code;
  http::Answer refusal = Text(StatusOf(code), WordsFor(answer.licence.error()));
  refusal.retry_after = code == ErrorCode::kBusy ? kBusySeconds : answer.wait_seconds;
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
