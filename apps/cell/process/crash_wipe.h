// Wipes a cell that crashes, before it ends.
#pragma once
#include <signal.h>

#include "edgekeep/base/bytes.h"
#include "edgekeep/engine/onnxruntime/tensor_memory.h"

namespace edgekeep::cell {

// On a signal that says that the program is broken, everything below is wiped and the process ended with
// isolation::kExitOfSignal and the signal's number. What ends a process without asking it (SIGKILL, a forbidden system
// call) is not seen: the kernel takes that memory back as it is.
class CrashWipe {
 public:
  // `tensors` may be null. All of it lives as long as the process. Once, before there is a second thread.
  static void Arm(MutableByteView keys, MutableByteView plaintext, const engine::TensorMemory* tensors) noexcept;

  // The same, for whoever ends the process under its threads. Nothing before Arm.
  static void WipeAll() noexcept;

  // To be called between the last look at what may be wiped and the word that tells somebody what came of it: does not
  // return once wiping has begun. Other threads go on while one wipes, and would give out what they made of zeros.
  static void HoldBack() noexcept;

  // So that the calling thread's crash can be handled though its stack is used up. Of one thread in a process, which
  // has at its end what it had before: a sanitizer's runtime takes the stack for its own and unmaps it.
  class ArmedThread {
   public:
    ArmedThread() noexcept;
    ArmedThread(const ArmedThread&) = delete;
    ArmedThread& operator=(const ArmedThread&) = delete;
    ~ArmedThread();

   private:
    stack_t former_{};
  };
};

}  // namespace edgekeep::cell
