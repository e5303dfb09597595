// The C interface of models (edgekeep/client/model.h).
#include <algorithm>
#include <new>

#include "call.h"
#include "client.h"
#include "options.h"
#include "report.h"

namespace edgekeep::client {
namespace {

constexpr std::size_t kMaxRequestBody = 512;

Result<ProductName> ParseProduct(const char* product) {
  const Result<ProductName> parsed = ProductName::Parse(product != nullptr ? product : "");
  if (!parsed) return Error(ErrorCode::kBadArgument, parsed.error().where());
  return parsed;
}

Answer<Reply> AskToOpen(const ek_client& client, const gate::OpenModelRequest& request, const Deadline& deadline) {
  std::array<std::uint8_t, kMaxRequestBody> room{};
  CborWriter body(room);
  EK_TRY(gate::EncodeOpenModelRequest(request, body));
  return Ask(client.app_socket, {gate::Command::kOpenModel, body.written(), {}}, deadline);
}

Answer<ek_model*> OpenModel(const ek_client& client, const char* product, const ek_model_options* given) {
  EK_TRY_ASSIGN(const ek_model_options options, ReadSized(given, ek_model_options EK_MODEL_OPTIONS_INIT));
  gate::OpenModelRequest request{
      .ring_bytes = options.ring_bytes, .threads = options.threads, .calls = options.max_calls};
  EK_TRY_ASSIGN(request.product, ParseProduct(product));
  EK_TRY_ASSIGN(Reply reply, AskToOpen(client, request, Deadline::In(options.timeout_ms, client.timeout_ms)));
  gate::Message& message = reply.message;
  EK_TRY_ASSIGN(const gate::OpenModelAnswer answer, gate::DecodeOpenModelAnswer(message.frame.body));
  if (message.num_descriptors != 2) return Error(ErrorCode::kMalformed, "the keep's answer: its descriptors");
  EK_TRY_ASSIGN(auto session, Session::Start(std::move(message.descriptors[0]), std::move(message.descriptors[1])));
  const std::uint32_t timeout = options.timeout_ms == EK_TIMEOUT_DEFAULT ? client.timeout_ms : options.timeout_ms;
  auto* model = new (std::nothrow) ek_model(request.product, answer, std::move(session), timeout);
  if (model == nullptr) return Error(ErrorCode::kNoMemory, "model");
  return model;
}

}  // namespace
}  // namespace edgekeep::client

using edgekeep::Error;
using edgekeep::ErrorCode;

// NOLINTBEGIN(readability-identifier-naming): C names
extern "C" ek_code ek_model_open(const ek_client* client, const char* product, const ek_model_options* options,
                                 ek_model** model, ek_error* error) {
  if (client == nullptr || model == nullptr) {
    return edgekeep::client::Report(Error(ErrorCode::kBadArgument, "client or model"), error);
  }
  const auto opened = edgekeep::client::OpenModel(*client, product, options);
  if (opened) *model = *opened;
  return edgekeep::client::ReportOutcome(opened, error);
}

extern "C" void ek_model_close(ek_model* model) {
  delete model;
}

extern "C" const ek_model_description* ek_model_info(const ek_model* model) {
  return &model->description;
}

extern "C" const ek_tensor_info* ek_model_input(const ek_model* model, size_t index) {
  return index < model->description.num_inputs ? &model->inputs[index] : nullptr;
}

extern "C" const ek_tensor_info* ek_model_output(const ek_model* model, size_t index) {
  return index < model->description.num_outputs ? &model->outputs[index] : nullptr;
}

extern "C" const char* ek_model_feature(const ek_model* model, size_t index) {
  return index < model->features.size() ? model->features[index].c_str() : nullptr;
}

extern "C" int ek_model_has_feature(const ek_model* model, const char* feature) {
  if (feature == nullptr) return 0;
  const auto is_it = [feature](const auto& named) { return named.view() == feature; };
  return std::ranges::any_of(model->features, is_it) ? 1 : 0;
}

// NOLINTNEXTLINE(readability-function-size): a C interface has as many parameters as it has
extern "C" ek_code ek_model_run(ek_model* model, const ek_input* inputs, size_t num_inputs, ek_output* outputs,
                                size_t num_outputs, uint32_t timeout_ms, ek_error* error) {
  if (model == nullptr || (inputs == nullptr && num_inputs != 0) || (outputs == nullptr && num_outputs != 0)) {
    return edgekeep::client::Report(Error(ErrorCode::kBadArgument, "model, inputs or outputs"), error);
  }
  const auto deadline = edgekeep::client::Deadline::In(timeout_ms, model->timeout_ms);
  const auto ran = edgekeep::client::Run(*model, {inputs, num_inputs}, {outputs, num_outputs}, deadline);
  return edgekeep::client::ReportOutcome(ran, error);
}

// NOLINTEND(readability-identifier-naming)
