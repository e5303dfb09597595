// Sending entries to a log over HTTP.
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "edgekeep/log/submission.h"
#include "session.h"

namespace edgekeep::cli::publisher {

// Sends signed objects to the log at `url`, in as few parts as its bounds allow, each all or nothing and in the order
// given. What was sent before is passed over there, so whoever is not answered may send all of it again. Fails with
// what the log says: kForbidden where it does not take one, kOverRate, kBusy where it cannot now; with kTimedOut or kIo
// where it says nothing, in a minute for each part or before the deadline.
author::Outcome<log::Submitted> SubmitTo(
    const std::string& url, const std::vector<std::string>& statements,
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max());

}  // namespace edgekeep::cli::publisher
