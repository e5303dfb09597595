#include "edgekeep/formats/public_key.h"

#include <limits>

#include "checks.h"

namespace edgekeep::formats {

Result<PublicKey> DecodePublicKey(CborReader& in) {
  CborReader after = in;
  EK_TRY(after.ExpectArray(2));
  EK_TRY_ASSIGN(const std::uint64_t algorithm, after.ReadUnsigned());
  if (algorithm > std::numeric_limits<std::uint16_t>::max()) return Malformed("algorithm number");
  PublicKey key{.algorithm = static_cast<std::uint16_t>(algorithm)};
  EK_TRY_ASSIGN(key.bytes, after.ReadByteString());
  EK_TRY(CheckPublicKey(key));
  in = after;
  return key;
}

Status EncodePublicKey(const PublicKey& key, CborWriter& out) {
  EK_TRY(CheckPublicKey(key));
  EK_TRY(out.Array(2));
  EK_TRY(out.Unsigned(key.algorithm));
  return out.ByteString(key.bytes);
}

}  // namespace edgekeep::formats
