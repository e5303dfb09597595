// Sizes and places of what follows the preamble.
#include <algorithm>

#include "checks.h"
#include "preamble.h"

namespace edgekeep::formats {
namespace {

constexpr std::uint64_t kTagSize = 16;

}  // namespace

std::uint64_t SegmentCount(std::uint64_t plaintext_size) {
  return plaintext_size / kSegmentSize + (plaintext_size % kSegmentSize != 0 ? 1 : 0);
}

std::uint64_t BodySize(std::uint64_t plaintext_size) {
  return plaintext_size + kTagSize * SegmentCount(plaintext_size);
}

Status CheckPlaintextSize(std::uint64_t plaintext_size) {
  if (plaintext_size == 0 || plaintext_size > kMaxPlaintextSize) return Malformed("plaintext size");
  return {};
}

Status CheckLayout(const Preamble& preamble, std::uint64_t plaintext_size, std::uint64_t file_size) {
  EK_TRY(CheckPlaintextSize(plaintext_size));
  if (preamble.body_size != BodySize(plaintext_size)) return Malformed("body size does not fit the plaintext size");
  if (file_size != preamble.body_offset + preamble.body_size) return Malformed("file size does not fit the body size");
  return {};
}

Status CheckSealedLayout(const Preamble& preamble, const SealedHeader& header, std::uint64_t file_size) {
  return CheckLayout(preamble, header.plaintext_size, file_size);
}

Status CheckRoomIsZero(ByteView room) {
  if (std::ranges::any_of(room, [](std::uint8_t byte) { return byte != 0; }))
    return Malformed("room before the body is not zero");
  return {};
}

}  // namespace edgekeep::formats
