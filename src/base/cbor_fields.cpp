#include "edgekeep/base/cbor_fields.h"

namespace edgekeep {

Result<ByteView> CborFieldReader::ByteString(std::int64_t key) {
  EK_TRY(At(key));
  return in_->ReadByteString();
}

Result<ProductName> CborFieldReader::Product(std::int64_t key) {
  EK_TRY(At(key));
  EK_TRY_ASSIGN(const std::string_view text, in_->ReadText());
  return ProductName::Parse(text);
}

Status CborFieldWriter::Unsigned(std::int64_t key, std::uint64_t value) {
  EK_TRY(At(key));
  return out_->Unsigned(value);
}

Status CborFieldWriter::ByteString(std::int64_t key, ByteView bytes) {
  EK_TRY(At(key));
  return out_->ByteString(bytes);
}

}  // namespace edgekeep
