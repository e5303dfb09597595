#include "fields.h"

namespace edgekeep::formats {

Result<ByteView> FieldReader::ByteString(std::int64_t key) {
  EK_TRY(At(key));
  return in_->ReadByteString();
}

Result<std::string_view> FieldReader::Text(std::int64_t key) {
  EK_TRY(At(key));
  return in_->ReadText();
}

Result<ProductName> FieldReader::Product(std::int64_t key) {
  EK_TRY_ASSIGN(const std::string_view text, Text(key));
  return ProductName::Parse(text);
}

Result<Version> FieldReader::VersionOf(std::int64_t key) {
  EK_TRY(At(key));
  EK_TRY(in_->ExpectArray(2));
  Version version;
  EK_TRY_ASSIGN(version.sequence.value, in_->ReadUnsigned());
  EK_TRY_ASSIGN(const std::string_view display, in_->ReadText());
  EK_TRY_ASSIGN(version.display, VersionText::From(display));
  return version;
}

Result<PublicKey> FieldReader::Key(std::int64_t key) {
  EK_TRY(At(key));
  return DecodePublicKey(*in_);
}

Status FieldReader::Type(std::string_view type) {
  EK_TRY_ASSIGN(const std::string_view found, Text(kTypeKey));
  if (found != type) return Error(ErrorCode::kUnsupported, "another type or version of object");
  return {};
}

Status FieldWriter::Unsigned(std::int64_t key, std::uint64_t value) {
  EK_TRY(At(key));
  return out_->Unsigned(value);
}

Status FieldWriter::ByteString(std::int64_t key, ByteView bytes) {
  EK_TRY(At(key));
  return out_->ByteString(bytes);
}

Status FieldWriter::Text(std::int64_t key, std::string_view text) {
  EK_TRY(At(key));
  return out_->Text(text);
}

Status FieldWriter::VersionOf(std::int64_t key, const Version& version) {
  EK_TRY(At(key));
  EK_TRY(out_->Array(2));
  EK_TRY(out_->Unsigned(version.sequence.value));
  return out_->Text(version.display.view());
}

Status FieldWriter::Key(std::int64_t key, const PublicKey& public_key) {
  EK_TRY(At(key));
  return EncodePublicKey(public_key, *out_);
}

}  // namespace edgekeep::formats
