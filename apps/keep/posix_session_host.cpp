#include "posix_session_host.h"

#include <fcntl.h>

#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/gate/posix/ring_memory.h"
#include "posix_ledger.h"

namespace edgekeep::keep {
namespace {

class PosixSessionLine final : public ports::SessionLine {
 public:
  PosixSessionLine(gate::Descriptor ring, std::uint64_t ring_bytes, gate::Descriptor application_end,
                   gate::Descriptor cell_end) noexcept
      : ring_(std::move(ring)),
        ring_bytes_(ring_bytes),
        application_end_(std::move(application_end)),
        cell_end_(std::move(cell_end)) {}

  int ring() const override { return ring_.get(); }

  std::uint64_t ring_bytes() const override { return ring_bytes_; }

  int application_end() const override { return application_end_.get(); }

  int cell_end() const override { return cell_end_.get(); }

  void HandOver() override { application_end_ = gate::Descriptor(); }

  void Refuse(Calls calls, ErrorCode code) override {
    // An application that made something else of its ring waits for nothing.
    Result<gate::RingMemory> ring = gate::RingMemory::Map(gate::Descriptor(::fcntl(ring_.get(), F_DUPFD_CLOEXEC, 0)));
    if (!ring) return;
    for (std::uint32_t i = 0; i < ring->num_slots(); ++i) {
      gate::RingSlot& slot = ring->header().slots[i];
      const auto open = gate::FindOpenCall(slot);
      if (!open || (calls == Calls::kBegun && !open->taken)) continue;
      gate::PutFailure(code, slot.answer);
      gate::Set(slot.answered, open->number, slot.application_waiting);
    }
  }

 private:
  gate::Descriptor ring_;
  std::uint64_t ring_bytes_;
  gate::Descriptor application_end_;
  gate::Descriptor cell_end_;
};

}  // namespace

Result<std::unique_ptr<ports::SessionLine>> PosixSessionHost::NewLine(std::uint64_t data_bytes,
                                                                      std::uint32_t num_slots) {
  // The keep's mapping ends here: tensors are nothing the keep reads. The descriptor stays, for the next cell.
  EK_TRY_ASSIGN(const gate::RingMemory memory, gate::RingMemory::Create(data_bytes, num_slots));
  gate::Descriptor ring(::fcntl(memory.fd(), F_DUPFD_CLOEXEC, 0));
  if (!ring.valid()) return Error(ErrorCode::kIo, "ring");
  EK_TRY_ASSIGN(auto ends, gate::Channel::Pair());
  return std::make_unique<PosixSessionLine>(std::move(ring), gate::kRingDataOffset + memory.data_size(),
                                            ends.first.TakeSocket(), ends.second.TakeSocket());
}

Result<std::unique_ptr<ports::Ledger>> PosixSessionHost::NewLedger(ports::LedgerDesk& desk) {
  return PosixLedger::Open(desk);
}

}  // namespace edgekeep::keep
