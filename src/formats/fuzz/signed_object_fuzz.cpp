#include "edgekeep/formats/signed_object.h"
#include "round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  using namespace edgekeep::formats;
  for (const std::string_view type :
       {typ::kSealedFile, typ::kGrant, typ::kLicence, typ::kDeviceRequest, typ::kTrustBundle}) {
    CheckRoundTrip(
        ByteView(data, size), [&](ByteView input) { return DecodeSignedObject(type, input); },
        [&](const SignedObject& object, CborWriter& out) { return EncodeSignedObject(type, object, out); });
  }
  return 0;
}
