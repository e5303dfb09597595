// The commands of the group `log`.
#pragma once
#include "commands.h"

namespace edgekeep::cli::publisher {

// log init, append, export.
void AddLogWritingCommands(CLI::App& group, Session& session, Action& action);
// log show, list, prove, verify.
void AddLogReadingCommands(CLI::App& group, Session& session, Action& action);
void AddLogVerifyCommands(CLI::App& group, Session& session, Action& action);
// log cosign.
void AddLogCosignCommand(CLI::App& group, Session& session, Action& action);
// log submit.
void AddLogSubmitCommand(CLI::App& group, Session& session, Action& action);
// log serve.
void AddLogServeCommand(CLI::App& group, Session& session, Action& action);

}  // namespace edgekeep::cli::publisher
