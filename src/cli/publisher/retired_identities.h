// Identities that verifiers refuse for ever.
#pragma once
#include <string>
#include <vector>

#include "edgekeep/base/ids.h"
#include "session.h"

namespace edgekeep::cli::publisher {

// Of these certificates of retirement, or directories with nothing else in them, each verified.
author::Outcome<std::vector<DeviceId>> ReadRetired(const Session& session,
                                                   const std::vector<std::string>& certificates);

}  // namespace edgekeep::cli::publisher
