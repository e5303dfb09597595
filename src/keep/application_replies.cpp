#include "reply.h"

namespace edgekeep::keep {
namespace {

Result<Reply> ReplyOpenModel(KeepState& state, const Request& request, Attempt& attempt) {
  EK_TRY_ASSIGN(const gate::OpenModelRequest open, gate::DecodeOpenModelRequest(request.frame.body));
  EK_TRY_ASSIGN(OpenedModel opened, OpenModel(state, open, request.user, attempt));
  EK_TRY_ASSIGN(Reply reply, ReplyOf(opened.answer, gate::EncodeOpenModelAnswer));
  reply.session = std::move(opened.session);
  return reply;
}

Result<Reply> ReplyExportModel(KeepState& state, const Request& request, Attempt& attempt) {
  EK_TRY_ASSIGN(const gate::ExportModelRequest wanted, gate::DecodeExportModelRequest(request.frame.body));
  EK_TRY_ASSIGN(ExportedModel exported, ExportModel(state, wanted, request.user, attempt));
  EK_TRY_ASSIGN(Reply reply, ReplyOf(exported.answer, gate::EncodeExportModelAnswer));
  reply.files = std::move(exported.files);
  return reply;
}

Result<Reply> ReplyPutValue(KeepState& state, const Request& request, Attempt& attempt) {
  attempt.command = "put value";
  EK_TRY_ASSIGN(const gate::PutValueRequest put, gate::DecodePutValueRequest(request.frame.body));
  EK_TRY(PutValue(state, put, request.user));
  return Reply{};
}

Result<Reply> ReplyGetValue(KeepState& state, const Request& request, Attempt& attempt) {
  attempt.command = "get value";
  attempt.may_be_missing = true;
  EK_TRY_ASSIGN(const gate::GetValueRequest get, gate::DecodeGetValueRequest(request.frame.body));
  EK_TRY_ASSIGN(const SecretBytes value, GetValue(state, get, request.user));
  return ReplyOf(ByteView(value.Reveal()), gate::EncodeBlob);
}

Result<Reply> ReplyDeleteValues(KeepState& state, const Request& request, Attempt& attempt) {
  attempt.command = "delete values";
  attempt.may_be_missing = true;
  EK_TRY_ASSIGN(const gate::DeleteValuesRequest names, gate::DecodeDeleteValuesRequest(request.frame.body));
  EK_TRY(DeleteValues(state, names, request.user));
  return Reply{};
}

Result<Reply> ReplyListValues(KeepState& state, const Request& request, Attempt& attempt) {
  attempt.command = "list values";
  EK_TRY(CheckEmpty(request.frame.body));
  EK_TRY_ASSIGN(const gate::ListValuesAnswer answer, ListValues(state, request.user));
  return ReplyOf(answer, gate::EncodeListValuesAnswer);
}

}  // namespace

Result<Reply> ReplyToApplication(KeepState& state, const Request& request, Attempt& attempt) {
  switch (request.frame.header.command) {
    case gate::Command::kOpenModel:
      attempt.command = "open";
      return ReplyOpenModel(state, request, attempt);
    case gate::Command::kExportModel:
      attempt.command = "export";
      return ReplyExportModel(state, request, attempt);
    case gate::Command::kPutValue:
      return ReplyPutValue(state, request, attempt);
    case gate::Command::kGetValue:
      return ReplyGetValue(state, request, attempt);
    case gate::Command::kDeleteValues:
      return ReplyDeleteValues(state, request, attempt);
    case gate::Command::kListValues:
      return ReplyListValues(state, request, attempt);
    default:
      return Error(ErrorCode::kUnsupported, "command");
  }
}

}  // namespace edgekeep::keep
