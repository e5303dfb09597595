#include "bare_echo.h"

#include <linux/futex.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <new>

#include "require.h"

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

BareEcho::BareEcho() {
  void* const page = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  test::Require(page != MAP_FAILED, "out of memory");
  shared_ = new (page) Shared;
  process_ = ::fork();
  test::Require(process_ >= 0, "fork");
  if (process_ == 0) Answer(*shared_);
}

BareEcho::~BareEcho() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  ::munmap(shared_, sizeof(Shared));
}

void BareEcho::Call() {
  const std::uint32_t seen = shared_->answer.load();
  Raise(shared_->request);
  SleepWhile(shared_->answer, seen);
}

void BareEcho::Answer(Shared& shared) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (std::uint32_t seen = 0;; ++seen) {
    SleepWhile(shared.request, seen);
    Raise(shared.answer);
  }
}

}  // namespace edgekeep::bench
