#include "session_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace edgekeep::keep {
namespace {

// A cell whose application has left wipes and ends by itself within this time, or is ended.
constexpr std::chrono::seconds kGrace{2};
constexpr short kGone = POLLRDHUP | POLLHUP | POLLERR | POLLNVAL;

}  // namespace

SessionWatch::SessionWatch() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), thread_([this] { Run(); }) {}

SessionWatch::~SessionWatch() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  Wake();
  thread_.join();
}

void SessionWatch::Wake() {
  const std::uint64_t one = 1;
  static_cast<void>(::write(wake_.get(), &one, sizeof one) == 0);
}

void SessionWatch::Add(std::unique_ptr<Session> session) {
  {
    const std::lock_guard lock(mutex_);
    new_.push_back(std::move(session));
  }
  Wake();
}

bool SessionWatch::TakeNew(std::vector<Watched>& watched) {
  const std::lock_guard lock(mutex_);
  for (auto& session : new_) watched.push_back({std::move(session), std::nullopt});
  new_.clear();
  return !ending_;
}

void SessionWatch::Run() {
  std::vector<Watched> watched;
  std::vector<pollfd> polled;
  while (TakeNew(watched)) {
    polled.assign(1, {wake_.get(), POLLIN, 0});
    int timeout_ms = -1;
    for (const Watched& entry : watched) {
      polled.push_back({entry.session->cell_signal(), POLLRDHUP, 0});
      // Once its end is known it would only make poll return at once, again and again.
      polled.push_back({entry.deadline ? -1 : entry.session->application_signal(), POLLRDHUP, 0});
      if (entry.deadline) timeout_ms = 100;
    }
    ::poll(polled.data(), polled.size(), timeout_ms);
    std::uint64_t ignored = 0;
    static_cast<void>(::read(wake_.get(), &ignored, sizeof ignored) == 0);
    const Clock::time_point now = Clock::now();
    for (std::size_t i = watched.size(); i-- > 0;) {
      if ((polled[2 + 2 * i].revents & kGone) != 0 && !watched[i].deadline) watched[i].deadline = now + kGrace;
      const bool cell_gone = (polled[1 + 2 * i].revents & kGone) != 0;
      if (cell_gone || (watched[i].deadline && now >= *watched[i].deadline)) {
        watched.erase(watched.begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
  }
}

}  // namespace edgekeep::keep
