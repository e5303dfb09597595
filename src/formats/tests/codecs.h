// Every decoder with its encoder, behind one shape: for the tests and the fuzzers that hold for all of them.
#pragma once
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/cbor_writer.h"

namespace edgekeep::formats {

using ByteVector = std::vector<std::uint8_t>;

// Encodes into a buffer of exactly `size` bytes; an encoder that fails on what its decoder accepted is a bug.
template <typename Out, typename Encode>
ByteVector EncodedInto(std::size_t size, Encode encode) {
  ByteVector buffer(size);
  Out out(buffer);
  if (!encode(out)) throw std::logic_error("decoded, but not encodable in as many bytes");
  buffer.resize(out.written().size());
  return buffer;
}

// Decodes and encodes again. The error is the decoder's.
template <typename Out = CborWriter, typename Decode, typename Encode>
Result<ByteVector> Reencoded(ByteView bytes, Decode decode, Encode encode) {
  const auto object = decode(bytes);
  if (!object) return object.error();
  return EncodedInto<Out>(bytes.size(), [&](Out& out) { return encode(*object, out); });
}

Result<ByteVector> ReencodedPreamble(ByteView bytes);
Result<ByteVector> ReencodedSealedHeader(ByteView bytes);
Result<ByteVector> ReencodedProductPolicy(ByteView bytes);
Result<ByteVector> ReencodedOperationsPolicy(ByteView bytes);
Result<ByteVector> ReencodedSealRecord(ByteView bytes);
Result<ByteVector> ReencodedSlotPreamble(ByteView bytes);
Result<ByteVector> ReencodedSlotFileHeader(ByteView bytes);
Result<ByteVector> ReencodedSignedObject(ByteView bytes);  // of typ::kGrant
Result<ByteVector> ReencodedGrant(ByteView bytes);
Result<ByteVector> ReencodedLicence(ByteView bytes);
Result<ByteVector> ReencodedLicenceReport(ByteView bytes);
Result<ByteVector> ReencodedPublicKey(ByteView bytes);
Result<ByteVector> ReencodedTrustBundle(ByteView bytes);
Result<ByteVector> ReencodedTrustPolicy(ByteView bytes);
Result<ByteVector> ReencodedTimeRepair(ByteView bytes);
Result<ByteVector> ReencodedOrder(ByteView bytes);
Result<ByteVector> ReencodedOrderAuthority(ByteView bytes);
Result<ByteVector> ReencodedRetirement(ByteView bytes);
Result<ByteVector> ReencodedDeviceRequest(ByteView bytes);
Result<ByteVector> ReencodedCommitRecord(ByteView bytes);
Result<ByteVector> ReencodedKeyFile(ByteView bytes);
Result<ByteVector> ReencodedReceiptBatch(ByteView bytes);
Result<ByteVector> ReencodedReceipt(ByteView bytes);
Result<ByteVector> ReencodedStoredValues(ByteView bytes);
// `bytes` is a u64 little-endian plaintext size, then the index.
Result<ByteVector> ReencodedPackageIndex(ByteView bytes);

}  // namespace edgekeep::formats
