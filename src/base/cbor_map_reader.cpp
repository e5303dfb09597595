#include "edgekeep/base/cbor_reader.h"

namespace edgekeep {

Result<CborMapReader> CborMapReader::Enter(CborReader& reader) {
  EK_TRY_ASSIGN(const std::size_t pairs, reader.ReadMap());
  return CborMapReader(reader, pairs);
}

Status CborMapReader::Key(std::int64_t key) {
  EK_TRY_ASSIGN(const bool found, OptionalKey(key));
  if (!found) return Error(ErrorCode::kMalformed, "CBOR: a key is missing, unknown, doubled or out of order");
  return {};
}

Result<bool> CborMapReader::OptionalKey(std::int64_t key) {
  if (left_ == 0) return false;
  CborReader after = *reader_;
  EK_TRY_ASSIGN(const std::int64_t next, after.ReadInt());
  if (next != key) return false;
  *reader_ = after;
  --left_;
  return true;
}

Status CborMapReader::End() const {
  if (left_ != 0) return Error(ErrorCode::kMalformed, "CBOR: a key is unknown, doubled or out of order");
  return {};
}

}  // namespace edgekeep
