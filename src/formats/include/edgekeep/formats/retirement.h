// The certificate of a device's retirement (spec/orders.md §7): the last thing that its identity signs.
#pragma once
#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/formats/order.h"
#include "edgekeep/formats/public_key.h"

namespace edgekeep::formats {

namespace typ {
inline constexpr std::string_view kRetirement = "edgekeep/retirement";
}

inline constexpr std::size_t kMaxRetirementEvidence = 29 * 1024;
inline constexpr std::size_t kMaxRetirementSize = kMaxSignedOrder + kMaxRetirementEvidence + 512;
// With one signature it still fits into one message of the gate.
inline constexpr std::size_t kMaxSignedRetirement = kMaxRetirementSize + 512;

// The payload, typ "edgekeep/retirement". Views borrow from it.
struct RetirementCertificate {
  ByteView order;      // the signed object that was obeyed
  PublicKey identity;  // of the device, which signs this and nothing afterwards
  UnixTime retired_at;
  ByteView evidence;  // how the device was, for the order's nonce; may be empty
};

Result<RetirementCertificate> DecodeRetirementCertificate(ByteView payload);
Status EncodeRetirementCertificate(const RetirementCertificate& certificate, CborWriter& out);

}  // namespace edgekeep::formats
