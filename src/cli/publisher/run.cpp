#include "edgekeep/cli/publisher/run.h"

#include "commands.h"
#include "edgekeep/cli/line/empty_option.h"
#include "edgekeep/cli/line/standard_streams.h"
#include "interruption.h"
#include "times.h"

namespace edgekeep::cli::publisher {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

int Perform(const Session& session, const Action& action) {
  const author::Done done = action();
  if (done) return session.found_wrong ? kFailed : kDone;
  session.report.Fail(done.error());
  return kFailed;
}

void AddJsonFlag(CLI::App& command, Session& session) {
  command.add_flag_callback("--json", [&session] { session.report.UseJson(); }, "answer in JSON");
  for (CLI::App* nested : command.get_subcommands({})) AddJsonFlag(*nested, session);
}

}  // namespace

int Run(const crypto::Provider& provider, const crypto::CredentialCipher& credential_cipher,
        ports::OwnerCertificates& owner_certificates, int argc, const char* const* argv) {
  line::OccupyStandardStreams();
  CatchInterruptions();
  Session session{.context = {.provider = provider, .now = Now(), .stop_requested = WasInterrupted},
                  .credential_cipher = &credential_cipher,
                  .owner_certificates = &owner_certificates};
  Action action;
  CLI::App root("Seals models, grants and licenses them. Exit codes: 0 done, 1 refused or failed, 2 wrong usage.",
                "edgekeep");
  root.require_subcommand(1);
  AddPublisherCommands(root, session, action);
  AddSealCommand(root, session, action);
  AddGrantCommand(root, session, action);
  AddInspectCommand(root, session, action);
  AddLicenceCommands(root, session, action);
  AddPolicyCommands(root, session, action);
  AddOrderCommands(root, session, action);
  AddRetirementCommands(root, session, action);
  AddTransferCommands(root, session, action);
  AddEpochCommands(root, session, action);
  AddReceiptCommand(root, session, action);
  AddAttestCommands(root, session, action);
  AddLogCommands(root, session, action);
  AddWitnessCommands(root, session, action);
  AddReleaseCommands(root, session, action);
  AddAuditCommand(root, session, action);
  AddMonitorCommand(root, session, action);
  AddFactoryCommands(root, session, action);
  AddJsonFlag(root, session);
  try {
    root.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return root.exit(help);
  } catch (const CLI::ParseError& error) {
    Report::FailUsage(error.what());
    return kWrongUsage;
  }
  if (const auto option = line::EmptyOption(root)) {
    Report::FailUsage(*option + ": an empty text");
    return kWrongUsage;
  }
  return Perform(session, action);
}

}  // namespace edgekeep::cli::publisher
