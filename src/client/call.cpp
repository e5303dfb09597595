#include "call.h"

#include <array>
#include <memory>
#include <new>

#include "edgekeep/client/call.h"
#include "edgekeep/gate/ring_copy.h"
#include "outputs.h"
#include "strings.h"
#include "tensor_match.h"

namespace edgekeep::client {
namespace {

Status CopyAndSubmit(ek_call& call, Inputs inputs, const gate::TensorPlaces& places) {
  const MutableByteView room = call.model->session->room(call.slot);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const MutableByteView target = room.subspan(places[i].offset, places[i].size);
    if (places[i].type == gate::ElementType::kString) {
      EK_TRY(WriteStringInput(inputs[i], target));
    } else if (!target.empty()) {
      gate::CopyIntoRing({static_cast<const std::uint8_t*>(inputs[i].data), target.size()}, target);
    }
  }
  call.model->session->Submit(call.slot, places);
  call.started = true;
  return {};
}

// What it would be if its elements were there already. Sizes of what the model does not take are told by PlaceInputs.
ek_input Unwritten(const ek_bound_input& input) {
  static constexpr std::uint8_t kSomewhere = 0;
  const bool readable = input.shape != nullptr && input.rank <= EK_MAX_RANK;
  const std::span shape(input.shape, readable ? input.rank : 0);
  const auto size = gate::TensorBytes(static_cast<gate::ElementType>(input.type), shape);
  return {input.name, input.type, input.rank, input.shape, &kSomewhere, static_cast<std::size_t>(size.value_or(0))};
}

Answer<gate::TensorPlaces> PlaceBound(const ek_model& model, BoundInputs inputs) {
  std::array<ek_input, EK_MAX_TENSORS> unwritten{};
  if (inputs.size() > unwritten.size()) return Error(ErrorCode::kBadTensor, "the number of inputs");
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].type == EK_STRING) return Error(ErrorCode::kBadTensor, "strings cannot be bound");
    unwritten[i] = Unwritten(inputs[i]);
  }
  return PlaceInputs(model.info, std::span(unwritten).first(inputs.size()), model.session->room_size());
}

}  // namespace

Answer<ek_call*> Bind(ek_model& model, BoundInputs inputs, const Deadline& deadline) {
  EK_TRY_ASSIGN(const gate::TensorPlaces places, PlaceBound(model, inputs));
  EK_TRY_ASSIGN(const Session::Slot slot, model.session->Take(deadline));
  ek_call* const call = new (std::nothrow) ek_call(model, slot);
  if (call == nullptr) {
    model.session->GiveBack(slot);
    return Error(ErrorCode::kNoMemory, "call");
  }
  const MutableByteView room = model.session->room(slot);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    inputs[i].buffer = room.subspan(places[i].offset, places[i].size).data();
    inputs[i].size = places[i].size;
  }
  call->bound = places;
  return call;
}

Outcome Start(ek_call& call) {
  if (!call.bound) return Error(ErrorCode::kBadState, "the call is not bound");
  if (call.receipt_under_way || (call.started && !IsDone(call))) {
    return Error(ErrorCode::kBadState, "the call is under way");
  }
  // The slot of a call that was answered is this call's to submit; of one that broke off nobody knows.
  EK_TRY(call.model->session->CheckWhole());
  call.answer.reset();
  call.receipt_number.reset();
  call.started = true;
  call.model->session->Submit(call.slot, *call.bound);
  return {};
}

Answer<ek_call*> Submit(ek_model& model, Inputs inputs, const Deadline& deadline) {
  EK_TRY_ASSIGN(const gate::TensorPlaces places, PlaceInputs(model.info, inputs, model.session->room_size()));
  EK_TRY_ASSIGN(const Session::Slot slot, model.session->Take(deadline));
  std::unique_ptr<ek_call> call(new (std::nothrow) ek_call(model, slot));
  if (!call) {
    model.session->GiveBack(slot);
    return Error(ErrorCode::kNoMemory, "call");
  }
  EK_TRY(CopyAndSubmit(*call, inputs, places));
  return call.release();
}

Outcome Wait(ek_call& call, OutputRequests outputs, const Deadline& deadline) {
  const gate::ModelInfo& info = call.model->info;
  EK_TRY_ASSIGN(const OutputIndexes indexes, IndexesOf(info, outputs));
  Session& session = *call.model->session;
  if (!call.started) return Error(ErrorCode::kBadState, "the call was not started");
  if (!call.answer) {
    Answer<gate::TensorPlaces> answer = session.Await(call.slot, deadline);
    if (!answer && answer.error().code == ErrorCode::kTimedOut) return answer.error();
    call.answer = std::move(answer);
  }
  if (!*call.answer) return call.answer->error();
  EK_TRY(Collect(info, **call.answer, indexes, session.room(call.slot), outputs));
  return {};
}

namespace {

Outcome AskForReceipt(ek_call& call) {
  Session& session = *call.model->session;
  if (call.receipt_under_way) return {};
  if (!call.receipt_number) {
    if (!call.answer || !*call.answer) return Error(ErrorCode::kBadState, "only an answered call has a receipt");
    EK_TRY_ASSIGN(call.receipt_number, session.ReceiptNumber(call.slot));
  }
  // The slot's room is used for the receipt now.
  call.answer = Answer<gate::TensorPlaces>(Error(ErrorCode::kBadState, "the receipt took the outputs' place"));
  session.SubmitReceiptRequest(call.slot, *call.receipt_number);
  call.receipt_under_way = true;
  return {};
}

}  // namespace

Answer<ByteView> Receipt(ek_call& call, const Deadline& deadline) {
  EK_TRY(AskForReceipt(call));
  Session& session = *call.model->session;
  const Answer<gate::TensorPlaces> answer = session.Await(call.slot, deadline);
  if (!answer && answer.error().code == ErrorCode::kTimedOut) return answer.error();
  call.receipt_under_way = false;
  if (!answer) return answer.error();
  if (answer->size() != 1 || (*answer)[0].type != gate::ElementType::kUint8 || (*answer)[0].size > EK_MAX_RECEIPT) {
    return Error(ErrorCode::kMalformed, "the cell's answer: no receipt");
  }
  return session.room(call.slot).subspan((*answer)[0].offset, (*answer)[0].size);
}

bool IsDone(ek_call& call) {
  if (call.answer || !call.started) return true;
  Answer<gate::TensorPlaces> answer = call.model->session->Await(call.slot, Deadline::Passed());
  if (!answer && answer.error().code == ErrorCode::kTimedOut) return false;
  call.answer = std::move(answer);
  return true;
}

Outcome Run(ek_model& model, Inputs inputs, OutputRequests outputs, const Deadline& deadline) {
  EK_TRY(IndexesOf(model.info, outputs));
  EK_TRY_ASSIGN(const gate::TensorPlaces places, PlaceInputs(model.info, inputs, model.session->room_size()));
  EK_TRY_ASSIGN(const Session::Slot slot, model.session->Take(deadline));
  ek_call call(model, slot);
  EK_TRY(CopyAndSubmit(call, inputs, places));
  return Wait(call, outputs, deadline);
}

}  // namespace edgekeep::client
