// Ends a cell that nobody needs any more, whatever it is doing.
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"
#include "edgekeep/engine/onnxruntime/tensor_memory.h"

namespace edgekeep::cell {

// A thread that looks at the keep's socket. When the work has not ended half a second after it was hung up, the
// plaintext is wiped and the process ended.
class HangUpWatch {
 public:
  // `tensors` is wiped like the plaintext, and may be null. Once in a process. Fails with kNoMemory.
  static Status Start(int control, MutableByteView plaintext, const engine::TensorMemory* tensors);

  // The work has ended, and everything was wiped: the process ends by itself.
  static void WorkEnded() noexcept;
};

}  // namespace edgekeep::cell
