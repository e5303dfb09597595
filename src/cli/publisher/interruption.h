// SIGINT, SIGTERM and SIGHUP ask for the end; the work in hand cleans up and fails.
#pragma once

namespace edgekeep::cli::publisher {

// Handlers only set a flag, and interrupt blocking reads.
void CatchInterruptions();
bool WasInterrupted();

}  // namespace edgekeep::cli::publisher
