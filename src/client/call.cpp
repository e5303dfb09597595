#include "call.h"

#include <cstring>
#include <memory>
#include <new>

#include "edgekeep/client/call.h"
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
      std::memcpy(target.data(), inputs[i].data, target.size());
    }
  }
  call.model->session->Submit(call.slot, places);
  return {};
}

}  // namespace

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
  if (call.answer) return true;
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
