#include "edgekeep/release/retirement.h"

#include <new>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/evidence.h"
#include "edgekeep/formats/retirement.h"
#include "edgekeep/formats/sign1.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/release/order.h"
#include "edgekeep/sealing/sign1.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::release {
namespace {

Status CheckEvidence(const crypto::Provider& provider, const formats::RetirementCertificate& certificate,
                     const DeviceId& device, ByteView order_payload) {
  if (certificate.evidence.empty()) return {};
  EK_TRY_ASSIGN(const ByteView payload,
                sealing::VerifyByOneKey(provider, formats::typ::kEvidence, certificate.evidence, certificate.identity));
  const std::unique_ptr<formats::Evidence> claims(new (std::nothrow) formats::Evidence);
  if (!claims) return Error(ErrorCode::kNoMemory, "evidence");
  EK_TRY_ASSIGN(*claims, formats::DecodeEvidence(payload));
  EK_TRY_ASSIGN(const formats::AttestationNonce nonce, OrderNonce(provider, order_payload));
  if (claims->device == device && claims->nonce == nonce) return {};
  return Error(ErrorCode::kWrongDevice, "retirement: evidence of another device, or for another order");
}

}  // namespace

Result<VerifiedRetirement> VerifyRetirement(const crypto::Provider& provider, ByteView bytes) {
  if (bytes.size() > formats::kMaxSignedRetirement) return Error(ErrorCode::kTooLarge, "retirement");
  EK_TRY_ASSIGN(const formats::SignedObject object, formats::DecodeSignedObject(formats::typ::kRetirement, bytes));
  EK_TRY_ASSIGN(const formats::RetirementCertificate certificate, formats::DecodeRetirementCertificate(object.payload));
  EK_TRY(sealing::VerifyObjectWithKey(provider, formats::typ::kRetirement, bytes, certificate.identity));
  EK_TRY_ASSIGN(const KeyId kid,
                crypto::KeyIdOf(provider, static_cast<crypto::AlgorithmId>(certificate.identity.algorithm),
                                certificate.identity.bytes));
  VerifiedRetirement verified;
  EK_TRY_ASSIGN(verified.device_, DeviceId::From(kid.view()));
  EK_TRY_ASSIGN(const formats::SignedObject order,
                formats::DecodeSignedObject(formats::typ::kOrder, certificate.order));
  EK_TRY_ASSIGN(verified.order_, formats::DecodeOrder(order.payload));
  if (verified.order_.action != formats::OrderAction::kRetire)
    return Error(ErrorCode::kUnsupported, "retirement: by an order for something else");
  if (verified.order_.devices[0] != verified.device_)
    return Error(ErrorCode::kWrongDevice, "retirement: by an order for another device");
  EK_TRY(CheckEvidence(provider, certificate, verified.device_, order.payload));
  verified.retired_at_ = certificate.retired_at;
  verified.order_object_ = certificate.order;
  verified.evidence_ = certificate.evidence;
  return verified;
}

}  // namespace edgekeep::release
