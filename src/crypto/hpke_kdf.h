// HPKE's labelled key derivation (RFC 9180 §4).
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/crypto/provider.h"
#include "hpke_numbers.h"

namespace edgekeep::crypto {

// The KDF of one HPKE context or one KEM: a hash, and the suite id that goes into every derivation.
class HpkeKdf {
 public:
  // For the key schedule: "HPKE" || kem || kdf || aead. `kdf` is kHkdfSha256 or kHkdfSha512, else kUnsupported.
  static Result<HpkeKdf> ForSuite(const Provider& provider, AlgorithmId kdf, const HpkeNumbers& numbers);
  // For a DHKEM: "KEM" || kem.
  static Result<HpkeKdf> ForKem(const Provider& provider, AlgorithmId kdf, std::uint16_t kem);

  // Nh: the size of LabeledExtract's result.
  std::size_t hash_size() const noexcept { return hash_size_; }

  // An empty salt is RFC 9180's "". Requires prk.size() == hash_size().
  Status LabeledExtract(ByteView salt, std::string_view label, ByteView input_key, MutableByteView prk) const;
  // Fails with kTooLarge when `info` is longer than 512 bytes.
  Status LabeledExpand(ByteView prk, std::string_view label, ByteView info, MutableByteView out) const;

 private:
  HpkeKdf() = default;

  ByteView suite_id() const noexcept { return ByteView(suite_id_).first(suite_id_size_); }

  const Provider* provider_ = nullptr;
  AlgorithmId kdf_ = AlgorithmId::kNone;
  AlgorithmId hash_ = AlgorithmId::kNone;
  std::size_t hash_size_ = 0;
  std::array<std::uint8_t, 10> suite_id_{};
  std::size_t suite_id_size_ = 0;
};

}  // namespace edgekeep::crypto
