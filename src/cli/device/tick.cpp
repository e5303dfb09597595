#include "tick.h"

#include <unistd.h>

#include <ctime>

namespace edgekeep::cli::device {

Tick::Tick() {
  ::sigemptyset(&ends_);
  ::sigaddset(&ends_, SIGINT);
  ::sigaddset(&ends_, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &ends_, &before_);
}

Tick::~Tick() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

Tick::Interruptible::Interruptible(const Tick& tick) : tick_(tick) {
  struct sigaction end{};
  end.sa_handler = [](int) { ::_exit(0); };
  ::sigaction(SIGINT, &end, &interrupt_);
  ::sigaction(SIGTERM, &end, &terminate_);
  ::pthread_sigmask(SIG_UNBLOCK, &tick_.ends_, nullptr);
}

Tick::Interruptible::~Interruptible() {
  ::pthread_sigmask(SIG_BLOCK, &tick_.ends_, nullptr);
  ::sigaction(SIGINT, &interrupt_, nullptr);
  ::sigaction(SIGTERM, &terminate_, nullptr);
}

bool Tick::Wait(std::chrono::milliseconds time) const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  const timespec wait{seconds.count(), std::chrono::nanoseconds(time - seconds).count()};
  return ::sigtimedwait(&ends_, nullptr, &wait) < 0;
}

}  // namespace edgekeep::cli::device
