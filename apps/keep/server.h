// Server: the two sockets, their connections, one thread each.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/keep/keep.h"
#include "session_watch.h"

namespace edgekeep::keep {

// Connections are bounded, and each door has places of its own: whoever takes all of the applications' cannot lock the
// administrator out, and whoever is refused takes neither's. One user cannot take all of the applications' either.
struct Limits {
  int applications = 192;
  int applications_of_one_user = 64;  // as many as sessions
  int administrators = 8;
  int refused = 8;
  // Who says nothing for so long is hung up on.
  std::chrono::milliseconds idle = std::chrono::minutes(1);
};

class Server {
 public:
  // `directory` holds app.sock and admin.sock; `group` may use app.sock (none: root only). The keep outlives it.
  Server(Keep& keep, SessionWatch& watch, std::optional<std::uint32_t> group, const Limits& limits = {}) noexcept
      : keep_(&keep),
        watch_(&watch),
        group_(group),
        limits_(limits),
        free_{limits.applications, limits.administrators, limits.refused} {}

  Status Listen(const std::string& directory);

  // Accepts until `ended` or, unless it is -1, `lost` becomes readable, or `spawner` hangs up; false when it was the
  // spawner.
  bool Run(int ended, int spawner, int lost = -1);

  // Hangs up on every connection and waits for their threads; false when one is still at work after the time.
  bool Stop(std::chrono::milliseconds time);

 private:
  enum class Place : std::uint8_t { kApplication, kAdministrator, kRefused };

  // Who came, where to, and what for: to be told `refusal`, if there is one.
  struct Visit {
    Door door = Door::kApplication;
    std::uint32_t user = 0;
    Place place = Place::kRefused;
    std::optional<Error> refusal = std::nullopt;
  };

  void EndIfRetired();
  void Welcome(int listener, Door door);
  Result<Caller> CheckPeer(int socket, Door door) const;
  bool Take(const Visit& visit);
  void GiveBack(const Visit& visit, int socket);
  void StartThread(gate::Channel channel, const Visit& visit);

  Keep* keep_;
  SessionWatch* watch_;
  std::optional<std::uint32_t> group_;
  Limits limits_;
  gate::Descriptor applications_;
  gate::Descriptor administrators_;
  std::mutex mutex_;
  std::condition_variable all_gone_;
  std::array<int, 3> free_;
  std::map<std::uint32_t, int> applications_of_;  // by user; those without any are not in it
  std::set<int> open_;
  std::atomic<int> lost_ = -1;  // that Run was given
};

}  // namespace edgekeep::keep
