// factory serve: a station that gives devices their identities, and its sheet of what became of each.
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "arguments.h"
#include "edgekeep/factory/server.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/json/text.h"
#include "factory_files.h"
#include "log_directory.h"
#include "times.h"
#include "wording.h"

namespace edgekeep::cli::publisher {
namespace {

struct StationArguments {
  OrderArguments order;
  std::string tickets, journal, authority, makers, address;
  std::uint64_t devices = 0;  // 0: until a signal
  int ready_descriptor = -1;
};

// What a tray has come to. One thread at a time.
class Sheet {
 public:
  Sheet(const Session& session, std::uint64_t devices) : session_(&session), wanted_(devices) {}

  // False when there is no more to wait for.
  bool Add(const factory::VisitResult& result) {
    json::Object row;
    std::string line = "device " + std::to_string(rows_.size() + 1) + "  ";
    if (result.given) {
      ++done_;
      const std::string id = Hex(result.given->device.view());
      row.Set("device", id).Set("ticket", result.given->ticket).Set("known_before", result.given->was_known);
      line += id.substr(0, 16) + "  ticket " + std::to_string(result.given->ticket) +
              (result.given->was_known ? ", given before" : "");
    } else {
      const std::string why = NameOf(result.refusal->code());
      row.Set("error", why).Set("reason", result.refusal->where());
      line += "refused, " + why + ": " + result.refusal->where();
    }
    row.Set("milliseconds", static_cast<std::uint64_t>(result.took.count()));
    rows_.emplace_back(std::move(row));
    if (!session_->report.is_json()) std::fprintf(stderr, "%s\n", line.c_str());
    return wanted_ == 0 || rows_.size() < wanted_;
  }

  author::Done Tell(std::uint32_t tickets_left) {
    const std::size_t refused = rows_.size() - done_;
    json::Object object;
    object.Set("provisioned", done_).Set("refused", refused).Set("tickets_left", tickets_left);
    object.Set("devices", json::Value(std::move(rows_)));
    return session_->report.Tell(std::to_string(done_) + " devices have their identities, " + std::to_string(refused) +
                                     " were refused; " + std::to_string(tickets_left) + " tickets are left.",
                                 object);
  }

 private:
  const Session* session_;
  std::uint64_t wanted_;
  json::Array rows_;
  std::size_t done_ = 0;
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
  EK_TRY_ASSIGN(const auto storage, author::At(arguments.journal, log::OpenDirectory(arguments.journal)));
  EK_TRY_ASSIGN(const log::NoteKeys keys,
                author::At(arguments.journal, log::NoteKeys::Open(provider, arguments.journal + "/keys",
                                                                  log::NoteRole::kLog, passphrase)));
  EK_TRY_ASSIGN(log::Log log, author::At(arguments.journal, log::Log::Open(provider, *storage, keys.signers())));
  EK_TRY_ASSIGN(factory::Journal journal,
                author::At(arguments.journal, factory::Journal::Open(provider, *storage, std::move(log))));
  factory::Station station({provider, library, order, tickets, makers, authority, *key}, std::move(journal));
  EK_TRY_ASSIGN(factory::StationServer server,
                author::At(arguments.address, factory::StationServer::Listen(arguments.address)));
  EK_TRY(SayReady(session, arguments, server.address()));
  Sheet sheet(session, arguments.devices);
  EK_TRY(author::At(arguments.address, server.Serve(station, ends.get(), Now, [&](const factory::VisitResult& result) {
    return sheet.Add(result);
  })));
  return sheet.Tell(station.tickets_left());
}

}  // namespace

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
  command->add_option("--listen", arguments->address, "unix:PATH or 127.0.0.1:PORT; port 0 is any free one")
      ->required();
  command->add_option("--devices", arguments->devices, "end after so many devices: one tray")
      ->check(WholeNumber(1, 100000));
  command->add_option("--ready-fd", arguments->ready_descriptor, "write the address here once it listens")
      ->check(WholeNumber(0, 65535));
  AddHolderOptions(*command, session);
  command->callback(
      [&session, &action, arguments] { action = [&session, arguments] { return ServeStation(session, *arguments); }; });
}

}  // namespace edgekeep::cli::publisher
