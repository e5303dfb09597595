// device provision, device identity: what lies between a factory's station and the keep. It carries messages and
// decides nothing.
#include <memory>

#include "commands.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/formats/factory_identity.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/formats/provisioning.h"
#include "small_file.h"
#include "station_socket.h"

namespace edgekeep::cli::device {
namespace {

using Octets = std::vector<std::uint8_t>;
using formats::ProvisioningKind;

// One step of the keep's.
Outcome<Octets> AskKeep(const Session& session, const app::Client& client, const Octets& message) {
  Octets answer(formats::kMaxProvisioningMessage);
  std::size_t size = answer.size();
  ek_error error;
  if (ek_admin_provision(client.get(), message.data(), message.size(), answer.data(), &size, &error) != EK_OK) {
    return session.Refusal(app::Error(error), "provisioning");
  }
  answer.resize(size);
  return answer;
}

bool IsOfKind(const Octets& message, ProvisioningKind kind) {
  const auto found = formats::KindOfProvisioning(message);
  return found && *found == kind;
}

Failure RefusalOf(const Octets& message) {
  const auto refusal = formats::DecodeProvisioningRefusal(message);
  if (!refusal) return {ErrorCode::kMalformed, "no answer of a station", "the station", "name a factory's station"};
  return {ErrorCode::kForbidden, "provisioning failed, " + std::string(refusal->error), std::string(refusal->reason),
          "see the station's sheet"};
}

// The identity, once the keep has it.
Outcome<Octets> Converse(const Session& session, const app::Client& client, const std::string& address, Octets hello) {
  const auto station = StationSocket::Connect(address);
  if (!station) return station.error();
  Octets said = std::move(hello);
  for (int step = 0; step < 2; ++step) {
    auto answer = station->Ask(said);
    if (!answer) return answer.error();
    if (IsOfKind(*answer, ProvisioningKind::kRefusal)) return RefusalOf(*answer);
    auto next = AskKeep(session, client, *answer);
    if (!next) return next.error();
    if (next->empty()) return *std::move(answer);
    said = *std::move(next);
  }
  return Failure{ErrorCode::kMalformed, "no identity", address, "name a factory's station"};
}

struct Shown {
  std::string text;
  json::Object object;
};

Outcome<Shown> Describe(const Octets& bytes) {
  const auto decoded = [&]() -> Result<Shown> {
    EK_TRY_ASSIGN(const auto identity, formats::DecodeFactoryIdentity(bytes));
    EK_TRY_ASSIGN(const auto entry, formats::DecodeLogEntry(identity.entry));
    EK_TRY_ASSIGN(const auto provisioned, formats::DecodeProvisioned(entry.content));
    const std::string device(ToHex(provisioned.device.view()).view()), order(ToHex(provisioned.order.view()).view());
    Shown shown;
    shown.text =
        "device       " + device + "\norder        " + order + ", ticket " + std::to_string(provisioned.ticket.number);
    shown.object.Set("device", device).Set("order", order).Set("ticket", provisioned.ticket.number);
    return shown;
  }();
  if (decoded) return *decoded;
  return Failure{decoded.error().code(), "no identity", decoded.error().where(), "ask the factory"};
}

Done Provision(const Session& session, const std::string& address) {
  const auto client = session.OpenClient();
  if (!client) return client.error();
  auto first = AskKeep(session, *client, {});
  if (!first) return first.error();
  const bool had_one = IsOfKind(*first, ProvisioningKind::kIdentity);
  auto identity = had_one ? std::move(first) : Converse(session, *client, address, *std::move(first));
  if (!identity) return identity.error();
  auto shown = Describe(*identity);
  if (!shown) return shown.error();
  shown->object.Set("had_one", had_one);
  return session.Tell((had_one ? "this device has its identity already\n" : "") + shown->text, shown->object);
}

Done ForgetIdentity(const Session& session) {
  const auto client = session.OpenClient();
  if (!client) return client.error();
  ek_error error;
  if (ek_admin_forget_identity(client->get(), &error) != EK_OK) {
    return session.Refusal(app::Error(error), "forgetting the identity");
  }
  return session.Tell("this device has no identity any more: a station gives one again", {});
}

Done SaveIdentity(const Session& session, const std::string& output) {
  const auto client = session.OpenClient();
  if (!client) return client.error();
  const auto identity = AskKeep(session, *client, {});
  if (!identity) return identity.error();
  if (!IsOfKind(*identity, ProvisioningKind::kIdentity)) {
    return Failure{ErrorCode::kNotFound, "no identity", "this device", "get one by `edgekeep device provision`"};
  }
  if (const Done written = WriteNewFile(output, *identity); !written) return written.error();
  auto shown = Describe(*identity);
  if (!shown) return shown.error();
  shown->object.Set("identity", output);
  return session.Tell("wrote " + output + "\n" + shown->text, shown->object);
}

}  // namespace

void AddProvisioningCommands(CLI::App& device, const Session& session, Action& action) {
  const auto address = std::make_shared<std::string>();
  CLI::App* provision = device.add_subcommand("provision", "get this device's identity from a factory's station; once");
  provision->add_option("--station", *address, "unix:PATH, or an IPv4 address and a port")->required();
  provision->callback(
      [&session, &action, address] { action = [&session, address] { return Provision(session, *address); }; });

  const auto output = std::make_shared<std::string>();
  const auto forget = std::make_shared<bool>(false);
  CLI::App* identity = device.add_subcommand("identity", "save the identity that the factory gave this device");
  CLI::Option* file = identity->add_option("-o,--output", *output, "file to make");
  CLI::Option* flag = identity->add_flag("--forget", *forget, "forget it, before device init: a false one was given");
  flag->excludes(file);
  identity->require_option(1);
  identity->callback([&session, &action, output, forget] {
    action = [&session, output, forget] { return *forget ? ForgetIdentity(session) : SaveIdentity(session, *output); };
  });
}

}  // namespace edgekeep::cli::device
