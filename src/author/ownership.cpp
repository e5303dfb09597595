#include "edgekeep/author/ownership.h"

#include "device_request.h"
#include "edgekeep/files/read_file.h"

namespace edgekeep::author {

Outcome<OwnedDevice> ReadOwnership(const Context& context, const std::string& path) {
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, kMaxSignedRequestSize)));
  EK_TRY_ASSIGN(const VerifiedDevice device, At(path, VerifyDeviceRequest(context, bytes.view())));
  if (device.request.ownership) return OwnedDevice{device.id, *device.request.ownership};
  return Failure{ErrorCode::kNotFound, "does not say whose the device is", path,
                 "have it made by 'edgekeep device show --request --ownership'"};
}

}  // namespace edgekeep::author
