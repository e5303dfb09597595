// A cell's process with the test in the keep's place.
#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/gate/posix/descriptor.h"
#include "edgekeep/isolation/process/purpose.h"
#include "order_taker.h"

namespace edgekeep::cell {

struct Launch {
  isolation::Purpose purpose = isolation::Purpose::kServe;
  std::uint64_t pool_bytes = 32ULL << 20;
  std::string binary = EK_UNCONFINED_CELL;
  std::string engine = EK_ONNXRUNTIME_LIBRARY;
  std::uint64_t largest_file = 0;  // RLIMIT_FSIZE; 0: none
};

class CellUnderTest final : public OrderTaker {
 public:
  explicit CellUnderTest(const Launch& launch = {});
  CellUnderTest(const CellUnderTest&) = delete;
  CellUnderTest& operator=(const CellUnderTest&) = delete;
  ~CellUnderTest() override;

  Result<gate::CellHello> Hello();

  using OrderTaker::Order;
  Result<Bytes> Order(gate::Command command, ByteView body, std::span<const int> descriptors) override;

  // Waits until the cell's work has ended, with its process still there; false after `timeout_ms`.
  bool WaitUntilDone(int timeout_ms = 10000);
  // Lets the process end; its wait status.
  int End();
  // Waits for an end that nobody allowed (the watch's); its wait status, -1 after ten seconds.
  int WaitForItsEnd();

  void HangUpControl() { control_ = gate::Channel(); }

  pid_t pid() const { return pid_; }

 private:
  gate::Channel control_;
  gate::Descriptor hold_;
  pid_t pid_ = -1;
  std::string scratch_;
};

}  // namespace edgekeep::cell
