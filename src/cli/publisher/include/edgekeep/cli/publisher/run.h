// The publisher's command line.
#pragma once
#include "edgekeep/author/context.h"

namespace edgekeep::cli::publisher {

// Runs one command of `argv` and returns the exit code: 0 done, 1 refused or failed, 2 wrong usage. Installs handlers
// for SIGINT, SIGTERM and SIGHUP, which end long work cleanly.
int Run(const crypto::Provider& provider, int argc, const char* const* argv);

}  // namespace edgekeep::cli::publisher
