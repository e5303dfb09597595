// Server: the two sockets, their connections, one thread each.
#pragma once
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/keep/keep.h"
#include "session_watch.h"

namespace edgekeep::keep {

// Connections are bounded, and each door has places of its own: whoever takes all of the applications' cannot lock the
// administrator out, and whoever is refused takes neither's.
struct Places {
  int applications = 56;
  int administrators = 8;
  int refused = 8;
};

class Server {
 public:
  // `directory` holds app.sock and admin.sock; `group` may use app.sock (none: root only). The keep outlives it.
  Server(Keep& keep, SessionWatch& watch, std::optional<std::uint32_t> group) noexcept
      : keep_(&keep), watch_(&watch), group_(group) {}

  Status Listen(const std::string& directory);

  // Accepts until `ended` becomes readable or `spawner` hangs up; false when it was the spawner.
  bool Run(int ended, int spawner);

  // Hangs up on every connection and waits for their threads; false when one is still at work after the time.
  bool Stop(std::chrono::milliseconds time);

 private:
  enum class Place : std::uint8_t { kApplication, kAdministrator, kRefused };

  struct Taken {
    Place place;
    std::optional<Error> refusal;
  };

  void Welcome(int listener, Door door);
  Status CheckPeer(int socket, Door door) const;
  bool Take(Place place);
  void GiveBack(Place place, int socket);
  void StartThread(gate::Channel channel, Door door, Place place, std::optional<Error> refusal);

  Keep* keep_;
  SessionWatch* watch_;
  std::optional<std::uint32_t> group_;
  gate::Descriptor applications_;
  gate::Descriptor administrators_;
  std::mutex mutex_;
  std::condition_variable all_gone_;
  std::array<int, 3> free_ = {Places().applications, Places().administrators, Places().refused};
  std::set<int> open_;
};

}  // namespace edgekeep::keep
