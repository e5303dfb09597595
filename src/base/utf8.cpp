#include "edgekeep/base/utf8.h"

namespace edgekeep {
namespace {

// What may follow a lead byte: how many bytes, and the range of the first of them (RFC 3629 §4). Only that range keeps
// out longer-than-needed forms, surrogates and code points above U+10FFFF.
struct Utf8Form {
  std::size_t continuation;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
};

constexpr std::size_t kNoLead = 4;

Utf8Form FormOf(std::uint8_t lead) {
  if (lead < 0x80) return {.continuation = 0};
  if (lead < 0xC2 || lead > 0xF4) return {.continuation = kNoLead};
  if (lead < 0xE0) return {.continuation = 1};
  if (lead == 0xE0) return {.continuation = 2, .low = 0xA0};
  if (lead == 0xED) return {.continuation = 2, .high = 0x9F};
  if (lead < 0xF0) return {.continuation = 2};
  if (lead == 0xF0) return {.continuation = 3, .low = 0x90};
  if (lead == 0xF4) return {.continuation = 3, .high = 0x8F};
  return {.continuation = 3};
}

}  // namespace

bool IsUtf8(ByteView text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    Utf8Form form = FormOf(text[at++]);
    if (form.continuation == kNoLead || form.continuation > text.size() - at) return false;
    for (; form.continuation > 0; --form.continuation) {
      const std::uint8_t byte = text[at++];
      if (byte < form.low || byte > form.high) return false;
      form.low = 0x80;
      form.high = 0xBF;
    }
  }
  return true;
}

}  // namespace edgekeep
