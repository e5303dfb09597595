// Any bytes as a message: refused, or exactly what encoding the understood frame gives back.
#include <array>
#include <cstdlib>

#include "edgekeep/gate/frame.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const edgekeep::ByteView message(data, size);
  const auto frame = edgekeep::gate::DecodeFrame(message);
  if (!frame) return 0;
  static std::array<std::uint8_t, edgekeep::gate::kMaxFrameSize> again;
  const auto used = edgekeep::gate::EncodeFrame(frame->header.command, frame->header.id, frame->body, again);
  if (!used || !edgekeep::Equal(edgekeep::ByteView(again).first(*used), message)) std::abort();
  return 0;
}
