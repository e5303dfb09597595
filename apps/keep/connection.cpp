#include "connection.h"

#include <array>

#include "edgekeep/base/secret.h"
#include "edgekeep/gate/failure.h"

namespace edgekeep::keep {
namespace {

// A client has its request ready when it connects.
constexpr int kRefusalTimeoutMs = 1'000;

void SendFailure(gate::Channel& channel, std::uint64_t id, const Error& error) {
  std::array<std::uint8_t, 256> buffer;
  CborWriter writer(buffer);
  if (!gate::EncodeFailure(gate::FailureOf(error), writer)) return;
  static_cast<void>(channel.Send(gate::Command::kError, id, writer.written()).has_value());
}

// Only the administrator's door takes descriptors, and only root comes through it.
Result<gate::Message> Receive(gate::Channel& channel, const Visitor& visitor, MutableByteView buffer) {
  const int idle_ms = static_cast<int>(visitor.idle.count());
  if (visitor.door == Door::kAdministrator) return channel.Receive(buffer, idle_ms);
  return channel.ReceiveWithoutDescriptors(buffer, idle_ms);
}

Answer Ask(Keep& keep, const Visitor& visitor, const gate::Message& message) {
  std::array<int, gate::kMaxDescriptors> descriptors{};
  for (std::size_t i = 0; i < message.num_descriptors; ++i) descriptors[i] = message.descriptors[i].get();
  return keep.Handle(
      {visitor.door, visitor.user, message.frame, std::span(descriptors).first(message.num_descriptors)});
}

// Copies go to the peer; the keep's own end here.
bool SendFiles(gate::Channel& channel, const Answer& answer) {
  std::array<int, gate::kMaxExportedFiles> descriptors{};
  std::size_t count = 0;
  for (const auto& file : answer.files) {
    if (file) descriptors[count++] = file->descriptor();
  }
  return channel.Send(answer.command, answer.id, answer.body.view(), std::span(descriptors).first(count)).has_value();
}

// False when the peer is gone; a session it could not be told of then has nobody at its other end.
bool Reply(gate::Channel& channel, Answer answer, SessionWatch& watch) {
  if (!answer.session) {
    // What failed may have left a cell that nobody uses.
    watch.Look();
    const bool sent = SendFiles(channel, answer);
    Wipe(answer.body.mutable_view());
    return sent;
  }
  const std::array descriptors = {answer.session->ring(), answer.session->application_end()};
  const bool told = channel.Send(answer.command, answer.id, answer.body.view(), descriptors).has_value();
  answer.session->HandedOver();
  watch.Add(std::move(answer.session));
  return told;
}

}  // namespace

void ServeConnection(gate::Channel& channel, const Visitor& visitor, Keep& keep, SessionWatch& watch) {
  // Messages may hold what an application stores.
  Result<SecretBytes> buffer = SecretBytes::Allocate(gate::kMaxFrameSize);
  if (!buffer) return SendFailure(channel, 0, buffer.error());
  for (;;) {
    const Result<gate::Message> message = Receive(channel, visitor, buffer->RevealForWriting());
    if (!message) {
      const ErrorCode code = message.error().code();
      if (code != ErrorCode::kPeerGone && code != ErrorCode::kTimedOut) SendFailure(channel, 0, message.error());
      return;
    }
    Answer answer = Ask(keep, visitor, *message);
    Wipe(buffer->RevealForWriting().first(gate::kFrameHeaderSize + message->frame.body.size()));
    if (!Reply(channel, std::move(answer), watch)) return;
  }
}

void RefuseConnection(gate::Channel& channel, const Error& refusal) {
  Result<SecretBytes> buffer = SecretBytes::Allocate(gate::kMaxFrameSize);
  if (!buffer) return;
  const Result<gate::Message> message =
      channel.ReceiveWithoutDescriptors(buffer->RevealForWriting(), kRefusalTimeoutMs);
  SendFailure(channel, message ? message->frame.header.id : 0, refusal);
}

}  // namespace edgekeep::keep
