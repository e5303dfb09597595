// How the tests tell the hostile cell what to try: lines of text, the attack and when to try it, then the fields of
// Knowledge.
#pragma once
#include <sstream>
#include <string>
#include <string_view>

#include "attacks.h"

namespace edgekeep::attack {

struct Order {
  std::string attack;
  Knowledge knowledge;
  bool while_loading = false;  // to a cell that has not loaded its engine yet
};

inline std::string EncodeOrder(const Order& order) {
  const Knowledge& known = order.knowledge;
  std::ostringstream out;
  out << order.attack << '\n'
      << order.while_loading << '\n'
      << known.victim_pid << '\n'
      << known.victim_address << '\n'
      << known.tcp_port << '\n';
  out << known.udp_port << '\n' << known.unix_path << '\n' << known.abstract_name << '\n' << known.file << '\n';
  out << known.directory << '\n';
  return out.str();
}

inline Order DecodeOrder(std::string_view text) {
  std::istringstream in{std::string(text)};
  Order order;
  Knowledge& known = order.knowledge;
  in >> order.attack >> order.while_loading >> known.victim_pid >> known.victim_address >> known.tcp_port >>
      known.udp_port;
  in >> known.unix_path >> known.abstract_name >> known.file >> known.directory;
  return order;
}

}  // namespace edgekeep::attack
