// CredentialCipher: what TPMs wrap credentials with, and nothing else does.
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep::crypto {

// AES-128-CFB from a zero IV (TPM 2.0 part 1, annex B.2). It is apart from the Provider and no algorithm of the
// registry: a chip's maker chose it, and it authenticates nothing. Any number of threads.
class CredentialCipher {
 public:
  virtual ~CredentialCipher() = default;
  // In place. Requires key.size() == 16; fails with kBadArgument.
  virtual Status Encrypt(ByteView key, MutableByteView bytes) const = 0;
};

}  // namespace edgekeep::crypto
