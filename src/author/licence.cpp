#include "edgekeep/author/licence.h"

#include "device_request.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/key_wraps.h"
#include "issue_licence.h"
#include "issued_licences.h"
#include "key_names.h"
#include "licensor_lock.h"
#include "quarantined_chips.h"
#include "retired_devices.h"

namespace edgekeep::author {
namespace {

Done CheckKem(const VerifiedDevice& device, const std::string& path) {
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

Result<formats::Licence> NewLicence(const WantedLicence& wanted, const VerifiedDevice& device, Epoch epoch) {
  formats::Licence licence;
  licence.id = wanted.id;
  EK_TRY_ASSIGN(licence.issuer, InlineString<63>::From(wanted.product.publisher()));
  licence.device = device.id;
  licence.issued_at = wanted.issued_at;
  licence.product = wanted.product;
  licence.epoch = epoch;
  licence.terms = wanted.terms;
  licence.hpke_suite = static_cast<std::uint16_t>(crypto::HpkeSuiteId::kMlKem768P256HkdfSha256Aes256Gcm);
  return licence;
}

}  // namespace

Done CheckMayHaveLicences(const Context& context, const Publisher& publisher, const VerifiedDevice& device,
                          const std::string& path, const DeviceCheck& is_allowed) {
  EK_TRY(CheckNotRetired(publisher, device.id, path));
  EK_TRY(CheckNotQuarantined(context, publisher, device.request, path));
  EK_TRY(CheckHasNewestKey(publisher, device, path));
  return is_allowed ? is_allowed(device.id) : Done();
}

LicenceSink IntoNewFile(const std::string& output) {
  return
      [output](ByteView licence) { return At(output, files::WriteNewFile(output, files::Access::kPublic, licence)); };
}

Done CheckEpochIsCurrent(const EpochKeys& epochs, Epoch epoch, const std::string& path) {
  if (epoch == epochs.current()) return {};
  return Failure{ErrorCode::kForbidden, "the licence is of epoch " + std::to_string(epoch.value) + ", which is over",
                 path, "it was left behind, which revokes it; --into-epoch takes it into the product's current epoch"};
}

Outcome<LicenceReport> IssueTo(const Context& context, const Publisher& publisher, LicensorKeys& keys,
                               const VerifiedDevice& device, const std::string& path, const WantedLicence& wanted,
                               const LicenceSink& sink) {
  EK_TRY(CheckKem(device, path));
  EK_TRY_ASSIGN(const EpochKeys* const epochs, keys.EpochsOf(context, wanted.product));
  if (wanted.only_in) EK_TRY(CheckEpochIsCurrent(*epochs, *wanted.only_in, path));
  EK_TRY_ASSIGN(const sealing::EpochKey epoch_key, epochs->KeyOf(context, epochs->current()));
  EK_TRY_ASSIGN(const HolderKeys* const licensor, keys.Licensor(context));
  EK_TRY_ASSIGN(const formats::Licence licence, At(path, NewLicence(wanted, device, epochs->current())));
  EK_TRY_ASSIGN(const Bytes signed_licence,
                At(path, SignLicence(context, *licensor, epoch_key, device.request.kem, licence)));
  EK_TRY(sink(signed_licence.view()));
  EK_TRY(RememberIssued(publisher, licence));
  return LicenceReport{licence.id,       device.id,      device.request.anchor, licence.epoch,
                       epochs->is_new(), wanted.product, wanted.terms};
}

Outcome<LicenceReport> IssueLicence(const Context& context, const Publisher& publisher, const SecretBytes& passphrase,
                                    const LicenceRequest& request) {
  const std::string& path = request.device_request;
  EK_TRY_ASSIGN(const FileLock lock, LockLicences(context, publisher));
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, kMaxSignedRequestSize)));
  EK_TRY_ASSIGN(const VerifiedDevice device, At(path, VerifyDeviceRequest(context, bytes.view())));
  EK_TRY(CheckMayHaveLicences(context, publisher, device, path, request.is_allowed));
  WantedLicence wanted{
      .id = {}, .product = request.product, .issued_at = context.now, .terms = request.terms, .only_in = {}};
  EK_TRY(At(request.output, context.provider.Random(wanted.id.mutable_view())));
  KeysForOnce keys(publisher, passphrase, NewProducts::kMade);
  return IssueTo(context, publisher, keys, device, path, wanted, IntoNewFile(request.output));
}

}  // namespace edgekeep::author
