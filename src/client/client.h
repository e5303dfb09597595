// What a client remembers: nothing but where the keep listens.
#pragma once
#include "connection.h"
#include "edgekeep/client/model.h"

// Defined here for the C interface. Never changes once made, so any number of threads may use it.
struct ek_client {
  edgekeep::client::SocketPath app_socket;
  edgekeep::client::SocketPath admin_socket;
  std::uint32_t timeout_ms = 0;
};

namespace edgekeep::client {

inline constexpr std::uint32_t kDefaultTimeoutMs = 60'000;

}  // namespace edgekeep::client
