#include "device_request.h"

#include "edgekeep/crypto/digest.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::author {

Result<VerifiedDevice> VerifyDeviceRequest(const Context& context, ByteView bytes) {
  EK_TRY_ASSIGN(const formats::SignedObject object, formats::DecodeSignedObject(formats::typ::kDeviceRequest, bytes));
  EK_TRY_ASSIGN(const formats::DeviceRequest claimed, formats::DecodeDeviceRequest(object.payload));
  EK_TRY(sealing::VerifyObjectWithKey(context.provider, formats::typ::kDeviceRequest, bytes, claimed.identity));
  EK_TRY_ASSIGN(const KeyId kid,
                crypto::KeyIdOf(context.provider, static_cast<crypto::AlgorithmId>(claimed.identity.algorithm),
                                claimed.identity.bytes));
  EK_TRY_ASSIGN(const DeviceId id, DeviceId::From(kid.view()));
  return VerifiedDevice{id, claimed};
}

}  // namespace edgekeep::author
