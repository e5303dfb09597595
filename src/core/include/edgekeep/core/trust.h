// Whom a device believes: a publisher's trust bundle that every key in it has signed (spec/trust-bundle.md §3).
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/trust_bundle.h"

namespace edgekeep::core {

// Only VerifyTrustBundle makes one. Whether this is the right publisher is not in it: the person who initialises a
// device compares the fingerprint.
class TrustedPublisher {
 public:
  const formats::TrustBundle& bundle() const noexcept { return bundle_; }

  // The signed object, as it was given.
  ByteView bytes() const& noexcept { return bytes_.view(); }

  // SHA-256 over the signed payload, which signing again does not change.
  const Digest& fingerprint() const noexcept { return fingerprint_; }

 private:
  friend Result<TrustedPublisher> VerifyTrustBundle(const crypto::Provider&, ByteView);

  TrustedPublisher(Bytes bytes, const formats::TrustBundle& bundle, const Digest& fingerprint) noexcept
      : bytes_(std::move(bytes)), bundle_(bundle), fingerprint_(fingerprint) {}

  Bytes bytes_;
  formats::TrustBundle bundle_;  // borrows from bytes_
  Digest fingerprint_;
};

// Fails with kMalformed, kUnsupported (an algorithm this version lacks, or a holder who cannot sign in every required
// class), kUntrusted (a key that did not sign) or kBadSignature. Copies `bytes`.
Result<TrustedPublisher> VerifyTrustBundle(const crypto::Provider& provider, ByteView bytes);

}  // namespace edgekeep::core
