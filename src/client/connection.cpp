#include "connection.h"

#include "edgekeep/base/writer.h"

namespace edgekeep::client {
namespace {

constexpr std::uint64_t kRequestId = 1;

Result<gate::Channel> ConnectTo(const SocketPath& socket) {
  Result<gate::Channel> channel = gate::Channel::Connect(socket.view());
  if (!channel && channel.error().code() == ErrorCode::kNotFound) {
    return Error(ErrorCode::kNotRunning, "the keep's socket");
  }
  return channel;
}

// The refusal, where the answer is one; otherwise the message must answer what was asked.
Outcome CheckAnswers(const gate::Frame& frame, gate::Command command) {
  if (frame.header.id != kRequestId) return Error(ErrorCode::kMalformed, "the keep's answer: another request's id");
  if (frame.header.command == gate::Command::kError) {
    EK_TRY_ASSIGN(const gate::Failure failure, gate::DecodeFailure(frame.body));
    return failure;
  }
  if (frame.header.command != command) return Error(ErrorCode::kMalformed, "the keep's answer: another command");
  return {};
}

Result<SocketPath> Join(std::string_view root, std::string_view name) {
  while (root.ends_with('/')) root.remove_suffix(1);
  std::array<std::uint8_t, 1023> room{};
  Writer path(room);
  EK_TRY(path.WriteBytes(AsBytes(root)));
  EK_TRY(path.WriteBytes(AsBytes("/run/edgekeep/")));
  EK_TRY(path.WriteBytes(AsBytes(name)));
  return SocketPath::From(AsText(path.written()));
}

}  // namespace

Result<SocketPath> SocketAt(const char* path, const char* root, std::string_view name) {
  const Result<SocketPath> joined = path != nullptr ? SocketPath::From(path) : Join(root != nullptr ? root : "", name);
  if (!joined) return Error(ErrorCode::kBadArgument, "the path of the keep's socket is too long");
  return *joined;
}

Answer<Reply> Ask(const SocketPath& socket, const Question& question, const Deadline& deadline) {
  Reply reply;
  EK_TRY_ASSIGN(reply.buffer, Bytes::Allocate(gate::kMaxFrameSize));
  EK_TRY_ASSIGN(gate::Channel channel, ConnectTo(socket));
  EK_TRY(channel.Send(question.command, kRequestId, question.body, question.descriptors));
  EK_TRY_ASSIGN(reply.message, channel.Receive(reply.buffer.mutable_view(), deadline.remaining_ms()));
  EK_TRY(CheckAnswers(reply.message.frame, question.command));
  return reply;
}

}  // namespace edgekeep::client
