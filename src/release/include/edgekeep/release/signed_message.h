// SignedMessage: the bytes that signatures of release metadata are made over, and the check of one signature.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/json/document.h"

namespace edgekeep::release {

class SignedMessage {
 public:
  // `content` is the "signed" part of a file.
  static Result<SignedMessage> Of(const crypto::Provider& provider, json::Node content);

  // The canonical form; for ML-DSA "tuf", version 1 and SHA-512 of it (TAP 21).
  ByteView For(crypto::AlgorithmId algorithm) const& noexcept;

  ByteView canonical() const& noexcept { return canonical_.view(); }

 private:
  Bytes canonical_;
  std::array<std::uint8_t, 4 + 64> digest_{};
};

// The key that signed: its id by its bytes, whatever label the file gives it.
struct MetadataSigner {
  KeyId id;
  crypto::AlgorithmId algorithm = crypto::AlgorithmId::kNone;
};

// Fails where the key `key`, an object of release metadata, did not sign this.
Result<MetadataSigner> VerifySignature(const crypto::Provider& provider, const SignedMessage& message, json::Node key,
                                       std::string_view hex);

}  // namespace edgekeep::release
