// One connection, from its first message to its end.
#pragma once
#include <chrono>

#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/keep/keep.h"
#include "session_watch.h"

namespace edgekeep::keep {

// Who was let in, at which door, and how long they may say nothing.
struct Visitor {
  Door door = Door::kApplication;
  std::uint32_t user = 0;
  std::chrono::milliseconds idle{};
};

// Answers requests until the peer hangs up, breaks the protocol (it is told, and the connection ends) or says nothing
// for too long.
void ServeConnection(gate::Channel& channel, const Visitor& visitor, Keep& keep, SessionWatch& watch);

// Answers one request, if it comes soon, with `refusal`, whatever it asks.
void RefuseConnection(gate::Channel& channel, const Error& refusal);

}  // namespace edgekeep::keep
