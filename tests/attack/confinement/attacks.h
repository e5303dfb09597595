// What somebody who took over a cell or the keep would try. Each attack is a function that returns 0 when it got
// through, else an errno; the kernel may also end the process on the way.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace edgekeep::attack {

// Facts about the outside that the attacker happens to know.
struct Knowledge {
  int victim_pid = 0;                // a process of the host
  std::uint64_t victim_address = 0;  // of a secret in it
  int tcp_port = 0;                  // where the host listens on the loopback device
  int udp_port = 0;
  std::string unix_path;      // a listening socket file of the host
  std::string abstract_name;  // a listening abstract socket of the host
  std::string file;           // a readable file of the host
  std::string directory;      // a writable directory of the host
};

using Attack = int (*)(const Knowledge& knowledge);

// Tries the attack of that name; aborts when there is none.
int TryAttack(std::string_view name, const Knowledge& knowledge);

// Null when there is no attack of that name.
Attack FindFileAttack(std::string_view name);
Attack FindNetworkAttack(std::string_view name);
Attack FindProcessAttack(std::string_view name);
Attack FindMemoryAttack(std::string_view name);
Attack FindKernelAttack(std::string_view name);

}  // namespace edgekeep::attack
