#include "edgekeep/keep/door.h"

namespace edgekeep::keep {
namespace {

constexpr std::uint32_t kRoot = 0;

}  // namespace

Status CheckCaller(Door door, const Caller& caller) {
  if (caller.uid == kRoot) return {};
  if (door == Door::kApplication && caller.in_group) return {};
  return Error(ErrorCode::kForbidden,
               door == Door::kApplication ? "app.sock is for members of group edgekeep" : "admin.sock is for root");
}

Status CheckCommand(Door door, gate::Command command) {
  switch (command) {
    case gate::Command::kOpenModel:
    case gate::Command::kExportModel:
    case gate::Command::kPutValue:
    case gate::Command::kGetValue:
    case gate::Command::kDeleteValues:
    case gate::Command::kListValues:
      if (door == Door::kApplication) return {};
      break;
    case gate::Command::kInitialise:
    case gate::Command::kShowRequest:
    case gate::Command::kInstall:
    case gate::Command::kStatus:
    case gate::Command::kStatistics:
    case gate::Command::kRefreshRelease:
    case gate::Command::kGiveReleaseFile:
    case gate::Command::kAdopt:
    case gate::Command::kProvision:
    case gate::Command::kForgetIdentity:
    case gate::Command::kShowAttestationKeys:
    case gate::Command::kAttest:
    case gate::Command::kInstallLicence:
    case gate::Command::kRequestRenewal:
    case gate::Command::kReturnLicence:
    case gate::Command::kRequestCredential:
    case gate::Command::kInstallCredential:
    case gate::Command::kShowCredential:
    case gate::Command::kTransfer:
    case gate::Command::kShowOwnership:
    case gate::Command::kUseTlsIdentity:
    case gate::Command::kOrder:
    case gate::Command::kShowOrderAuthority:
      if (door == Door::kAdministrator) return {};
      break;
    default:
      break;
  }
  return Error(ErrorCode::kForbidden, "this command is not given at this socket");
}

}  // namespace edgekeep::keep
