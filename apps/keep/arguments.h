// What the keep's program is told: nothing that matters for security, all of which is in signed policy.
#pragma once
#include <string>

namespace edgekeep::keep {

struct Arguments {
  std::string root;
  int spawner_fd = -1;
  int ready_fd = -1;  // -1: nobody waits
  bool spare_cell = true;
};

// Exits the process with 2 and a usage line when the arguments are wrong, with 0 after --help.
Arguments ParseArguments(int count, char** values);

}  // namespace edgekeep::keep
