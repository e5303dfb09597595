#include "edgekeep/base/hex.h"

#include <array>

#include "edgekeep/base/check.h"

namespace edgekeep {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

char Lower(char c) {
  return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

InlineString<128> ToHex(ByteView bytes) noexcept {
  EK_CHECK(bytes.size() <= 64);
  std::array<char, 128> text{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text[2 * i] = kDigits[bytes[i] >> 4];
    text[2 * i + 1] = kDigits[bytes[i] & 15];
  }
  return InlineString<128>::Truncated({text.data(), 2 * bytes.size()});
}

Status FromHex(std::string_view text, MutableByteView out) {
  if (text.size() != 2 * out.size()) return Error(ErrorCode::kMalformed, "hexadecimal length");
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t high = kDigits.find(text[2 * i]);
    const std::size_t low = kDigits.find(text[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos)
      return Error(ErrorCode::kMalformed, "hexadecimal digit");
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return {};
}

Result<Bytes> DecodeHex(std::string_view text) {
  if (text.size() % 2 != 0) return Error(ErrorCode::kMalformed, "hexadecimal length");
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(text.size() / 2));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::array<char, 2> pair = {Lower(text[2 * i]), Lower(text[2 * i + 1])};
    EK_TRY(FromHex({pair.data(), pair.size()}, bytes.mutable_view().subspan(i, 1)));
  }
  return bytes;
}

}  // namespace edgekeep
