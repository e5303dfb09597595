// Ends a cell that nobody needs any more, whatever it is doing.
#pragma once
#include <atomic>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"
#include "edgekeep/engine/onnxruntime/tensor_memory.h"

namespace edgekeep::cell {

// A thread that looks at two sockets. When either is hung up, stopped() turns true; when the work has not ended half a
// second later, the plaintext is wiped and the process ended.
class HangUpWatch {
 public:
  // `session` may be -1; `tensors` is wiped like the plaintext, and may be null. Once in a process. Fails with
  // kNoMemory.
  static Status Start(int control, int session, MutableByteView plaintext, const engine::TensorMemory* tensors);

  static bool stopped() noexcept;

  // The work has ended, and everything was wiped: the process ends by itself.
  static void WorkEnded() noexcept;
};

}  // namespace edgekeep::cell
