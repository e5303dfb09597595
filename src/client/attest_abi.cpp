// The C interface for attestation (edgekeep/client/attest.h).
#include <cstring>
#include <utility>

#include "client.h"
#include "edgekeep/client/attest.h"
#include "edgekeep/gate/admin.h"
#include "report.h"

namespace edgekeep::client {
namespace {

struct Room {
  void* buffer;
  std::size_t* size;
};

Outcome AskForBlob(const ek_client& client, const Question& question, const Room& room) {
  EK_TRY_ASSIGN(const Reply reply,
                Ask(client.admin_socket, question, Deadline::In(client.timeout_ms, kDefaultTimeoutMs)));
  EK_TRY_ASSIGN(const ByteView blob, gate::DecodeBlob(reply.message.frame.body));
  const std::size_t had = std::exchange(*room.size, blob.size());
  if (blob.size() > had) return Error(ErrorCode::kTooLarge, "the answer is larger than the buffer");
  if (!blob.empty()) std::memcpy(room.buffer, blob.data(), blob.size());
  return {};
}

Outcome AttestInto(const ek_client& client, ByteView asked, const Room& room) {
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(gate::kMaxBodySize));
  CborWriter body(bytes.mutable_view());
  EK_TRY(gate::EncodeBlob(asked, body));
  return AskForBlob(client, {gate::Command::kAttest, body.written(), {}}, room);
}

bool IsRoom(const Room& room) {
  return room.size != nullptr && (room.buffer != nullptr || *room.size == 0);
}

ek_code NoPointer(ek_error* error) {
  return Report(Error(ErrorCode::kBadArgument, "a pointer is null"), error);
}

}  // namespace
}  // namespace edgekeep::client

namespace ek = edgekeep::client;

// NOLINTBEGIN(readability-identifier-naming): C names
extern "C" ek_code ek_admin_attestation_keys(const ek_client* client, void* buffer, size_t* size, ek_error* error) {
  const ek::Room room{buffer, size};
  if (client == nullptr || !ek::IsRoom(room)) return ek::NoPointer(error);
  return ek::ReportOutcome(ek::AskForBlob(*client, {edgekeep::gate::Command::kShowAttestationKeys, {}, {}}, room),
                           error);
}

extern "C" ek_code ek_admin_attest(const ek_client* client, const void* asked, size_t asked_size, void* buffer,
                                   size_t* size, ek_error* error) {
  const ek::Room room{buffer, size};
  if (client == nullptr || asked == nullptr || !ek::IsRoom(room)) return ek::NoPointer(error);
  const edgekeep::ByteView bytes(static_cast<const std::uint8_t*>(asked), asked_size);
  return ek::ReportOutcome(ek::AttestInto(*client, bytes, room), error);
}

// NOLINTEND(readability-identifier-naming)
