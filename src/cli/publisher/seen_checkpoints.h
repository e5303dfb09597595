// Checkpoints of a log that somebody keeps who reads it again: a directory of SIZE.checkpoint.
#pragma once
#include <string>
#include <vector>

#include "edgekeep/log/trust.h"
#include "edgekeep/release/log/policy.h"
#include "session.h"

namespace edgekeep::cli::publisher {

// All of them, each believed by the policy and of the log of this origin; none where `directory` is empty, or not
// there yet. One that is not fails with its name: who forgets what was seen believes a fork.
author::Outcome<std::vector<log::CosignedHead>> ReadSeen(const Session& session, const std::string& directory,
                                                         const release::log::Policy& policy, std::string_view origin);

// Adds the checkpoint, whose note this is, where its size is new and a quorum says when it was cosigned.
author::Done KeepSeen(const std::string& directory, const release::log::TrustedCheckpoint& checkpoint,
                      const std::string& note);

}  // namespace edgekeep::cli::publisher
