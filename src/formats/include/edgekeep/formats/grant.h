// The grant: one sealed file's content key under a product's epoch key (spec/grant.md).
#pragma once
#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxGrantSize = 32768;

// The payload the licensor signs, typ "edgekeep/grant".
struct Grant {
  ProductName product;
  Sequence sequence;
  SealedFileId sealed_file;
  Epoch epoch;
  std::uint16_t aead = 0;  // algorithm number
  ByteView nonce;          // 12 bytes
  ByteView wrapped_key;    // 32 + 16 bytes
};

Result<Grant> DecodeGrant(ByteView payload);
Status EncodeGrant(const Grant& grant, CborWriter& out);
// The first five fields as CBOR: the AEAD's associated data, so that a wrapped key cannot be moved to another grant.
Status EncodeGrantBinding(const Grant& grant, CborWriter& out);

}  // namespace edgekeep::formats
