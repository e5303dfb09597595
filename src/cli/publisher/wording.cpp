#include "wording.h"

#include <array>
#include <cstdio>

#include "edgekeep/base/hex.h"
#include "edgekeep/base/printable.h"

namespace edgekeep::cli::publisher {

std::string Bytes64(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits + (count == 1 ? " byte" : " bytes");
}

std::string Rounded(std::uint64_t count) {
  constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(count);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  std::array<char, 32> text{};
  const int size = std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string Hex(ByteView bytes) {
  return std::string(ToHex(bytes).view());
}

std::string Grouped(const Digest& fingerprint) {
  constexpr std::size_t kGroup = 4;
  constexpr std::size_t kGroupsPerLine = 8;
  const std::string hex = Hex(fingerprint.view());
  std::string text;
  for (std::size_t at = 0; at < hex.size(); at += kGroup) {
    const std::size_t group = at / kGroup;
    if (group != 0 && group % kGroupsPerLine == 0) text += "\n";
    text += group % kGroupsPerLine == 0 ? "  " : " ";
    text += hex.substr(at, kGroup);
  }
  return text;
}

std::string Versioned(const Version& version) {
  return std::string(version.display.view()) + " (sequence " + std::to_string(version.sequence.value) + ")";
}

std::string Line(std::string text) {
  ShowInOneLine(text);
  return text + "\n";
}

}  // namespace edgekeep::cli::publisher
