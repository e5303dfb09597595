#include "edgekeep/cli/device/run.h"

#include "commands.h"
#include "edgekeep/cli/line/empty_option.h"
#include "edgekeep/cli/line/standard_streams.h"
#include "publisher_program.h"

namespace edgekeep::cli::device {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

constexpr const char* kOverview = R"(On a device, in this order:
  edgekeep device init --trust publisher.ekt     keys, and whom the device trusts; once
  edgekeep device show --request -o d.ekd        send d.ekd to the publisher, who licenses the device
  edgekeep install X.eks G.ekg L.lic             sealed file, grant and licence, from the publisher
  edgekeep licence show                          how its licences stand; also renew-request, install, return
  edgekeep device renew-licences --from URL      their leases renewed over a network, where there is one
  edgekeep run acme/model --input x=image.npy    applications use libedgekeep instead

On a publisher's machine (edgekeep-publisher, not part of devices):
  edgekeep publisher init | seal | grant | inspect | licence issue    see edgekeep seal --help

Exit codes: 0 done, 1 refused or failed, 2 wrong usage.)";

// One line, like every other error; CLI11's own goes on about all the options.
int SayWrongUsage(const CLI::App& root, const CLI::ParseError& error) {
  std::string what = error.what();
  const std::vector<std::string> unknown = root.remaining();
  if (root.get_subcommands().empty() && !unknown.empty()) what = "no such command: " + unknown.front();
  Session::FailUsage(what);
  return kWrongUsage;
}

int Perform(const Session& session, const Action& action) {
  const Done done = action();
  if (done) return kDone;
  if (!done.error().told) session.Fail(done.error());
  return kFailed;
}

void AddCommands(CLI::App& root, Session& session, Action& action) {
  root.require_subcommand(1);
  root.fallthrough();
  root.add_option("--root", session.root, "the device's root directory (/)");
  root.add_flag("--json", session.json, "answer in JSON");
  AddDeviceCommands(root, session, action);
  AddInstallCommand(root, session, action);
  AddLicenceCommand(root, session, action);
  AddOrderCommands(root, session, action);
  AddStatusCommand(root, session, action);
  AddTopCommand(root, session, action);
  AddMetricsCommand(root, session, action);
  AddRunCommand(root, session, action);
  AddExecCommand(root, session, action);
  AddAuditCommand(root, session, action);
  AddDoctorCommand(root, session, action);
  root.footer(kOverview);  // last, for the commands would inherit it
}

}  // namespace

int Run(int argc, char** argv) {
  line::OccupyStandardStreams();
  Session session;
  if (IsForPublisher(argc, argv)) {
    session.Fail(BecomePublisher(argv));
    return kFailed;
  }
  Action action;
  CLI::App root("Runs protected AI models on this device.", "edgekeep");
  try {
    AddCommands(root, session, action);
    root.parse(WordsToParse(argc, argv));
  } catch (const CLI::Success& help) {
    return root.exit(help);
  } catch (const CLI::ParseError& error) {
    return SayWrongUsage(root, error);
  }
  if (const auto option = line::EmptyOption(root)) {
    Session::FailUsage(*option + ": an empty text");
    return kWrongUsage;
  }
  return Perform(session, action);
}

}  // namespace edgekeep::cli::device
