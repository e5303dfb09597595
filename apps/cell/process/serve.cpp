

#include "edgekeep/gate/posix/ring_memory.h"
#include "hang_up_watch.h"
#include "orders.h"
#include "posix_files.h"
#include "processors.h"

namespace edgekeep::cell {
namespace {

// How long calls may be apart to be answered without a wake-up, where a core is free for it.
constexpr std::uint32_t kSpinMicroseconds = 50;
constexpr int kLookMs = 100;

Status AnswerWithModel(const Workshop& workshop, const Received& received, const gate::ModelInfo& info) {
  EK_TRY_ASSIGN(Bytes body, Bytes::Allocate(gate::kMaxBodySize));
  CborWriter out(body.mutable_view());
  EK_TRY(gate::EncodeModelInfo(info, out));
  return workshop.control.Send(received.header.command, received.header.id, out.written());
}

// What nobody waits for is not computed.
void AnswerCall(ServedModel& model, gate::RingMemory& ring, const gate::SubmittedCalls::Call& call) {
  gate::RingSlot& slot = ring.header().slots[call.slot];
  if (call.given_up) {
    gate::PutFailure(ErrorCode::kTimedOut, slot.answer);
  } else {
    model.Answer(slot, ring.room(call.slot));
  }
  gate::Set(slot.answered, call.number, slot.application_waiting);
}

void AnswerCalls(ServedModel& model, gate::RingMemory& ring, int session) {
  gate::SpinMemory spin(ProcessorCount() > 1 ? kSpinMicroseconds : 0);
  gate::RingHeader& header = ring.header();
  gate::SubmittedCalls calls(header, ring.num_slots());
  while (!HangUpWatch::stopped()) {
    // Before the look at the slots: what is submitted after it changes the bell.
    const std::uint32_t bell = header.bell.load();
    if (const auto call = calls.Take()) {
      AnswerCall(model, ring, *call);
      continue;
    }
    const Status rung = gate::WaitForChange(header.bell, bell, header.cell_waiting, spin, kLookMs, session);
    if (!rung && rung.error().code() != ErrorCode::kTimedOut) return;
  }
}

}  // namespace

Status Serve(const Workshop& workshop, const Received& received, const gate::ServeModelOrder& order) {
  if (received.num_descriptors != 3) return Error(ErrorCode::kMalformed, "descriptors of an order");
  EK_TRY_ASSIGN(const PosixSource file, PosixSource::Of(std::move(received.descriptors[0])));
  EK_TRY_ASSIGN(gate::RingMemory ring, gate::RingMemory::Map(std::move(received.descriptors[1])));
  const gate::Descriptor session(std::move(received.descriptors[2]));
  EK_TRY(HangUpWatch::Start(workshop.control.fd(), session.get(), workshop.pool, workshop.engine.tensor_memory.get()));
  EK_TRY_ASSIGN(ServedModel model, ServedModel::Open(workshop.parts(), file, order));
  EK_TRY(AnswerWithModel(workshop, received, model.info()));
  AnswerCalls(model, ring, session.get());
  return {};
}

}  // namespace edgekeep::cell
