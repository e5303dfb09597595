// Starting the two kinds of children.
#pragma once
#include <sys/types.h>

#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/isolation/process/spawner_messages.h"
#include "settings.h"

namespace edgekeep::spawner {

struct Keep {
  pid_t pid = 0;
  gate::Channel channel;
  gate::Descriptor ready;  // where the keep says that it answers
};

// Starts the keep: an ordinary user without capabilities, in network, IPC and host name namespaces of its own.
Result<Keep> StartKeep(const Settings& settings);

struct StartedCell {
  pid_t pid = 0;
  gate::Descriptor control;  // the keep's end
};

// Starts a cell as the user of `place`, in its control group, with `engine`. What goes wrong in the child ends it with
// kExitNotConfined.
Result<StartedCell> StartCell(const Settings& settings, const Engine& engine, std::size_t place,
                              const isolation::StartCell& order);

}  // namespace edgekeep::spawner
