#include "fields.h"

#include <algorithm>

namespace edgekeep::gate {

Status CheckPrintable(std::string_view text) {
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return byte < 0x20 || byte == 0x7f;
  });
  if (control) return Error(ErrorCode::kMalformed, "control character in a text");
  return {};
}

Result<bool> FieldReader::Flag(std::int64_t key) {
  EK_TRY(At(key));
  return in().ReadBool();
}

Result<Version> FieldReader::VersionOf(std::int64_t key) {
  EK_TRY(At(key));
  EK_TRY(in().ExpectArray(2));
  Version version;
  EK_TRY_ASSIGN(version.sequence.value, in().ReadUnsigned());
  EK_TRY_ASSIGN(const std::string_view display, in().ReadText());
  EK_TRY(CheckPrintable(display));
  EK_TRY_ASSIGN(version.display, VersionText::From(display));
  return version;
}

Result<SecretArray<32>> FieldReader::Secret(std::int64_t key) {
  EK_TRY(At(key));
  EK_TRY_ASSIGN(const ByteView bytes, in().ReadByteString(32));
  return SecretArray<32>::CopyOf(bytes.first<32>());
}

Result<PolicyBytes> FieldReader::Policy(std::int64_t key) {
  EK_TRY_ASSIGN(const bool present, Has(key));
  if (!present) return PolicyBytes();
  EK_TRY_ASSIGN(const ByteView bytes, in().ReadByteString());
  if (bytes.empty()) return Error(ErrorCode::kMalformed, "empty product policy");
  return PolicyBytes::From(bytes);
}

Status FieldWriter::Flag(std::int64_t key, bool value) {
  EK_TRY(At(key));
  return out().Bool(value);
}

Status FieldWriter::Text(std::int64_t key, std::string_view text) {
  EK_TRY(CheckPrintable(text));
  EK_TRY(At(key));
  return out().Text(text);
}

Status FieldWriter::VersionOf(std::int64_t key, const Version& version) {
  EK_TRY(CheckPrintable(version.display.view()));
  EK_TRY(At(key));
  EK_TRY(out().Array(2));
  EK_TRY(out().Unsigned(version.sequence.value));
  return out().Text(version.display.view());
}

Status FieldWriter::Policy(std::int64_t key, const PolicyBytes& policy) {
  if (policy.empty()) return {};
  return ByteString(key, policy.view());
}

Status FieldWriter::Secret(std::int64_t key, const SecretArray<32>& secret) {
  return ByteString(key, secret.Reveal());
}

}  // namespace edgekeep::gate
