#include "edgekeep/author/grant.h"

#include "edgekeep/author/epoch_keys.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/key_wraps.h"
#include "edgekeep/sealing/segments.h"
#include "sealed_front.h"

namespace edgekeep::author {
namespace {

// Fails when the file was sealed for another licensor key than this publisher's.
Done CheckLicensor(const Context& context, const Publisher& publisher, const sealing::VerifiedSeal& seal,
                   const std::string& path) {
  const formats::PublicKey& own = publisher.trust().licensor_kem;
  EK_TRY_ASSIGN(const KeyId kid, At(path, crypto::KeyIdOf(context.provider,
                                                          static_cast<crypto::AlgorithmId>(own.algorithm), own.bytes)));
  if (kid == seal.header().licensor_kem_kid) return {};
  return Failure{ErrorCode::kWrongProduct, "sealed for another licensor key", path,
                 "use the publisher it was sealed by"};
}

Outcome<sealing::ContentKey> Unwrap(const Context& context, const Publisher& publisher, const SecretBytes& passphrase,
                                    const sealing::VerifiedSeal& seal, const std::string& path) {
  EK_TRY_ASSIGN(const auto licensor, publisher.OpenLicensorKem(context, passphrase));
  EK_TRY_ASSIGN(sealing::ContentKey key,
                At(path, sealing::UnwrapContentKeyAsLicensor(context.provider, licensor, seal.header())));
  EK_TRY(At(path,
            sealing::CheckKeyCommitment(context.provider, key.key, seal.header().salt, seal.header().key_commitment)));
  return key;
}

Result<Bytes> SignGrant(const Context& context, const HolderKeys& licensor, const sealing::EpochKey& epoch_key,
                        const sealing::ContentKey& content_key, formats::Grant grant) {
  std::array<std::uint8_t, 12> nonce;
  std::array<std::uint8_t, 48> wrapped;
  EK_TRY(sealing::WrapContentKey(context.provider, epoch_key, content_key, grant, nonce, wrapped));
  EK_TRY_ASSIGN(Bytes buffer, Bytes::Allocate(formats::kMaxGrantSize));
  CborWriter payload(buffer.mutable_view());
  EK_TRY(formats::EncodeGrant(grant, payload));
  return sealing::SignObject(context.provider, formats::typ::kGrant, payload.written(), licensor.pointers());
}

// The grant's cipher follows the sealed file's: whoever avoids AES avoids it everywhere.
Result<std::uint16_t> AeadOf(const sealing::VerifiedSeal& seal) {
  EK_TRY_ASSIGN(const crypto::SealSuite suite,
                crypto::FindSealSuite(static_cast<crypto::SealSuiteId>(seal.header().seal_suite)));
  return static_cast<std::uint16_t>(suite.aead);
}

}  // namespace

Outcome<GrantReport> MakeGrant(const Context& context, const Publisher& publisher, const SecretBytes& passphrase,
                               const GrantRequest& request) {
  const std::string& path = request.sealed_file;
  EK_TRY_ASSIGN(const VerifiedFront front, ReadVerifiedFront(context, path, publisher.trust()));
  const formats::SealedHeader& header = front.seal.header();
  EK_TRY(CheckLicensor(context, publisher, front.seal, path));
  EK_TRY_ASSIGN(const std::uint16_t aead, At(path, AeadOf(front.seal)));
  EK_TRY_ASSIGN(const sealing::ContentKey content_key, Unwrap(context, publisher, passphrase, front.seal, path));
  EK_TRY_ASSIGN(const HolderKeys licensor, publisher.OpenLicensor(context, passphrase));
  EK_TRY_ASSIGN(const EpochKeys epochs, EpochKeys::OpenOrCreate(context, publisher, header.product, passphrase));
  const Epoch epoch = request.epoch.value_or(epochs.current());
  EK_TRY_ASSIGN(const sealing::EpochKey epoch_key, epochs.KeyOf(context, epoch));
  const formats::Grant grant{.product = header.product,
                             .sequence = header.version.sequence,
                             .sealed_file = front.seal.id(),
                             .epoch = epoch,
                             .aead = aead};
  EK_TRY_ASSIGN(const Bytes bytes, At(request.output, SignGrant(context, licensor, epoch_key, content_key, grant)));
  EK_TRY(At(request.output, files::WriteNewFile(request.output, files::Access::kPublic, bytes.view())));
  return GrantReport{front.seal.id(), header.product, header.version, epoch};
}

}  // namespace edgekeep::author
