#include "pem.h"

#include <algorithm>
#include <iterator>

#include "edgekeep/base/base64.h"

namespace edgekeep::cli::device {
namespace {

constexpr std::uint8_t kSequence = 0x30;
constexpr std::size_t kLine = 64;

// Where RFC 8951 §3.1 has readers bear it.
bool IsSpace(char letter) {
  return letter == ' ' || letter == '\t' || letter == '\r';
}

// Without lines of dashes, of which there are two or none, and without line ends or spaces.
Result<std::string> Base64In(std::string_view text) {
  std::string base64;
  int dashes = 0;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    while (!line.empty() && IsSpace(line.back())) line.remove_suffix(1);
    if (line.starts_with("-----") && line.ends_with("-----")) {
      ++dashes;
    } else {
      std::ranges::remove_copy_if(line, std::back_inserter(base64), IsSpace);
    }
  }
  if (dashes == 0 || dashes == 2) return base64;
  return Error(ErrorCode::kMalformed, "one object in PEM");
}

}  // namespace

Result<std::vector<std::uint8_t>> ReadArmoured(ByteView bytes) {
  if (!bytes.empty() && bytes[0] == kSequence) return std::vector<std::uint8_t>(bytes.begin(), bytes.end());
  EK_TRY_ASSIGN(const std::string base64, Base64In(AsText(bytes)));
  EK_TRY_ASSIGN(const std::size_t size, CheckBase64(base64));
  std::vector<std::uint8_t> der(size);
  EK_TRY(DecodeBase64(base64, der));
  if (der.empty() || der[0] != kSequence) return Error(ErrorCode::kMalformed, "no DER");
  return der;
}

std::string Armour(std::string_view name, ByteView der) {
  std::string base64(Base64Size(der.size()), '\0');
  EncodeBase64(der, base64);
  if (name.empty()) return base64;
  std::string text = "-----BEGIN " + std::string(name) + "-----\n";
  for (std::size_t at = 0; at < base64.size(); at += kLine) text += base64.substr(at, kLine) + "\n";
  return text + "-----END " + std::string(name) + "-----\n";
}

}  // namespace edgekeep::cli::device
