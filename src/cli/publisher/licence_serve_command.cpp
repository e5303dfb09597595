// licence serve, stop, resume, stopped: renewing with nobody at the keyboard, and what is not to be renewed.
#include "commands.h"
#include "edgekeep/author/renewal_stops.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/formats/licence_report.h"
#include "http_service.h"
#include "renewal_service.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

// What all of them together may hold is a few megabytes.
constexpr std::size_t kMaxDevicesAtOnce = 64;

struct LicenceServeArguments {
  ServiceArguments service;
  std::string identities;
};

author::Done ServeRenewals(const Session& session, const LicenceServeArguments& arguments) {
  EK_TRY_ASSIGN(const auto renewals, RenewalService::Open(session, arguments.identities));
  return ServeHttp(
      session, arguments.service, [&renewals](const http::Request& request) { return renewals->Answer(request); },
      {.connections = kMaxDevicesAtOnce, .max_body = formats::kMaxSignedLicenceReportSize, .keeps_connections = false});
}

struct StopArguments {
  std::string licence, device;
};

template <typename Id>
author::Outcome<author::StopTarget> ParseId(const std::string& text, const char* what) {
  Id id;
  if (FromHex(text, id.mutable_view())) return author::StopTarget(id);
  return author::Failure{ErrorCode::kBadArgument, std::string("no id of a ") + what, text,
                         "say its " + std::to_string(2 * Id::kSize) + " hexadecimal digits, as 'licence show' does"};
}

author::Outcome<author::StopTarget> TargetOf(const StopArguments& arguments) {
  if (!arguments.device.empty()) return ParseId<DeviceId>(arguments.device, "device");
  return ParseId<formats::LicenceId>(arguments.licence, "licence");
}

bool IsDevice(const author::StopTarget& target) {
  return std::holds_alternative<DeviceId>(target);
}

std::string IdOf(const author::StopTarget& target) {
  return std::visit([](const auto& id) { return Hex(id.view()); }, target);
}

json::Object StopToJson(const author::StopTarget& target) {
  json::Object object;
  object.Set(IsDevice(target) ? "device" : "licence", IdOf(target));
  return object;
}

author::Done Stop(const Session& session, const StopArguments& arguments) {
  EK_TRY_ASSIGN(const author::StopTarget target, TargetOf(arguments));
  EK_TRY_ASSIGN(const author::Publisher publisher, session.OpenPublisher());
  EK_TRY(author::StopRenewals(session.context, publisher, target));
  const std::string of = IsDevice(target) ? "No licence of device " : "Licence ";
  return session.report.Tell(of + IdOf(target) + (IsDevice(target) ? " is renewed any more" : " is renewed no more") +
                                 "; what it has runs to the end of its lease and grace",
                             StopToJson(target));
}

author::Done Resume(const Session& session, const StopArguments& arguments) {
  EK_TRY_ASSIGN(const author::StopTarget target, TargetOf(arguments));
  EK_TRY_ASSIGN(const author::Publisher publisher, session.OpenPublisher());
  EK_TRY(author::ResumeRenewals(session.context, publisher, target));
  return session.report.Tell((IsDevice(target) ? "Licences of device " : "Licence ") + IdOf(target) +
                                 (IsDevice(target) ? " are renewed again" : " is renewed again"),
                             StopToJson(target));
}

author::Done ListStopped(const Session& session) {
  EK_TRY_ASSIGN(const author::Publisher publisher, session.OpenPublisher());
  EK_TRY_ASSIGN(const auto stops, author::StoppedRenewals(publisher));
  std::string text = stops.empty() ? "nothing is stopped" : "";
  json::Array list;
  for (const author::RenewalStop& stop : stops) {
    text += std::string(list.empty() ? "" : "\n") + (IsDevice(stop.target) ? "device   " : "licence  ") +
            IdOf(stop.target) + "  since " + FormatTime(stop.since);
    list.emplace_back(StopToJson(stop.target).Set("since", FormatTime(stop.since)));
  }
  return session.report.Tell(text, json::Object().Set("stopped", std::move(list)));
}

void AddStopCommand(CLI::App& group, Session& session, Action& action, const char* name, const char* about,
                    author::Done (*act)(const Session&, const StopArguments&)) {
  CLI::App* command = group.add_subcommand(name, about);
  auto arguments = std::make_shared<StopArguments>();
  CLI::Option_group* const which = command->add_option_group("which", "exactly one");
  which->add_option("--licence", arguments->licence, "a licence's id: this one");
  which->add_option("--device", arguments->device, "a device's id: all that it has");
  which->require_option(1);
  AddPublisherOption(*command, session);
  command->callback([&session, &action, arguments, act] {
    action = [&session, arguments, act] { return act(session, *arguments); };
  });
}

}  // namespace

void AddLicenceServeCommands(CLI::App& group, Session& session, Action& action) {
  CLI::App* serve = group.add_subcommand(
      "serve", "renew leases over HTTP for whichever device asks, with nobody at the keyboard; keys stay in memory");
  auto arguments = std::make_shared<LicenceServeArguments>();
  AddServiceOptions(*serve, arguments->service);
  serve->add_option("--identities", arguments->identities,
                    "where identities are demanded: a directory with DEVICE.eki of each device that is renewed");
  AddPublisherOption(*serve, session);
  AddPassphraseOptions(*serve, session);
  serve->callback([&session, &action, arguments] {
    action = [&session, arguments] { return ServeRenewals(session, *arguments); };
  });
  AddStopCommand(group, session, action, "stop", "renew no more, by file or over HTTP, until 'resume'", &Stop);
  AddStopCommand(group, session, action, "resume", "renew again what was stopped", &Resume);
  CLI::App* stopped = group.add_subcommand("stopped", "list what is not renewed");
  AddPublisherOption(*stopped, session);
  stopped->callback([&session, &action] { action = [&session] { return ListStopped(session); }; });
}

}  // namespace edgekeep::cli::publisher
