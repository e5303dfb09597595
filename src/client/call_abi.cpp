// The C interface of calls that do not wait (edgekeep/client/call.h).
#include "call.h"
#include "edgekeep/client/call.h"
#include "report.h"

using edgekeep::Error;
using edgekeep::ErrorCode;

// NOLINTBEGIN(readability-identifier-naming): C names
extern "C" ek_code ek_call_submit(ek_model* model, const ek_input* inputs, size_t num_inputs, ek_call** call,
                                  ek_error* error) {
  if (model == nullptr || call == nullptr || (inputs == nullptr && num_inputs != 0)) {
    return edgekeep::client::Report(Error(ErrorCode::kBadArgument, "model, inputs or call"), error);
  }
  const auto submitted = edgekeep::client::Submit(*model, {inputs, num_inputs});
  if (submitted) *call = *submitted;
  return edgekeep::client::ReportOutcome(submitted, error);
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

extern "C" int ek_call_is_done(ek_call* call) {
  return call != nullptr && edgekeep::client::IsDone(*call) ? 1 : 0;
}

extern "C" void ek_call_end(ek_call* call) {
  delete call;
}

// NOLINTEND(readability-identifier-naming)
