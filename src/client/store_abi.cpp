// The C interface of what applications store (edgekeep/client/store.h).
#include <cstring>
#include <utility>

#include "client.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/client/store.h"
#include "edgekeep/gate/admin.h"
#include "edgekeep/gate/values.h"
#include "options.h"
#include "report.h"

namespace edgekeep::client {
namespace {

static_assert(EK_MAX_VALUE_NAME == ValueName::kMaxLength && EK_MAX_VALUE_SIZE == gate::kMaxValueSize);
static_assert(EK_MAX_VALUES == gate::kMaxValues);

constexpr std::size_t kMaxRequestBody = gate::kMaxValueSize + 256;

Result<ValueName> NameFrom(const char* name) {
  const Result<ValueName> parsed = ValueName::Parse(name != nullptr ? name : "");
  if (!parsed) return Error(ErrorCode::kBadArgument, parsed.error().where());
  return parsed;
}

// An answer that is wiped when it ends.
struct SecretReply {
  explicit SecretReply(Reply its_reply) noexcept : reply(std::move(its_reply)) {}

  SecretReply(SecretReply&&) = default;
  SecretReply& operator=(SecretReply&&) = delete;

  ~SecretReply() { Wipe(reply.buffer.mutable_view()); }

  Reply reply;
};

template <typename Request>
Answer<SecretReply> AskFor(const ek_client& client, gate::Command command, const Request& request,
                           edgekeep::Status (*encode)(const Request&, CborWriter&)) {
  EK_TRY_ASSIGN(SecretBytes room, SecretBytes::Allocate(kMaxRequestBody));
  CborWriter body(room.RevealForWriting());
  EK_TRY(encode(request, body));
  EK_TRY_ASSIGN(Reply reply, Ask(client.app_socket, {command, body.written(), {}},
                                 Deadline::In(client.timeout_ms, kDefaultTimeoutMs)));
  return SecretReply(std::move(reply));
}

Outcome ExpectEmpty(const SecretReply& answer) {
  if (answer.reply.message.frame.body.empty()) return {};
  return Error(ErrorCode::kMalformed, "the keep's answer: a body where none belongs");
}

Outcome Put(const ek_client& client, const char* name, ByteView value) {
  gate::PutValueRequest request;
  EK_TRY_ASSIGN(request.name, NameFrom(name));
  request.value = value;
  EK_TRY_ASSIGN(const SecretReply answer,
                AskFor(client, gate::Command::kPutValue, request, gate::EncodePutValueRequest));
  return ExpectEmpty(answer);
}

Outcome Get(const ek_client& client, const char* name, void* buffer, std::size_t& size) {
  gate::GetValueRequest request;
  EK_TRY_ASSIGN(request.name, NameFrom(name));
  EK_TRY_ASSIGN(const SecretReply answer,
                AskFor(client, gate::Command::kGetValue, request, gate::EncodeGetValueRequest));
  EK_TRY_ASSIGN(const ByteView value, gate::DecodeBlob(answer.reply.message.frame.body));
  if (value.size() > gate::kMaxValueSize) return Error(ErrorCode::kMalformed, "the keep's answer: size of a value");
  const std::size_t had = std::exchange(size, value.size());
  if (value.size() > had) return Error(ErrorCode::kTooLarge, "the value is larger than the buffer");
  if (!value.empty()) std::memcpy(buffer, value.data(), value.size());
  return {};
}

Outcome Delete(const ek_client& client, const char* name) {
  gate::DeleteValuesRequest request;
  if (name != nullptr) {
    EK_TRY_ASSIGN(request.name, NameFrom(name));
  }
  EK_TRY_ASSIGN(const SecretReply answer,
                AskFor(client, gate::Command::kDeleteValues, request, gate::EncodeDeleteValuesRequest));
  return ExpectEmpty(answer);
}

Outcome List(const ek_client& client, ek_stored_value* values, std::size_t& count, ek_store_usage* usage) {
  EK_TRY(CheckSized(usage));
  EK_TRY_ASSIGN(const Reply reply, Ask(client.app_socket, {gate::Command::kListValues, {}, {}},
                                       Deadline::In(client.timeout_ms, kDefaultTimeoutMs)));
  EK_TRY_ASSIGN(const gate::ListValuesAnswer answer, gate::DecodeListValuesAnswer(reply.message.frame.body));
  const std::size_t had = std::exchange(count, answer.values.size());
  if (answer.values.size() > had) return Error(ErrorCode::kTooLarge, "more values than there is room for");
  for (std::size_t i = 0; i < answer.values.size(); ++i) {
    const std::string_view name = answer.values[i].name.view();
    values[i] = {};
    std::memcpy(values[i].name, name.data(), name.size());
    values[i].size = answer.values[i].size;
  }
  WriteSized({.struct_size = 0, .bytes_used = answer.bytes_used, .changes_left = answer.changes_left}, usage);
  return {};
}

ek_code BadArgument(const char* what, ek_error* error) {
  return Report(Error(ErrorCode::kBadArgument, what), error);
}

}  // namespace
}  // namespace edgekeep::client

namespace ek = edgekeep::client;

// NOLINTBEGIN(readability-identifier-naming): C names
extern "C" ek_code ek_store_put(const ek_client* client, const char* name, const void* value, size_t size,
                                ek_error* error) {
  if (client == nullptr || (value == nullptr && size > 0)) return ek::BadArgument("client or value", error);
  return ek::ReportOutcome(ek::Put(*client, name, {static_cast<const std::uint8_t*>(value), size}), error);
}

extern "C" ek_code ek_store_get(const ek_client* client, const char* name, void* buffer, size_t* size,
                                ek_error* error) {
  if (client == nullptr || size == nullptr || (buffer == nullptr && *size > 0)) {
    return ek::BadArgument("client, buffer or size", error);
  }
  return ek::ReportOutcome(ek::Get(*client, name, buffer, *size), error);
}

extern "C" ek_code ek_store_delete(const ek_client* client, const char* name, ek_error* error) {
  if (client == nullptr) return ek::BadArgument("client", error);
  return ek::ReportOutcome(ek::Delete(*client, name), error);
}

extern "C" ek_code ek_store_list(const ek_client* client, ek_stored_value* values, size_t* count, ek_store_usage* usage,
                                 ek_error* error) {
  if (client == nullptr || count == nullptr || (values == nullptr && *count > 0)) {
    return ek::BadArgument("client, values or count", error);
  }
  return ek::ReportOutcome(ek::List(*client, values, *count, usage), error);
}

// NOLINTEND(readability-identifier-naming)
