#include "edgekeep/base/base64.h"

#include "edgekeep/base/check.h"

namespace edgekeep {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint32_t kNoDigit = 64;

std::uint32_t DigitOf(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a' + 26);
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0' + 52);
  if (c == '+') return 62;
  return c == '/' ? 63 : kNoDigit;
}

Error NotBase64() {
  return Error(ErrorCode::kMalformed, "base64");
}

std::size_t PaddingOf(std::string_view text) noexcept {
  if (text.ends_with("==")) return 2;
  return text.ends_with('=') ? 1 : 0;
}

}  // namespace

Result<std::size_t> CheckBase64(std::string_view text) {
  if (text.size() % 4 != 0) return NotBase64();
  if (text.empty()) return std::size_t{0};
  const std::size_t padding = PaddingOf(text);
  const std::string_view digits = text.substr(0, text.size() - padding);
  for (const char c : digits) {
    if (DigitOf(c) == kNoDigit) return NotBase64();
  }
  // What the last digit carries beyond whole bytes: another value would be a second text of the same bytes.
  const std::uint32_t unused = padding == 0 ? 0 : (padding == 1 ? 0x3 : 0xF);
  if ((DigitOf(digits.back()) & unused) != 0) return NotBase64();
  return text.size() / 4 * 3 - padding;
}

Result<ByteView> DecodeBase64(std::string_view text, MutableByteView out) {
  EK_TRY_ASSIGN(const std::size_t size, CheckBase64(text));
  if (size > out.size()) return Error(ErrorCode::kTooLarge, "base64");
  std::uint32_t bits = 0;
  std::size_t num_bits = 0;
  std::size_t done = 0;
  for (const char c : text.substr(0, text.size() - PaddingOf(text))) {
    bits = bits << 6 | DigitOf(c);
    num_bits += 6;
    if (num_bits < 8) continue;
    num_bits -= 8;
    out[done++] = static_cast<std::uint8_t>(bits >> num_bits);
  }
  return ByteView(out.first(size));
}

void EncodeBase64(ByteView bytes, std::span<char> out) noexcept {
  EK_CHECK(out.size() == Base64Size(bytes.size()));
  for (std::size_t at = 0, to = 0; at < bytes.size(); at += 3, to += 4) {
    const std::size_t count = bytes.size() - at < 3 ? bytes.size() - at : 3;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (i < count ? bytes[at + i] : 0U);
    for (std::size_t i = 0; i < 4; ++i) out[to + i] = i <= count ? kAlphabet[group >> (18 - 6 * i) & 0x3F] : '=';
  }
}

}  // namespace edgekeep
