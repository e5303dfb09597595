// The commands: each adds its options to the parser and, when chosen, sets what will be done after parsing.
#pragma once
#include <CLI/CLI.hpp>

#include "session.h"

namespace edgekeep::cli::device {

using Action = std::function<Done()>;

// These three into the group of the device commands.
void AddProvisioningCommands(CLI::App& device, const Session& session, Action& action);
void AddOwnerCommands(CLI::App& device, const Session& session, Action& action);
void AddRenewLicencesCommand(CLI::App& device, const Session& session, Action& action);
void AddDeviceCommands(CLI::App& root, const Session& session, Action& action);
// Into the group of the device commands.
void AddAttestCommand(CLI::App& group, const Session& session, Action& action);
Done WriteAttestationKeys(const Session& session, const std::string& output);
void AddLicenceCommand(CLI::App& root, const Session& session, Action& action);
void AddInstallCommand(CLI::App& root, const Session& session, Action& action);
// Into the group of the device commands.
void AddTransferCommand(CLI::App& device, const Session& session, Action& action);
void AddRetireCommand(CLI::App& device, const Session& session, Action& action);
void AddOrderCommands(CLI::App& root, const Session& session, Action& action);
void AddStatusCommand(CLI::App& root, const Session& session, Action& action);
void AddMetricsCommand(CLI::App& root, const Session& session, Action& action);
void AddTopCommand(CLI::App& root, const Session& session, Action& action);
void AddRunCommand(CLI::App& root, const Session& session, Action& action);
// As CLI11 wants them: the last one first.
std::vector<std::string> WordsToParse(int argc, const char* const* argv);
void AddExecCommand(CLI::App& root, const Session& session, Action& action);
void AddAuditCommand(CLI::App& root, const Session& session, Action& action);
void AddDoctorCommand(CLI::App& root, const Session& session, Action& action);

}  // namespace edgekeep::cli::device
