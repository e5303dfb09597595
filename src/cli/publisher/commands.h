// The commands: each adds its options to the parser and, when chosen, does its work through author.
#pragma once
#include <CLI/CLI.hpp>

#include "session.h"

namespace edgekeep::cli::publisher {

// What a parsed command will do. Set by the parser's callbacks, run after parsing.
using Action = std::function<author::Done()>;

void AddPublisherCommands(CLI::App& root, Session& session, Action& action);
void AddSealCommand(CLI::App& root, Session& session, Action& action);
void AddGrantCommand(CLI::App& root, Session& session, Action& action);
void AddInspectCommand(CLI::App& root, Session& session, Action& action);
void AddLicenceCommands(CLI::App& root, Session& session, Action& action);
// Into the group of the licence commands.
void AddLicenceServeCommands(CLI::App& group, Session& session, Action& action);
void AddLogCommands(CLI::App& root, Session& session, Action& action);
void AddWitnessCommands(CLI::App& root, Session& session, Action& action);
void AddPolicyCommands(CLI::App& root, Session& session, Action& action);
void AddOrderCommands(CLI::App& root, Session& session, Action& action);
void AddTransferCommands(CLI::App& root, Session& session, Action& action);
void AddRetirementCommands(CLI::App& root, Session& session, Action& action);
void AddEpochCommands(CLI::App& root, Session& session, Action& action);
void AddReceiptCommand(CLI::App& root, Session& session, Action& action);
void AddAttestCommands(CLI::App& root, Session& session, Action& action);
// Into the group of the attest commands.
void AddAppraisalPolicyCommand(CLI::App& group, Session& session, Action& action);
void AddReleaseCommands(CLI::App& root, Session& session, Action& action);
void AddAuditCommand(CLI::App& root, Session& session, Action& action);
void AddFactoryCommands(CLI::App& root, Session& session, Action& action);
void AddMonitorCommand(CLI::App& root, Session& session, Action& action);
// Into the group of the release commands, or of the policy commands.
void AddRehearseCommand(CLI::App& group, Session& session, Action& action);
void AddRootCommands(CLI::App& group, Session& session, Action& action);
void AddReleaseLogCommands(CLI::App& group, Session& session, Action& action);
void AddOperationsCommands(CLI::App& policy, Session& session, Action& action);
void AddRenewProofsCommand(CLI::App& group, Session& session, Action& action);

}  // namespace edgekeep::cli::publisher
