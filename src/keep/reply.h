// What a handled request comes to, and the ones that come through the application's door.
#pragma once
#include <memory>
#include <utility>

#include "handlers.h"

namespace edgekeep::keep {

struct Reply {
  Bytes body;
  std::unique_ptr<Session> session;
  HandedOut files;
};

template <typename T, typename Encode>
Result<Reply> ReplyOf(const T& answer, Encode encode) {
  EK_TRY_ASSIGN(Bytes body, Bytes::Allocate(gate::kMaxBodySize));
  CborWriter writer(body.mutable_view());
  EK_TRY(encode(answer, writer));
  body.Truncate(writer.written().size());
  return Reply{std::move(body), nullptr, {}};
}

inline Status CheckEmpty(ByteView body) {
  return body.empty() ? Status() : Error(ErrorCode::kMalformed, "this command has no body");
}

// Any command of Door::kApplication.
Result<Reply> ReplyToApplication(KeepState& state, const Request& request, Attempt& attempt);

}  // namespace edgekeep::keep
