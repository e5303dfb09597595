#include "server.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connection.h"
#include "small_thread.h"

namespace edgekeep::keep {
namespace {

constexpr unsigned kSocketMode = 0666;  // who may come in is decided by the peer's credentials, and told
constexpr std::chrono::minutes kMinute{1};
constexpr int kMinuteMs = std::chrono::milliseconds(kMinute).count();
constexpr short kGone = POLLRDHUP | POLLHUP | POLLERR | POLLNVAL;

std::size_t IndexOf(auto place) {
  return static_cast<std::size_t>(place);
}

}  // namespace

Status Server::Listen(const std::string& directory) {
  EK_TRY_ASSIGN(applications_, gate::Listen(directory + "/app.sock", kSocketMode, gate::Passing::kRefused));
  EK_TRY_ASSIGN(administrators_, gate::Listen(directory + "/admin.sock", kSocketMode));
  return {};
}

// Who retired this device has its answer, or does not want it.
void Server::EndIfRetired() {
  const int lost = lost_;
  const std::uint64_t one = 1;
  if (keep_->must_end() && lost >= 0) static_cast<void>(::write(lost, &one, sizeof one) == 0);
}

bool Server::Run(int ended, int spawner, int lost) {
  lost_ = lost;
  using Clock = std::chrono::steady_clock;
  for (Clock::time_point noticed = Clock::now();;) {
    if (const Clock::time_point now = Clock::now(); now - noticed >= kMinute) {
      keep_->NoticeTime();
      noticed = now;
    }
    std::array<pollfd, 5> polled = {pollfd{ended, POLLIN, 0}, pollfd{spawner, POLLRDHUP, 0},
                                    pollfd{applications_.get(), POLLIN, 0}, pollfd{administrators_.get(), POLLIN, 0},
                                    pollfd{lost, POLLIN, 0}};
    if (::poll(polled.data(), polled.size(), kMinuteMs) < 0) continue;
    if ((polled[1].revents & kGone) != 0) return false;
    if (polled[0].revents != 0 || polled[4].revents != 0) return true;
    if (polled[2].revents != 0) Welcome(applications_.get(), Door::kApplication);
    if (polled[3].revents != 0) Welcome(administrators_.get(), Door::kAdministrator);
  }
}

Result<Caller> Server::CheckPeer(int socket, Door door) const {
  EK_TRY_ASSIGN(const gate::PeerCredentials peer, gate::PeerOf(socket));
  Caller caller{peer.uid, false};
  if (group_) {
    EK_TRY_ASSIGN(caller.in_group, gate::PeerIsInGroup(socket, *group_));
  }
  EK_TRY(CheckCaller(door, caller));
  return caller;
}

bool Server::Take(const Visit& visit) {
  const std::lock_guard lock(mutex_);
  int& free = free_[IndexOf(visit.place)];
  if (free == 0) return false;
  if (visit.place == Place::kApplication) {
    int& of_user = applications_of_[visit.user];
    if (of_user == limits_.applications_of_one_user) return false;
    ++of_user;
  }
  --free;
  return true;
}

void Server::GiveBack(const Visit& visit, int socket) {
  const std::lock_guard lock(mutex_);
  ++free_[IndexOf(visit.place)];
  if (visit.place == Place::kApplication && --applications_of_[visit.user] == 0) applications_of_.erase(visit.user);
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
  const Result<Caller> caller = CheckPeer(socket->get(), door);
  Visit visit{.door = door};
  if (caller) {
    visit.user = caller->uid;
    visit.place = door == Door::kApplication ? Place::kApplication : Place::kAdministrator;
  } else {
    visit.refusal = caller.error();
  }
  if (!Take(visit)) {
    if (visit.refusal) return;
    visit.place = Place::kRefused;
    visit.refusal = Error(ErrorCode::kBusy, "too many connections");
    if (!Take(visit)) return;
  }
  StartThread(gate::Channel(*std::move(socket)), visit);
}

void Server::StartThread(gate::Channel channel, const Visit& visit) {
  struct Work {
    Server* server;
    gate::Channel channel;
    Visit visit;
  };

  const int socket = channel.fd();
  auto* const work = new Work{this, std::move(channel), visit};
  {
    const std::lock_guard lock(mutex_);
    open_.insert(socket);
  }
  const auto run = [](void* argument) -> void* {
    const std::unique_ptr<Work> mine(static_cast<Work*>(argument));
    Server& server = *mine->server;
    if (mine->visit.refusal) {
      RefuseConnection(mine->channel, *mine->visit.refusal);
    } else {
      const Visitor visitor{mine->visit.door, mine->visit.user, server.limits_.idle};
      ServeConnection(mine->channel, visitor, *server.keep_, *server.watch_);
      server.EndIfRetired();
    }
    server.GiveBack(mine->visit, mine->channel.fd());
    return nullptr;
  };
  if (const auto thread = StartSmallThread(run, work)) {
    ::pthread_detach(*thread);
  } else {
    const std::unique_ptr<Work> unstarted(work);
    GiveBack(visit, socket);
  }
}

bool Server::Stop(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
  return all_gone_.wait_for(lock, time, [this] { return open_.empty(); });
}

}  // namespace edgekeep::keep
