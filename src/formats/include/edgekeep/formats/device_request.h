// The device request d.ekd: a device's public face, to be licensed (spec/device-request.md).
#pragma once
#include "edgekeep/base/ids.h"
#include "edgekeep/formats/public_key.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxDeviceRequestSize = 16384;

enum class AnchorKind : std::uint8_t { kSoftware = 1, kTpm2 = 2, kOptee = 3 };

// The payload, typ "edgekeep/device-request", signed by the identity key. DeviceId = KeyId of the identity key.
struct DeviceRequest {
  PublicKey identity;
  PublicKey kem;
  AnchorKind anchor = AnchorKind::kSoftware;
};

Result<DeviceRequest> DecodeDeviceRequest(ByteView payload);
Status EncodeDeviceRequest(const DeviceRequest& request, CborWriter& out);

}  // namespace edgekeep::formats
