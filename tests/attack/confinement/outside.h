// The outside world that attacks aim at: listeners on every kind of socket, a file, and a process with a secret.
#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

#include "attacks.h"
#include "edgekeep/gate/posix/descriptor.h"

namespace edgekeep::attack {

class Outside {
 public:
  Outside();
  ~Outside();

  Outside(const Outside&) = delete;
  Outside& operator=(const Outside&) = delete;

  const Knowledge& knowledge() const { return knowledge_; }

 private:
  void Listen();

  Knowledge knowledge_;
  std::vector<gate::Descriptor> sockets_;
};

}  // namespace edgekeep::attack
