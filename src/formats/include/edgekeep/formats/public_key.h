// Public keys as objects carry them.
#pragma once
#include <cstdint>

#include "edgekeep/base/cbor_reader.h"
#include "edgekeep/base/cbor_writer.h"

namespace edgekeep::formats {

// [algorithm number, raw public key] (spec/algorithms.md).
struct PublicKey {
  std::uint16_t algorithm = 0;
  ByteView bytes;
};

inline constexpr std::size_t kMaxPublicKeyBytes = 2592;

Result<PublicKey> DecodePublicKey(CborReader& in);
Status EncodePublicKey(const PublicKey& key, CborWriter& out);

}  // namespace edgekeep::formats
