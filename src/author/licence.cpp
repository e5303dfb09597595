#include "edgekeep/author/licence.h"

#include "edgekeep/author/epoch_keys.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/key_wraps.h"
#include "key_names.h"

namespace edgekeep::author {
namespace {

constexpr std::size_t kMaxSignedRequestSize =
    formats::MaxSignedObjectSize(formats::kMaxDeviceRequestSize, formats::kMaxSignatures);

// A device that has proved to hold its identity key; views borrow from the bytes it was read from.
struct Device {
  DeviceId id;
  formats::DeviceRequest request;
};

Result<Device> VerifyRequest(const Context& context, ByteView bytes) {
  EK_TRY_ASSIGN(const formats::SignedObject object, formats::DecodeSignedObject(formats::typ::kDeviceRequest, bytes));
  EK_TRY_ASSIGN(const formats::DeviceRequest claimed, formats::DecodeDeviceRequest(object.payload));
  EK_TRY(sealing::VerifyObjectWithKey(context.provider, formats::typ::kDeviceRequest, bytes, claimed.identity));
  EK_TRY_ASSIGN(const KeyId kid,
                crypto::KeyIdOf(context.provider, static_cast<crypto::AlgorithmId>(claimed.identity.algorithm),
                                claimed.identity.bytes));
  EK_TRY_ASSIGN(const DeviceId id, DeviceId::From(kid.view()));
  return Device{id, claimed};
}

Done CheckKem(const Device& device, const std::string& path) {
  if (static_cast<crypto::AlgorithmId>(device.request.kem.algorithm) == kKemAlgorithm) return {};
  return Failure{ErrorCode::kUnsupported, "the device's key-encapsulation key is not the hybrid one", path,
                 "make the request again with a current Edgekeep on the device"};
}

Result<Bytes> SignLicence(const Context& context, const HolderKeys& licensor, const sealing::EpochKey& epoch_key,
                          const formats::PublicKey& device_kem, formats::Licence licence) {
  EK_TRY_ASSIGN(const crypto::HpkeSuite suite,
                crypto::FindHpkeSuite(static_cast<crypto::HpkeSuiteId>(licence.hpke_suite)));
  EK_TRY_ASSIGN(const crypto::HpkeMessage wrap,
                sealing::WrapEpochKeyToDevice(context.provider, suite, device_kem.bytes, licence, epoch_key));
  licence.enc = wrap.enc.view();
  licence.wrapped_epoch_key = wrap.ciphertext.view();
  EK_TRY_ASSIGN(Bytes buffer, Bytes::Allocate(formats::kMaxLicenceSize));
  CborWriter payload(buffer.mutable_view());
  EK_TRY(formats::EncodeLicence(licence, payload));
  return sealing::SignObject(context.provider, formats::typ::kLicence, payload.written(), licensor.pointers());
}

Result<formats::Licence> NewLicence(const Context& context, const LicenceRequest& request, const Device& device,
                                    Epoch epoch) {
  formats::Licence licence;
  EK_TRY(context.provider.Random(licence.id.mutable_view()));
  EK_TRY_ASSIGN(licence.issuer, InlineString<63>::From(request.product.publisher()));
  licence.device = device.id;
  licence.issued_at = context.now;
  licence.product = request.product;
  licence.epoch = epoch;
  licence.terms = request.terms;
  licence.hpke_suite = static_cast<std::uint16_t>(crypto::HpkeSuiteId::kMlKem768P256HkdfSha256Aes256Gcm);
  return licence;
}

}  // namespace

Outcome<LicenceReport> IssueLicence(const Context& context, const Publisher& publisher, const SecretBytes& passphrase,
                                    const LicenceRequest& request) {
  const std::string& path = request.device_request;
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, kMaxSignedRequestSize)));
  EK_TRY_ASSIGN(const Device device, At(path, VerifyRequest(context, bytes.view())));
  EK_TRY(CheckKem(device, path));
  EK_TRY_ASSIGN(const EpochKeys epochs, EpochKeys::OpenOrCreate(context, publisher, request.product, passphrase));
  EK_TRY_ASSIGN(const sealing::EpochKey epoch_key, epochs.KeyOf(context, epochs.current()));
  EK_TRY_ASSIGN(const HolderKeys licensor, publisher.OpenLicensor(context, passphrase));
  EK_TRY_ASSIGN(const formats::Licence licence,
                At(request.output, NewLicence(context, request, device, epochs.current())));
  EK_TRY_ASSIGN(const Bytes signed_licence,
                At(request.output, SignLicence(context, licensor, epoch_key, device.request.kem, licence)));
  EK_TRY(At(request.output, files::WriteNewFile(request.output, files::Access::kPublic, signed_licence.view())));
  return LicenceReport{licence.id, device.id, device.request.anchor, licence.epoch, epochs.is_new()};
}

}  // namespace edgekeep::author
