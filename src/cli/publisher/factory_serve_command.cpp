// factory serve: a station that gives devices their identities, and its sheet of what became of each.
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "arguments.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/factory/server.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/json/text.h"
#include "factory_belief.h"
#include "factory_files.h"
#include "log_directory.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

struct StationArguments {
  OrderArguments order;
  std::string tickets, journal, authority, makers, address;
  std::vector<std::string> lists;  // by which chips retired
  std::uint64_t devices = 0;       // 0: until a signal
  int ready_descriptor = -1;
};

// Refusals that a sheet tells of: whoever knocks all day fills no memory.
constexpr std::size_t kMaxToldRefusals = 1000;

// What a tray has come to. One thread at a time.
class Sheet {
 public:
  Sheet(const Session& session, std::uint64_t devices) : session_(&session), wanted_(devices) {}

  // False when there is no more to wait for: whoever was refused, or only knocked, takes no device's place.
  bool Add(const factory::VisitResult& result) {
    result.given ? AddGiven(*result.given, result.took) : AddRefused(*result.refusal, result.took);
    return wanted_ == 0 || given_.size() < wanted_;
  }

  author::Done Tell(std::uint32_t tickets_left) {
    json::Object object;
    object.Set("provisioned", given_.size()).Set("refused", refused_).Set("tickets_left", tickets_left);
    object.Set("devices", json::Value(std::move(rows_)));
    return session_->report.Tell(std::to_string(given_.size()) + " devices have their identities, " +
                                     std::to_string(refused_) + " visits were refused; " +
                                     std::to_string(tickets_left) + " tickets are left.",
                                 object);
  }

 private:
  void AddGiven(const factory::GivenIdentity& given, std::chrono::milliseconds took) {
    const std::string id = Hex(given.device.view());
    // A device that asks twice is one.
    if (!given_.insert(given.device).second) return;
    json::Object row;
    row.Set("device", id).Set("ticket", given.ticket).Set("known_before", given.was_known);
    Put(std::move(row), took,
        id.substr(0, 16) + "  ticket " + std::to_string(given.ticket) + (given.was_known ? ", given before" : ""));
  }

  void AddRefused(const Error& error, std::chrono::milliseconds took) {
    if (++refused_ > kMaxToldRefusals) return;
    json::Object row;
    row.Set("error", NameOf(error.code())).Set("reason", error.where());
    Put(std::move(row), took, std::string("refused, ") + NameOf(error.code()) + ": " + error.where());
  }

  void Put(json::Object row, std::chrono::milliseconds took, const std::string& line) {
    row.Set("milliseconds", static_cast<std::uint64_t>(took.count()));
    rows_.emplace_back(std::move(row));
    if (!session_->report.is_json()) std::fprintf(stderr, "device %zu  %s\n", rows_.size(), line.c_str());
  }

  const Session* session_;
  std::uint64_t wanted_;
  json::Array rows_;
  std::set<DeviceId> given_;
  std::size_t refused_ = 0;
};

files::Descriptor EndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  return files::Descriptor(::signalfd(-1, &signals, SFD_CLOEXEC));
}

author::Done SayReady(const Session& session, const StationArguments& arguments, const std::string& address) {
  if (!session.report.is_json()) std::fprintf(stderr, "station: listening at %s\n", address.c_str());
  if (arguments.ready_descriptor < 0) return {};
  const files::Descriptor ready(arguments.ready_descriptor);
  const std::string line = address + "\n";
  if (::write(ready.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size())) return {};
  return author::At("ready descriptor", Status(Error(ErrorCode::kIo)));
}

// A station that is given another one's tickets finds out before a device does.
author::Done CheckTickets(const std::string& path, const factory::VerifiedOrder& order, const factory::Tickets& tickets,
                          std::string_view journal) {
  const std::uint32_t last = tickets.first() + tickets.count() - 1;
  for (const std::uint32_t number : {tickets.first(), last}) {
    if (order.CheckShare(journal, number)) continue;
    return author::Failure{ErrorCode::kForbidden, "these tickets are for another station's journal", path,
                           "use them with the journal that the order names for them"};
  }
  return {};
}

author::Done ServeStation(const Session& session, const StationArguments& arguments) {
  const files::Descriptor ends = EndSignals();
  const crypto::Provider& provider = session.context.provider;
  EK_TRY_ASSIGN(const factory::X509Library library, author::At("OpenSSL", factory::X509Library::Open()));
  EK_TRY_ASSIGN(const factory::VerifiedOrder order, ReadOrder(session, arguments.order));
  EK_TRY_ASSIGN(const SecretBytes book,
                author::At(arguments.tickets, files::ReadPrivateFile(arguments.tickets, formats::kMaxTicketBookSize)));
  EK_TRY_ASSIGN(const factory::Tickets tickets,
                author::At(arguments.tickets, factory::Tickets::Open(provider, order, book)));
  EK_TRY_ASSIGN(const std::vector<std::string> pems, ReadPemFiles(arguments.makers));
  EK_TRY_ASSIGN(const factory::ChipMakers makers,
                author::At(arguments.makers, factory::ChipMakers::Parse(library, pems)));
  EK_TRY_ASSIGN(const factory::Authority authority,
                ReadAuthority(library, arguments.authority + "/" + kAuthorityCertificate));
  EK_TRY_ASSIGN(const SecretBytes passphrase, session.Passphrase());
  EK_TRY_ASSIGN(const auto key, OpenAuthorityKey(session, arguments.authority, passphrase));
  EK_TRY_ASSIGN(OpenedJournal opened, OpenJournal(session, arguments.journal, passphrase));
  EK_TRY(CheckTickets(arguments.tickets, order, tickets, opened.journal->origin()));
  EK_TRY_ASSIGN(std::vector<formats::ChipId> chips, ChipsRetiredBy(session, arguments.lists, arguments.order.owner));
  factory::Station station(
      {provider, *session.credential_cipher, order, tickets, makers, authority, *key, std::move(chips)},
      std::move(*opened.journal));
  EK_TRY_ASSIGN(factory::StationServer server,
                author::At(arguments.address, factory::StationServer::Listen(arguments.address)));
  EK_TRY(SayReady(session, arguments, server.address()));
  Sheet sheet(session, arguments.devices);
  EK_TRY(author::At(arguments.address, server.Serve(station, ends.get(), Now, [&](const factory::VisitResult& result) {
    return sheet.Add(result);
  })));
  return sheet.Tell(station.tickets_left());
}

struct VoidArguments {
  std::string device, journal;
};

author::Done VoidIdentity(const Session& session, const VoidArguments& arguments) {
  DeviceId device;
  if (!FromHex(arguments.device, device.mutable_view())) {
    return author::Failure{ErrorCode::kBadArgument, "no device's id", arguments.device, "write its 64 digits"};
  }
  EK_TRY_ASSIGN(const SecretBytes passphrase, session.Passphrase());
  EK_TRY_ASSIGN(OpenedJournal opened, OpenJournal(session, arguments.journal, passphrase));
  const factory::JournalUnit* const found = opened.journal->OfDevice(device);
  if (found == nullptr) {
    return author::Failure{ErrorCode::kNotFound, "the journal has no identity of this device that counts",
                           arguments.device, "look at the sheet of its tray"};
  }
  const factory::JournalUnit unit = *found;
  EK_TRY(author::At(arguments.journal, opened.journal->Void(unit.index, session.context.now)));
  json::Object object;
  object.Set("device", arguments.device).Set("ticket", unit.ticket).Set("index", unit.index);
  return session.report.Tell("The identity of device " + arguments.device + " counts no more, and ticket " +
                                 std::to_string(unit.ticket) +
                                 " is used up. Its chip gets another identity by another ticket.",
                             object);
}

}  // namespace

void AddVoidCommand(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("void", "give an identity up, for a chip that was cleared in rework");
  auto arguments = std::make_shared<VoidArguments>();
  command->add_option("DEVICE", arguments->device, "the device's id, as the sheet had it")->required();
  command->add_option("--journal", arguments->journal, "the station's journal")->required();
  AddHolderOptions(*command, session);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return VoidIdentity(session, *arguments); }; });
}

void AddServeStationCommand(CLI::App& group, Session& session, Action& action) {
  CLI::App* command = group.add_subcommand("serve", "a station: give devices identities, several at once");
  auto arguments = std::make_shared<StationArguments>();
  AddOrderOptions(*command, arguments->order);
  command->add_option("--tickets", arguments->tickets, "the station's tickets, yours alone (mode 600)")->required();
  command->add_option("--journal", arguments->journal, "the station's journal, made by 'edgekeep log init'")
      ->required();
  command->add_option("--ca", arguments->authority, "the authority's directory")->required();
  command->add_option("--makers", arguments->makers, "certificates of chips' makers: a directory of *.pem, or a file")
      ->required();
  command->add_option("--retired-chips", arguments->lists,
                      "the owner's lists of identities: chips whose devices retired by them get none");
  command->add_option("--listen", arguments->address, "unix:PATH or 127.0.0.1:PORT; port 0 is any free one")
      ->required();
  command->add_option("--devices", arguments->devices, "end once so many devices have their identities: one tray")
      ->check(WholeNumber(1, 100000));
  command->add_option("--ready-fd", arguments->ready_descriptor, "write the address here once it listens")
      ->check(WholeNumber(0, 65535));
  AddHolderOptions(*command, session);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return ServeStation(session, *arguments); }; });
}

}  // namespace edgekeep::cli::publisher
