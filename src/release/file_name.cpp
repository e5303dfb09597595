#include "file_name.h"

#include <array>

#include "edgekeep/base/check.h"
#include "edgekeep/base/writer.h"

namespace edgekeep::release {
namespace {

constexpr std::string_view kSuffix = ".json";

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

Status WriteEncoded(char c, Writer& out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  if (IsUnreserved(c)) return out.WriteU8(static_cast<std::uint8_t>(c));
  const auto byte = static_cast<unsigned char>(c);
  const std::array<char, 3> encoded = {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  return out.WriteBytes(AsBytes({encoded.data(), encoded.size()}));
}

void WriteDecimal(std::uint64_t number, Writer& out) {
  std::array<char, 20> digits{};
  std::size_t first = digits.size();
  do {
    digits[--first] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number > 0);
  EK_CHECK(out.WriteBytes(AsBytes({digits.data() + first, digits.size() - first})));
}

}  // namespace

Result<EncodedRole> EncodeRole(std::string_view role) {
  if (role.empty()) return Error(ErrorCode::kMalformed, "role's name");
  std::array<std::uint8_t, kMaxEncodedRole> buffer{};
  Writer out(buffer);
  for (const char c : role) {
    if (!WriteEncoded(c, out)) return Error(ErrorCode::kTooLarge, "role's name");
  }
  return EncodedRole::Truncated(AsText(out.written()));
}

StoredName StoredNameOf(const EncodedRole& role) {
  return StoredName::Truncated(FetchedNameOf(std::nullopt, role).view());
}

FetchedName FetchedNameOf(std::optional<std::uint64_t> version, const EncodedRole& role) {
  std::array<std::uint8_t, ports::kMaxMetadataName + 20> buffer{};
  Writer out(buffer);
  if (version) {
    WriteDecimal(*version, out);
    EK_CHECK(out.WriteU8('.'));
  }
  EK_CHECK(out.WriteBytes(AsBytes(role.view())));
  EK_CHECK(out.WriteBytes(AsBytes(kSuffix)));
  return FetchedName::Truncated(AsText(out.written()));
}

}  // namespace edgekeep::release
