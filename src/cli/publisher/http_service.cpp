#include "http_service.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>

#include "arguments.h"
#include "edgekeep/files/descriptor.h"

namespace edgekeep::cli::publisher {
namespace {

// From here on the signals that ask for the end are read from it, and interrupt nothing.
files::Descriptor TakeSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  return files::Descriptor(::signalfd(-1, &signals, SFD_CLOEXEC));
}

}  // namespace

void AddServiceOptions(CLI::App& command, ServiceArguments& arguments) {
  command.add_option("--listen", arguments.address, "IPv4 address and port; port 0 is any free one")->required();
  command.add_option("--ready-fd", arguments.ready_descriptor, "write one byte here once it listens")
      ->check(WholeNumber(0, 65535));
}

author::Done ServeHttp(const Session& session, const ServiceArguments& arguments,
                       const std::function<http::Answer(const http::Request&)>& handler, const http::Bounds& bounds) {
  const files::Descriptor signals = TakeSignals();
  EK_TRY_ASSIGN(http::Server server, author::At(arguments.address, http::Server::Listen(arguments.address)));
  json::Object object;
  object.Set("address", server.address());
  EK_TRY(session.report.Tell("Listening on http://" + server.address() + "/", object));
  if (arguments.ready_descriptor >= 0) {
    const files::Descriptor ready(arguments.ready_descriptor);
    if (::write(ready.get(), "\n", 1) != 1) return author::At("ready descriptor", Status(Error(ErrorCode::kIo)));
  }
  return author::At(arguments.address, server.Serve(signals.get(), handler, bounds));
}

}  // namespace edgekeep::cli::publisher
