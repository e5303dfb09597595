// The sealed file: preamble, immutable header, signed record, segments (spec/sealed-file.md).
#pragma once
#include <cstdint>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/formats/product_policy.h"

namespace edgekeep::formats {

// Salt of a sealed or slot file, fresh at every seal.
using Salt = StrongBytes<struct SaltTag, 32>;
// HKDF of the content key under the label "key commitment": AES-GCM alone does not commit to a key.
using KeyCommitment = StrongBytes<struct KeyCommitmentTag, 32>;
// HMAC over the plaintext under a key derived from the content key: tells nothing to those without it.
using PlaintextMac = StrongBytes<struct PlaintextMacTag, 32>;

inline constexpr std::size_t kPreambleSize = 32;
inline constexpr std::size_t kBodyAlignment = 4096;
inline constexpr std::size_t kMaxBodyOffset = 65536;
inline constexpr std::size_t kMaxHeaderSize = 4096;
inline constexpr std::uint32_t kSegmentSize = 1U << 20;
inline constexpr std::uint64_t kMaxPlaintextSize = 1ULL << 42;

// The first 32 bytes (spec/sealed-file.md §2): "EKSEALED", u16 version = 1, u16 0, u32 header size, u32 record size,
// u32 body offset, u64 body size; little-endian.
struct Preamble {
  std::uint32_t header_size = 0;
  std::uint32_t record_size = 0;
  std::uint32_t body_offset = 0;  // BodyOffset(header_size, record_size); zeros fill the room before it
  std::uint64_t body_size = 0;    // all segments with their tags; the file ends there
};

// Where the body begins: the first multiple of kBodyAlignment that leaves room for preamble, header and record. No
// other offset is accepted. May exceed kMaxBodyOffset, which no preamble may.
std::uint64_t BodyOffset(std::uint32_t header_size, std::uint32_t record_size);

// Fail with kMalformed, or kUnsupported for another version. Decodes the first kPreambleSize bytes; what follows them
// is not looked at.
Result<Preamble> DecodePreamble(ByteView first_bytes);
Status EncodePreamble(const Preamble& preamble, Writer& out);

// Fails with kMalformed unless every byte is zero: the room between record and body must be.
Status CheckRoomIsZero(ByteView room);

enum class SealedKind : std::uint8_t { kModel = 1, kProgram = 2, kDelta = 3, kSystemImage = 4 };

// The immutable header: fixed before the first segment is encrypted; its digest goes into the segment keys.
struct SealedHeader {
  SealedKind kind = SealedKind::kModel;
  ProductName product;
  Version version;
  std::uint16_t seal_suite = 0;
  std::uint32_t segment_size = kSegmentSize;  // the only one in version 1
  std::uint64_t plaintext_size = 0;           // 1 … kMaxPlaintextSize
  Salt salt;
  KeyCommitment key_commitment;
  std::uint16_t hpke_suite = 0;
  KeyId licensor_kem_kid;  // whom the content key is wrapped to
  ByteView enc;            // HPKE encapsulated key
  ByteView wrapped_key;    // HPKE ciphertext of the content key
  ProductPolicy policy;
};

Result<SealedHeader> DecodeSealedHeader(ByteView bytes);
Status EncodeSealedHeader(const SealedHeader& header, CborWriter& out);

// Fails with kMalformed unless body and file have exactly the sizes that the header's plaintext_size gives them.
Status CheckSealedLayout(const Preamble& preamble, const SealedHeader& header, std::uint64_t file_size);

// What the HPKE wrap of the content key is bound to: CBOR [product, sequence, salt], whose SHA-256 is HPKE's associated
// data (spec/sealed-file.md §4).
Status EncodeContentKeyBinding(const ProductName& product, Sequence sequence, const Salt& salt, CborWriter& out);

// The payload the author signs, typ "edgekeep/sealed-file". Its SHA-256 is the SealedFileId.
struct SealRecord {
  Digest header_digest;
  Digest tags_digest;  // SHA-256 over all segment tags in order
  PlaintextMac plaintext_mac;
  std::uint64_t plaintext_size = 0;
  UnixTime sealed_at;
};

Result<SealRecord> DecodeSealRecord(ByteView bytes);
Status EncodeSealRecord(const SealRecord& record, CborWriter& out);

// Sizes of a body whose plaintext has `plaintext_size` bytes: full segments and a last one of 1 … segment_size bytes.
std::uint64_t SegmentCount(std::uint64_t plaintext_size);
std::uint64_t BodySize(std::uint64_t plaintext_size);

}  // namespace edgekeep::formats
