// The key file: a private key under a passphrase (spec/key-file.md).
#pragma once
#include <string_view>

#include "edgekeep/formats/public_key.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxKeyFileSize = 8192;

// Argon2id costs; a reader refuses more than 1 GiB, 16 passes or 16 lanes, and less than 19 MiB and 2 passes.
struct Argon2Costs {
  std::uint32_t memory_kib = 0;
  std::uint32_t passes = 0;
  std::uint32_t lanes = 0;
};

// Everything but the ciphertext is the AEAD's associated data (EncodeKeyFileBinding).
struct KeyFile {
  std::string_view purpose;  // "author", "licensor", "licensor-kem", "epoch:acme/label-ocr"
  PublicKey public_key;      // algorithm 0 and no bytes for symmetric secrets
  Argon2Costs costs;
  ByteView salt;  // 16 bytes
  std::uint16_t aead = 0;
  ByteView nonce;       // 12 bytes
  ByteView ciphertext;  // of the private key, tag last
};

Result<KeyFile> DecodeKeyFile(ByteView bytes);
Status EncodeKeyFile(const KeyFile& file, CborWriter& out);
Status EncodeKeyFileBinding(const KeyFile& file, CborWriter& out);

}  // namespace edgekeep::formats
