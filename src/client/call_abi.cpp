// The C interface of calls that do not wait (edgekeep/client/call.h).
#include <cstring>

#include "call.h"
#include "edgekeep/client/call.h"
#include "report.h"

using edgekeep::Error;
using edgekeep::ErrorCode;

// NOLINTBEGIN(readability-identifier-naming): C names
extern "C" ek_code ek_call_submit(ek_model* model, const ek_input* inputs, size_t num_inputs, uint32_t timeout_ms,
                                  ek_call** call, ek_error* error) {
  if (model == nullptr || call == nullptr || (inputs == nullptr && num_inputs != 0)) {
    return edgekeep::client::Report(Error(ErrorCode::kBadArgument, "model, inputs or call"), error);
  }
  const auto deadline = edgekeep::client::Deadline::In(timeout_ms, model->timeout_ms);
  const auto submitted = edgekeep::client::Submit(*model, {inputs, num_inputs}, deadline);
  if (submitted) *call = *submitted;
  return edgekeep::client::ReportOutcome(submitted, error);
}

extern "C" ek_code ek_call_bind(ek_model* model, ek_bound_input* inputs, size_t num_inputs, uint32_t timeout_ms,
                                ek_call** call, ek_error* error) {
  if (model == nullptr || call == nullptr || (inputs == nullptr && num_inputs != 0)) {
    return edgekeep::client::Report(Error(ErrorCode::kBadArgument, "model, inputs or call"), error);
  }
  const auto deadline = edgekeep::client::Deadline::In(timeout_ms, model->timeout_ms);
  const auto bound = edgekeep::client::Bind(*model, {inputs, num_inputs}, deadline);
  if (bound) *call = *bound;
  return edgekeep::client::ReportOutcome(bound, error);
}

extern "C" ek_code ek_call_start(ek_call* call, ek_error* error) {
  if (call == nullptr) return edgekeep::client::Report(Error(ErrorCode::kBadArgument, "call"), error);
  return edgekeep::client::ReportOutcome(edgekeep::client::Start(*call), error);
}

extern "C" ek_code ek_call_wait(ek_call* call, ek_output* outputs, size_t num_outputs, uint32_t timeout_ms,
                                ek_error* error) {
  if (call == nullptr || (outputs == nullptr && num_outputs != 0)) {
    return edgekeep::client::Report(Error(ErrorCode::kBadArgument, "call or outputs"), error);
  }
  const auto deadline = edgekeep::client::Deadline::In(timeout_ms, call->model->timeout_ms);
  const auto waited = edgekeep::client::Wait(*call, {outputs, num_outputs}, deadline);
  return edgekeep::client::ReportOutcome(waited, error);
}

extern "C" ek_code ek_call_receipt(ek_call* call, void* buffer, size_t capacity, size_t* size, uint32_t timeout_ms,
                                   ek_error* error) {
  if (call == nullptr || (buffer == nullptr && capacity != 0) || size == nullptr) {
    return edgekeep::client::Report(Error(ErrorCode::kBadArgument, "call, buffer or size"), error);
  }
  const auto deadline = edgekeep::client::Deadline::In(timeout_ms, call->model->timeout_ms);
  const auto receipt = edgekeep::client::Receipt(*call, deadline);
  if (!receipt) return edgekeep::client::ReportOutcome(receipt, error);
  *size = receipt->size();
  if (receipt->size() > capacity) return edgekeep::client::Report(Error(ErrorCode::kTooLarge, "receipt"), error);
  if (capacity != 0) std::memcpy(buffer, receipt->data(), receipt->size());
  return edgekeep::client::ReportOutcome(receipt, error);
}

extern "C" int ek_call_is_done(ek_call* call) {
  return call != nullptr && edgekeep::client::IsDone(*call) ? 1 : 0;
}

extern "C" void ek_call_end(ek_call* call) {
  delete call;
}

// NOLINTEND(readability-identifier-naming)
