// `metrics serve` is two processes: one asks the keep, which is root's to do, and one speaks HTTP and can do nothing
// else. All that the second can say to the first is: now.
#pragma once
#include <string>

#include "session.h"

namespace edgekeep::cli::device {

// The device's figures now, or that its keep does not answer.
std::string FiguresNow(const Session& session);

// Asks whenever the other end of `line` says so. Until it hangs up (false), or SIGINT or SIGTERM comes (true). These
// are blocked when it is called.
bool AnswerOver(int line, const Session& session);

// Descriptors of the process that speaks HTTP.
struct ServerEnds {
  int listener = -1;
  int line = -1;  // to AnswerOver
  int life = -1;  // hangs up when the asking process has ended
};

// Refuses, by name, a user that ServeOver could not become: one who is not there, or is root.
Done CheckServingUser(const std::string& user);

// Serves until `life` hangs up, as the user of that name where this is root's process. Returns the process' exit
// status.
int ServeOver(const ServerEnds& ends, const std::string& user);

}  // namespace edgekeep::cli::device
