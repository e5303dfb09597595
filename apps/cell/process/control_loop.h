// ControlLoop: the keep's orders to a cell that serves, and the ends of its sessions.
#pragma once
#include <pthread.h>

#include <array>
#include <optional>

#include "answer_loop.h"
#include "edgekeep/engine/onnxruntime/tensor_memory.h"
#include "edgekeep/gate/posix/channel.h"

namespace edgekeep::cell {

// A thread of its own. A session ends when its socket hangs up, and only that session; when the control socket does,
// or says what is no message, the answering stops.
class ControlLoop {
 public:
  // `tensors` may be null. All of it outlives this.
  ControlLoop(gate::Channel& control, AnswerLoop& answering, const engine::TensorMemory* tensors) noexcept
      : control_(&control), answering_(&answering), tensors_(tensors) {}

  ControlLoop(const ControlLoop&) = delete;
  ControlLoop& operator=(const ControlLoop&) = delete;
  // Waits until the keep has hung up.
  ~ControlLoop();

  // Once. Fails with kNoMemory.
  Status Start();

 private:
  struct Client {
    gate::SessionNumber number = 0;
    gate::Descriptor socket;
  };

  static void* RunIn(void* loop);
  void Run();
  bool WaitForSomething();
  void DropThoseThatLeft();
  Status TakeOrder();
  Status AnswerOrder(gate::Message& message);
  Result<ByteView> CarryOut(gate::Message& message);
  Status AddSession(gate::Message& message);
  Status EndSession(ByteView body);
  Result<ByteView> ReadStatistics(ByteView body);

  gate::Channel* control_;
  AnswerLoop* answering_;
  const engine::TensorMemory* tensors_;
  std::optional<pthread_t> thread_;
  Bytes frame_;                                                    // as it comes
  std::array<std::uint8_t, gate::kMaxCellStatisticsSize> body_{};  // of an answer
  std::array<Client, gate::kMaxSessionsOfCell> clients_;
  std::array<bool, gate::kMaxSessionsOfCell> left_{};
};

}  // namespace edgekeep::cell
