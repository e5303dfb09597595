// One connection, from its first message to its end.
#pragma once
#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/keep/keep.h"
#include "session_watch.h"

namespace edgekeep::keep {

// Answers requests until the peer hangs up, breaks the protocol (it is told, and the connection ends) or says nothing
// for a minute.
void ServeConnection(gate::Channel& channel, Door door, Keep& keep, SessionWatch& watch);

// Answers one request, if it comes soon, with `refusal`, whatever it asks.
void RefuseConnection(gate::Channel& channel, const Error& refusal);

}  // namespace edgekeep::keep
