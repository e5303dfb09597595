// The publisher's commands live in a program of their own, which devices do not have.
#pragma once
#include "outcome.h"

namespace edgekeep::cli::device {

// True when the first word of `argv` that is no option names a command of the publisher.
bool IsForPublisher(int argc, const char* const* argv);

// Gives this process to edgekeep-publisher, from this program's directory or else from PATH, with the same arguments.
// Returns only when there is none.
Failure BecomePublisher(char** argv);

}  // namespace edgekeep::cli::device
