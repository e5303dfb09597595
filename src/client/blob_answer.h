// What a device answers with bytes of its own: handed out into the caller's room.
#pragma once
#include <cstring>
#include <utility>

#include "client.h"
#include "edgekeep/gate/admin.h"
#include "report.h"

namespace edgekeep::client {

struct Room {
  void* buffer;
  std::size_t* size;
};

inline bool IsRoom(const Room& room) {
  return room.size != nullptr && (room.buffer != nullptr || *room.size == 0);
}

inline ek_code NoPointer(ek_error* error) {
  return Report(Error(ErrorCode::kBadArgument, "a pointer is null"), error);
}

inline Outcome AskForBlob(const ek_client& client, const Question& question, const Room& room) {
  EK_TRY_ASSIGN(const Reply reply,
                Ask(client.admin_socket, question, Deadline::In(client.timeout_ms, kDefaultTimeoutMs)));
  EK_TRY_ASSIGN(const ByteView blob, gate::DecodeBlob(reply.message.frame.body));
  const std::size_t had = std::exchange(*room.size, blob.size());
  if (blob.size() > had) return Error(ErrorCode::kTooLarge, "the answer is larger than the buffer");
  if (!blob.empty()) std::memcpy(room.buffer, blob.data(), blob.size());
  return {};
}

// The same, of a command that takes bytes.
inline Outcome AskWithBlob(const ek_client& client, gate::Command command, ByteView asked, const Room& room) {
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(gate::kMaxBodySize));
  CborWriter body(bytes.mutable_view());
  EK_TRY(gate::EncodeBlob(asked, body));
  return AskForBlob(client, {command, body.written(), {}}, room);
}

}  // namespace edgekeep::client
