#include "tls_identity.h"

#include <algorithm>

namespace edgekeep::cli::device {
namespace {

// INTEGER without a sign.
void AppendNumber(ByteView number, Der& out) {
  while (number.size() > 1 && number.front() == 0) number = number.subspan(1);
  const bool looks_negative = (number.front() & 0x80U) != 0;
  out.push_back(0x02);
  out.push_back(static_cast<std::uint8_t>(number.size() + (looks_negative ? 1 : 0)));
  if (looks_negative) out.push_back(0);
  out.insert(out.end(), number.begin(), number.end());
}

}  // namespace

std::string HostIn(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme)) return {};
  url.remove_prefix(kScheme.size());
  url = url.substr(0, url.find_first_of("/?#"));
  url.remove_prefix(url.rfind('@') + 1);
  if (url.starts_with('[')) return std::string(url.substr(1, url.find(']') - 1));
  url = url.substr(0, url.find(':'));
  if (url.ends_with('.')) url.remove_suffix(1);
  return std::string(url);
}

ByteView TranscriptHashIn(ByteView message) {
  constexpr std::string_view kContext = "TLS 1.3, client CertificateVerify";
  constexpr std::size_t kPadding = 64, kSha256 = 32, kSha384 = 48;
  const std::string before = std::string(kPadding, ' ') + std::string(kContext) + '\0';
  if (!AsText(message).starts_with(before)) return {};
  const ByteView hash = message.subspan(before.size());
  return hash.size() == kSha256 || hash.size() == kSha384 ? hash : ByteView();
}

Der SignatureToDer(ByteView r_and_s) {
  const std::size_t half = r_and_s.size() / 2;
  Der numbers;
  AppendNumber(r_and_s.first(half), numbers);
  AppendNumber(r_and_s.subspan(half), numbers);
  Der der = {0x30, static_cast<std::uint8_t>(numbers.size())};
  der.insert(der.end(), numbers.begin(), numbers.end());
  return der;
}

}  // namespace edgekeep::cli::device
