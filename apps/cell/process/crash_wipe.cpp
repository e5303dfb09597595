#include "crash_wipe.h"

#include <poll.h>
#include <unistd.h>

#include <atomic>

#include "edgekeep/base/secret.h"
#include "edgekeep/isolation/process/purpose.h"

namespace edgekeep::cell {
namespace {

struct Armed {
  MutableByteView keys;
  MutableByteView plaintext;
  const engine::TensorMemory* tensors = nullptr;
};

constinit Armed armed{};

constinit std::atomic<bool> wiping = false;

alignas(64) constinit std::uint8_t stack[std::size_t{64} << 10]{};

void OnCrash(int signal) {
  CrashWipe::WipeAll();
  _exit(isolation::kExitOfSignal + signal);
}

}  // namespace

void CrashWipe::Arm(MutableByteView keys, MutableByteView plaintext, const engine::TensorMemory* tensors) noexcept {
  armed = {keys, plaintext, tensors};
  struct sigaction action{};
  action.sa_handler = OnCrash;
  // Once: a crash while wiping ends the process as it would without this.
  action.sa_flags = static_cast<int>(SA_ONSTACK | SA_RESETHAND | SA_NODEFER);
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP}) sigaction(signal, &action, nullptr);
}

// Nothing here takes a lock: a crash may have happened under any. Whoever reads a zero that is written below sees, if
// it looks afterwards, that wiping had begun.
void CrashWipe::WipeAll() noexcept {
  wiping.store(true, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  Wipe(armed.keys);
  Wipe(armed.plaintext);
  if (armed.tensors != nullptr) Wipe(armed.tensors->touched());
}

void CrashWipe::HoldBack() noexcept {
  std::atomic_thread_fence(std::memory_order_acquire);
  // The end, which whoever wipes brings, is a moment away.
  while (wiping.load(std::memory_order_relaxed)) poll(nullptr, 0, -1);
}

CrashWipe::ArmedThread::ArmedThread() noexcept {
  const stack_t own{.ss_sp = stack, .ss_flags = 0, .ss_size = sizeof stack};
  sigaltstack(&own, &former_);
}

CrashWipe::ArmedThread::~ArmedThread() {
  sigaltstack(&former_, nullptr);
}

}  // namespace edgekeep::cell
