// Argon2id with all its inputs, as RFC 9106's test vector needs them.
#pragma once
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "library.h"

namespace edgekeep::crypto {

struct Argon2Input {
  ByteView password;
  ByteView salt;
  ByteView secret;
  ByteView associated_data;
  std::uint32_t memory_kib;
  std::uint32_t passes;
  std::uint32_t lanes;
};

// Fails with kBadArgument outside RFC 9106 §3.1, and with kTooLarge above 1 GiB, 64 passes or 64 lanes: the numbers may
// come from a file.
Status RunArgon2id(const Library& library, const Argon2Input& input, MutableByteView out);

}  // namespace edgekeep::crypto
