#include "session_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace edgekeep::keep {
namespace {

// While a cell is ending, as the keep has it.
constexpr int kCollectMs = 100;
constexpr int kLastCollectMs = 10;
constexpr short kHungUp = POLLRDHUP | POLLHUP | POLLERR | POLLNVAL;

}  // namespace

SessionWatch::SessionWatch(Keep& keep)
    : keep_(&keep),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      tending_(keep, [this] { Wake(); }),
      thread_([this] { Run(); }) {}

SessionWatch::~SessionWatch() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  Look();
  thread_.join();
}

void SessionWatch::Look() {
  Wake();
  tending_.Look();
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
  Look();
}

bool SessionWatch::TakeNew(Sessions& watched) {
  const std::lock_guard lock(mutex_);
  for (auto& session : new_) watched.push_back(std::move(session));
  new_.clear();
  return !ending_;
}

// Ends the sessions whose application is gone, or that get no cell any more.
void SessionWatch::WaitForEnds(Sessions& watched, int timeout_ms) {
  std::vector<pollfd> polled{{wake_.get(), POLLIN, 0}};
  for (const auto& session : watched) {
    // It may have been over before it was watched: nobody tells of that again.
    if (session->over()) timeout_ms = 0;
    polled.push_back({session->application_signal(), POLLRDHUP, 0});
    polled.push_back({session->cell_signal(), POLLRDHUP, 0});
  }
  if (::poll(polled.data(), polled.size(), timeout_ms) < 0) return;
  std::uint64_t ignored = 0;
  static_cast<void>(::read(wake_.get(), &ignored, sizeof ignored) == 0);
  bool any_lost = false;
  for (std::size_t i = watched.size(); i-- > 0;) {
    any_lost = any_lost || (polled[2 + 2 * i].revents & kHungUp) != 0;
    if ((polled[1 + 2 * i].revents & kHungUp) == 0 && !watched[i]->over()) continue;
    watched.erase(watched.begin() + static_cast<std::ptrdiff_t>(i));
  }
  if (any_lost) tending_.Look();
}

void SessionWatch::Run() {
  Sessions watched;
  int timeout_ms = kCollectMs;
  while (TakeNew(watched)) {
    WaitForEnds(watched, timeout_ms);
    const std::optional<std::uint64_t> licences = keep_->TendLicences();
    timeout_ms = keep_->CollectCells();
    // An end that was seen in passing is watched no more.
    if (keep_->AnyUntendedLoss()) tending_.Look();
    if (!licences) continue;
    const int licences_ms = static_cast<int>(*licences * 1000);
    timeout_ms = timeout_ms < 0 ? licences_ms : std::min(timeout_ms, licences_ms);
  }
  watched.clear();
  // What is being moved ends with the move.
  tending_.Stop();
  while (keep_->CollectCells() == kCollectMs) ::poll(nullptr, 0, kLastCollectMs);
}

}  // namespace edgekeep::keep
