#include "server.h"

#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

#include "connection.h"
#include "harden.h"

namespace edgekeep::keep {
namespace {

constexpr unsigned kSocketMode = 0666;  // who may come in is decided by the peer's credentials, and told
constexpr std::chrono::minutes kMinute{1};
constexpr int kMinuteMs = std::chrono::milliseconds(kMinute).count();
constexpr short kGone = POLLRDHUP | POLLHUP | POLLERR | POLLNVAL;
// Signature checks and a frame's buffers need no more; many small stacks fit under the limit of locked memory.
constexpr std::size_t kStackSize = std::size_t{512} << 10;

std::size_t IndexOf(auto place) {
  return static_cast<std::size_t>(place);
}

}  // namespace

Status Server::Listen(const std::string& directory) {
  EK_TRY_ASSIGN(applications_, gate::Listen(directory + "/app.sock", kSocketMode));
  EK_TRY_ASSIGN(administrators_, gate::Listen(directory + "/admin.sock", kSocketMode));
  return {};
}

bool Server::Run(int ended, int spawner) {
  using Clock = std::chrono::steady_clock;
  for (Clock::time_point noticed = Clock::now();;) {
    if (const Clock::time_point now = Clock::now(); now - noticed >= kMinute) {
      keep_->NoticeTime();
      noticed = now;
    }
    std::array<pollfd, 4> polled = {pollfd{ended, POLLIN, 0}, pollfd{spawner, POLLRDHUP, 0},
                                    pollfd{applications_.get(), POLLIN, 0}, pollfd{administrators_.get(), POLLIN, 0}};
    if (::poll(polled.data(), polled.size(), kMinuteMs) < 0) continue;
    if ((polled[1].revents & kGone) != 0) return false;
    if (polled[0].revents != 0) return true;
    if (polled[2].revents != 0) Welcome(applications_.get(), Door::kApplication);
    if (polled[3].revents != 0) Welcome(administrators_.get(), Door::kAdministrator);
  }
}

Status Server::CheckPeer(int socket, Door door) const {
  EK_TRY_ASSIGN(const gate::PeerCredentials peer, gate::PeerOf(socket));
  Caller caller{peer.uid, false};
  if (group_) {
    EK_TRY_ASSIGN(caller.in_group, gate::PeerIsInGroup(socket, *group_));
  }
  return CheckCaller(door, caller);
}

bool Server::Take(Place place) {
  const std::lock_guard lock(mutex_);
  if (free_[IndexOf(place)] == 0) return false;
  --free_[IndexOf(place)];
  return true;
}

void Server::GiveBack(Place place, int socket) {
  const std::lock_guard lock(mutex_);
  ++free_[IndexOf(place)];
  open_.erase(socket);
  all_gone_.notify_all();
}

void Server::Welcome(int listener, Door door) {
  Result<gate::Descriptor> socket = gate::Accept(listener);
  if (!socket) {
    // Without descriptors or memory accepting fails at once, again and again: let others finish first.
    ::poll(nullptr, 0, 10);
    return;
  }
  const Status checked = CheckPeer(socket->get(), door);
  std::optional<Error> refusal;
  if (!checked) refusal = checked.error();
  Place place = door == Door::kApplication ? Place::kApplication : Place::kAdministrator;
  if (refusal || !Take(place)) {
    if (!refusal) refusal = Error(ErrorCode::kBusy, "too many connections");
    place = Place::kRefused;
    if (!Take(place)) return;
  }
  StartThread(gate::Channel(*std::move(socket)), door, place, refusal);
}

void Server::StartThread(gate::Channel channel, Door door, Place place, std::optional<Error> refusal) {
  struct Work {
    Server* server;
    gate::Channel channel;
    Door door;
    Place place;
    std::optional<Error> refusal;
  };

  const int socket = channel.fd();
  auto* const work = new Work{this, std::move(channel), door, place, refusal};
  {
    const std::lock_guard lock(mutex_);
    open_.insert(socket);
  }
  const auto run = [](void* argument) -> void* {
    const std::unique_ptr<Work> mine(static_cast<Work*>(argument));
    LockStack(kStackSize);
    Server& server = *mine->server;
    if (mine->refusal) {
      RefuseConnection(mine->channel, *mine->refusal);
    } else {
      ServeConnection(mine->channel, mine->door, *server.keep_, *server.watch_);
    }
    server.GiveBack(mine->place, mine->channel.fd());
    return nullptr;
  };
  pthread_attr_t attributes{};
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, kStackSize);
  ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread{};
  if (::pthread_create(&thread, &attributes, run, work) != 0) {
    const std::unique_ptr<Work> unstarted(work);
    GiveBack(place, socket);
  }
  ::pthread_attr_destroy(&attributes);
}

bool Server::Stop(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
  return all_gone_.wait_for(lock, time, [this] { return open_.empty(); });
}

}  // namespace edgekeep::keep
