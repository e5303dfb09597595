// Keys, holders and small sealed files that the tests of sealing share.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string_view>
#include <vector>

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/crypto/suite.h"
#include "edgekeep/sealing/segments.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::sealing {

using Buffer = std::vector<std::uint8_t>;

// The one Provider of the test binary.
const crypto::Provider& TestProvider();

// A signing key in plain memory.
class MemoryKey final : public SigningKey {
 public:
  explicit MemoryKey(crypto::AlgorithmId algorithm);

  crypto::AlgorithmId algorithm() const override { return algorithm_; }

  ByteView public_key() const override { return pair_.public_key.view(); }

  Result<Bytes> Sign(ByteView message) const override;

  formats::PublicKey as_public() const { return {static_cast<std::uint16_t>(algorithm_), public_key()}; }

 private:
  crypto::AlgorithmId algorithm_;
  crypto::KeyPair pair_;
};

// A holder with one key per class.
struct TestHolder {
  MemoryKey classical{crypto::AlgorithmId::kEd25519};
  MemoryKey post_quantum{crypto::AlgorithmId::kMlDsa65};

  formats::Holder Named(std::string_view name) const;

  std::vector<const SigningKey*> Keys() const { return {&classical, &post_quantum}; }
};

inline constexpr std::uint8_t kBothClasses[] = {1, 2};

SecretArray<32> RandomKey();
formats::Salt RandomSalt();
Buffer Pattern(std::size_t size, std::uint8_t seed);
crypto::SealSuite DefaultSuite();

// `plaintext` in segments of `segment_size` under `keys`, one buffer each.
std::vector<Buffer> SealAll(const SegmentKeys& keys, const Buffer& plaintext, std::size_t segment_size);

// Opens `segments` in the order given, the last one as last; the first refusal ends it.
Result<Buffer> OpenAll(const SegmentKeys& keys, const std::vector<Buffer>& segments);

}  // namespace edgekeep::sealing
