// The device request d.ekd: a device's public face, to be licensed (spec/device-request.md).
#pragma once
#include <optional>

#include "edgekeep/base/ids.h"
#include "edgekeep/formats/ownership.h"
#include "edgekeep/formats/public_key.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxDeviceRequestSize = 16384;

enum class AnchorKind : std::uint8_t { kSoftware = 1, kTpm2 = 2, kOptee = 3 };

// What a chip says of itself; classes of chips are put into quarantine by it.
struct ChipClass {
  std::uint32_t manufacturer = 0;  // TPM_PT_MANUFACTURER: four characters, big-endian
  std::uint64_t firmware = 0;

  friend bool operator==(const ChipClass&, const ChipClass&) = default;
};

// The payload, typ "edgekeep/device-request", signed by the identity key. DeviceId = KeyId of the identity key.
struct DeviceRequest {
  PublicKey identity;
  PublicKey kem;
  AnchorKind anchor = AnchorKind::kSoftware;
  std::optional<ChipClass> chip;       // of a tpm2 anchor, which never hides it
  std::optional<UnixTime> rekeyed_at;  // issue of the order by which the KEM key was made anew
  std::optional<Ownership> ownership =
      {};  // where whoever asked for the request wanted it, and the device has an owner
};

Result<DeviceRequest> DecodeDeviceRequest(ByteView payload);
Status EncodeDeviceRequest(const DeviceRequest& request, CborWriter& out);

}  // namespace edgekeep::formats
