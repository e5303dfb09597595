// Where a device's keep listens, and asking it one thing.
#pragma once
#include <span>
#include <string_view>

#include "answer.h"
#include "deadline.h"
#include "edgekeep/base/inline_string.h"
#include "edgekeep/gate/posix/channel.h"

namespace edgekeep::client {

using SocketPath = InlineString<1023>;

// `path` itself where it is not null, else the socket `name` of the device at `root` (null: "/"). Fails with
// kBadArgument when it is too long.
Result<SocketPath> SocketAt(const char* path, const char* root, std::string_view name);

// The keep's answer to one request. `message` borrows from `buffer`.
struct Reply {
  Bytes buffer;
  gate::Message message;
};

// What is asked. The descriptors stay the caller's.
struct Question {
  gate::Command command = gate::Command::kError;
  ByteView body;
  std::span<const int> descriptors;
};

// Asks on a connection of its own, so that no request can see another's answer. Fails with the keep's refusal, or with
// kNotRunning, kForbidden, kTimedOut, kPeerGone, kMalformed (no answer to this question), kNoMemory, kIo.
Answer<Reply> Ask(const SocketPath& socket, const Question& question, const Deadline& deadline);

}  // namespace edgekeep::client
