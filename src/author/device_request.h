// A device request that its identity key signed.
#pragma once
#include "edgekeep/author/context.h"
#include "edgekeep/formats/device_request.h"
#include "edgekeep/formats/signed_object.h"

namespace edgekeep::author {

inline constexpr std::size_t kMaxSignedRequestSize =
    formats::MaxSignedObjectSize(formats::kMaxDeviceRequestSize, formats::kMaxSignatures);

// A device that has proved to hold its identity key; views borrow from the bytes it was read from.
struct VerifiedDevice {
  DeviceId id;
  formats::DeviceRequest request;
};

Result<VerifiedDevice> VerifyDeviceRequest(const Context& context, ByteView bytes);

}  // namespace edgekeep::author
