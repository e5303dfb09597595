// The device's command line.
#pragma once

namespace edgekeep::cli::device {

// Runs one command of `argv` and returns the exit code: 0 done, 1 refused or failed, 2 wrong usage. Commands of the
// publisher are handed to edgekeep-publisher, which then takes this process's place.
int Run(int argc, char** argv);

}  // namespace edgekeep::cli::device
