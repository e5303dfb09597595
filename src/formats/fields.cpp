#include "fields.h"

namespace edgekeep::formats {

Result<std::string_view> FieldReader::Text(std::int64_t key) {
  EK_TRY(At(key));
  return in().ReadText();
}

Result<Version> FieldReader::VersionOf(std::int64_t key) {
  EK_TRY(At(key));
  EK_TRY(in().ExpectArray(2));
  Version version;
  EK_TRY_ASSIGN(version.sequence.value, in().ReadUnsigned());
  EK_TRY_ASSIGN(const std::string_view display, in().ReadText());
  EK_TRY_ASSIGN(version.display, VersionText::From(display));
  return version;
}

Result<PublicKey> FieldReader::Key(std::int64_t key) {
  EK_TRY(At(key));
  return DecodePublicKey(in());
}

Status FieldReader::Type(std::string_view type) {
  EK_TRY_ASSIGN(const std::string_view found, Text(kTypeKey));
  if (found != type) return Error(ErrorCode::kUnsupported, "another type or version of object");
  return {};
}

Status FieldWriter::Text(std::int64_t key, std::string_view text) {
  EK_TRY(At(key));
  return out().Text(text);
}

Status FieldWriter::VersionOf(std::int64_t key, const Version& version) {
  EK_TRY(At(key));
  EK_TRY(out().Array(2));
  EK_TRY(out().Unsigned(version.sequence.value));
  return out().Text(version.display.view());
}

Status FieldWriter::Key(std::int64_t key, const PublicKey& public_key) {
  EK_TRY(At(key));
  return EncodePublicKey(public_key, out());
}

}  // namespace edgekeep::formats
