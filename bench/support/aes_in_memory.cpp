#include "aes_in_memory.h"

#include <utility>

#include "edgekeep/crypto/openssl/provider.h"
#include "require.h"

namespace edgekeep::bench {
namespace {

template <typename T>
auto OrThrow(T result) {
  test::Require(result.has_value(), "AES-256-GCM fails");
  if constexpr (!std::is_void_v<typename T::value_type>) return *std::move(result);
}

std::uint64_t SegmentsIn(std::uint64_t bytes) {
  return (bytes + formats::kSegmentSize - 1) / formats::kSegmentSize;
}

}  // namespace

AesInMemory::AesInMemory()
    : provider_(OrThrow(crypto::NewOpenSslProvider())),
      plain_(formats::kSegmentSize),
      sealed_(formats::kSegmentSize + crypto::kAeadTagSize) {
  const SecretArray<32> key;
  const auto suite = OrThrow(crypto::FindSealSuite(crypto::SealSuiteId::kAes256GcmHkdfSha256));
  const auto keys = OrThrow(sealing::SegmentKeys::Derive(*provider_, suite, key, {}, {}));
  cipher_ = std::make_unique<sealing::SegmentCipher>(OrThrow(sealing::SegmentCipher::Create(*provider_, keys)));
}

void AesInMemory::Seal(std::uint64_t bytes) {
  for (std::uint64_t i = 0; i < SegmentsIn(bytes); ++i) OrThrow(cipher_->Seal(0, false, plain_, sealed_));
}

void AesInMemory::Open(std::uint64_t bytes) {
  Seal(1);
  for (std::uint64_t i = 0; i < SegmentsIn(bytes); ++i) OrThrow(cipher_->Open(0, false, sealed_, plain_));
}

}  // namespace edgekeep::bench
