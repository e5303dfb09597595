// HPKE's key schedule in base mode (RFC 9180 §5.1).
#pragma once
#include <array>

#include "edgekeep/base/secret.h"
#include "hpke_kdf.h"

namespace edgekeep::crypto {

// What the schedule derives everything from.
class HpkeSchedule {
 public:
  static Result<HpkeSchedule> Start(const HpkeKdf& kdf, ByteView shared_secret, ByteView info);

  // LabeledExpand(secret, label, key_schedule_context, out.size()); `label` is "key", "base_nonce" or "exp".
  Status Derive(std::string_view label, MutableByteView out) const;

 private:
  explicit HpkeSchedule(const HpkeKdf& kdf) noexcept : kdf_(kdf) {}

  HpkeKdf kdf_;
  SecretArray<kMaxDigestSize> secret_;
  std::array<std::uint8_t, 1 + 2 * kMaxDigestSize> context_{};
};

}  // namespace edgekeep::crypto
