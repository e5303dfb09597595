#include "control_loop.h"
#include "crash_wipe.h"
#include "hang_up_watch.h"
#include "orders.h"
#include "posix_files.h"
#include "processors.h"

namespace edgekeep::cell {
namespace {

Result<Bytes> Encoded(const gate::ServeModelAnswer& answer) {
  EK_TRY_ASSIGN(Bytes body, Bytes::Allocate(gate::kMaxBodySize));
  CborWriter out(body.mutable_view());
  EK_TRY(gate::EncodeServeModelAnswer(answer, out));
  body.Truncate(out.written().size());
  return body;
}

}  // namespace

Status Serve(const Workshop& workshop, const Received& received, const gate::ServeModelOrder& order) {
  const std::size_t count = received.num_descriptors;
  if (count != 1 && count != 2) return Error(ErrorCode::kMalformed, "descriptors of an order");
  EK_TRY_ASSIGN(const PosixSource file, PosixSource::Of(std::move(received.descriptors[0])));
  Ledger ledger;
  if (count == 2) {
    EK_TRY_ASSIGN(ledger, Ledger::Over(std::move(received.descriptors[1])));
  }
  EK_TRY_ASSIGN(const formats::ProductPolicy policy, PolicyOf(order));
  // Before anything starts a thread, the engine first of all.
  const bool bound = policy.processors.empty() || RunOnlyOn(policy.processors.view());
  const engine::TensorMemory* const tensors = workshop.engine.tensor_memory.get();
  EK_TRY(HangUpWatch::Start(workshop.control.fd()));
  EK_TRY_ASSIGN(ServedModel model, ServedModel::Open(workshop.parts(), file, order));
  EK_TRY_ASSIGN(
      const Bytes answer,
      Encoded({.model = model.info(), .provider = std::to_underlying(model.provider()), .processors_ignored = !bound}));
  AnswerLoop answering(model, std::move(ledger));
  ControlLoop control(workshop.control, answering, tensors);
  EK_TRY(control.Start());
  CrashWipe::HoldBack();
  // A keep that does not take the answer has gone, or ends this cell for it.
  static_cast<void>(workshop.control.Send(received.header.command, received.header.id, answer.view()).has_value());
  answering.Run();
  return {};
}

}  // namespace edgekeep::cell
