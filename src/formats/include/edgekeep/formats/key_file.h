// The key file: a private key under a passphrase (spec/key-file.md).
#pragma once
#include <string_view>

#include "edgekeep/formats/public_key.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxKeyFileSize = 8192;

inline constexpr std::uint32_t kMinArgon2MemoryKib = 19U * 1024;
inline constexpr std::uint32_t kMaxArgon2MemoryKib = 1024U * 1024;
inline constexpr std::uint32_t kMinArgon2Passes = 2;
inline constexpr std::uint32_t kMaxArgon2Passes = 16;
inline constexpr std::uint32_t kMaxArgon2Lanes = 16;

// Argon2id costs; a reader refuses what is outside the limits above, so that a file can neither exhaust it nor weaken
// itself.
struct Argon2Costs {
  std::uint32_t memory_kib = 0;
  std::uint32_t passes = 0;
  std::uint32_t lanes = 0;
};

// Everything but the ciphertext is the AEAD's associated data (EncodeKeyFileBinding).
struct KeyFile {
  std::string_view purpose;  // "author", "licensor", "licensor-kem", "epoch:acme/label-ocr": [a-z0-9:/-]{1,160}
  PublicKey public_key;      // algorithm 0 and no bytes for symmetric secrets
  Argon2Costs costs;
  ByteView salt;  // 16 bytes
  std::uint16_t aead = 0;
  ByteView nonce;       // 12 bytes
  ByteView ciphertext;  // of the private key (1 to 512 bytes), tag last
};

Result<KeyFile> DecodeKeyFile(ByteView bytes);
Status EncodeKeyFile(const KeyFile& file, CborWriter& out);
Status EncodeKeyFileBinding(const KeyFile& file, CborWriter& out);

}  // namespace edgekeep::formats
