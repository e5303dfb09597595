// Decoded objects as the vectors' `fields` show them: bytes in hexadecimal, absent fields null.
#pragma once
#include "edgekeep/base/bytes.h"
#include "vector_file.h"

namespace edgekeep::formats {

// Decodes `bytes` as `kind` and describes it. `vector` has what else decoding needs: a type, a plaintext size.
Result<Json> Described(const std::string& kind, ByteView bytes, const Json& vector);

// Decodes and encodes again.
Result<ByteVector> ReencodedAs(const std::string& kind, ByteView bytes, const Json& vector);

}  // namespace edgekeep::formats
