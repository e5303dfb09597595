#include "bare_echo.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace edgekeep::bench {
namespace {

using Word = std::atomic<std::uint32_t>;

// Without the waiting awake that std::atomic's own wait begins with.
void SleepWhile(Word& word, std::uint32_t old) {
  while (word.load() == old) ::syscall(SYS_futex, &word, FUTEX_WAIT, old, nullptr, nullptr, 0);
}

void Raise(Word& word) {
  word.fetch_add(1);
  ::syscall(SYS_futex, &word, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

}  // namespace

BareEcho::BareEcho() : thread_(&BareEcho::Answer, this) {}

BareEcho::~BareEcho() {
  ended_ = true;
  Raise(request_);
  thread_.join();
}

void BareEcho::Call() {
  const std::uint32_t seen = answer_.load();
  Raise(request_);
  SleepWhile(answer_, seen);
}

void BareEcho::Answer() {
  for (std::uint32_t seen = 0;; ++seen) {
    SleepWhile(request_, seen);
    if (ended_) return;
    Raise(answer_);
  }
}

}  // namespace edgekeep::bench
