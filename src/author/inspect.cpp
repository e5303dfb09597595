#include "edgekeep/author/inspect.h"

#include <array>

#include "edgekeep/crypto/suite.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/signed_object.h"
#include "edgekeep/sealing/trusted_publisher.h"
#include "edgekeep/sealing/verified_seal.h"

namespace edgekeep::author {
namespace {

struct CoseName {
  std::int64_t number;
  const char* name;
};

// For showing only: a verifier goes by its trusted key, never by what a message claims.
constexpr std::array kCoseNames = {CoseName{-19, "Ed25519"},   CoseName{-9, "ECDSA P-256"}, CoseName{-37, "RSA-PSS"},
                                   CoseName{-48, "ML-DSA-44"}, CoseName{-49, "ML-DSA-65"},  CoseName{-50, "ML-DSA-87"}};

std::string NameOfCose(std::int64_t number) {
  for (const CoseName& row : kCoseNames) {
    if (row.number == number) return row.name;
  }
  return "COSE algorithm " + std::to_string(number);
}

std::vector<SignatureView> SignaturesOf(const formats::SignedObject& object) {
  std::vector<SignatureView> list;
  for (const formats::SignatureEntry& entry : object.signatures) {
    list.push_back({NameOfCose(entry.cose_algorithm), entry.kid});
  }
  return list;
}

Outcome<sealing::TrustedPublisher> ReadTrust(const Context& context, const std::string& path) {
  constexpr std::size_t kMaxSize = formats::MaxSignedObjectSize(formats::kMaxTrustBundleSize, formats::kMaxSignatures);
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, kMaxSize)));
  return At(path, sealing::VerifyTrustBundle(context.provider, bytes.view()));
}

Verification VerifiedBy(const sealing::TrustedPublisher& trusted) {
  return {std::string(trusted.bundle().publisher), trusted.fingerprint()};
}

Result<std::vector<SignatureView>> SignaturesOfSeal(const sealing::UnverifiedSeal& seal, ByteView front) {
  const ByteView record = front.subspan(formats::kPreambleSize + seal.preamble.header_size, seal.preamble.record_size);
  EK_TRY_ASSIGN(const formats::SignedObject object, formats::DecodeSignedObject(formats::typ::kSealedFile, record));
  return SignaturesOf(object);
}

Result<std::string> NameOfAlgorithm(crypto::AlgorithmId id) {
  EK_TRY_ASSIGN(const crypto::Algorithm algorithm, crypto::FindAlgorithm(id));
  return std::string(algorithm.name);
}

Result<std::string> NameOfCipher(std::uint16_t suite_id) {
  EK_TRY_ASSIGN(const crypto::SealSuite suite, crypto::FindSealSuite(static_cast<crypto::SealSuiteId>(suite_id)));
  return NameOfAlgorithm(suite.aead);
}

Result<std::string> NameOfKeyWrap(std::uint16_t suite_id) {
  EK_TRY_ASSIGN(const crypto::HpkeSuite suite, crypto::FindHpkeSuite(static_cast<crypto::HpkeSuiteId>(suite_id)));
  EK_TRY_ASSIGN(const std::string kem, NameOfAlgorithm(suite.kem));
  EK_TRY_ASSIGN(const std::string aead, NameOfAlgorithm(suite.aead));
  return "HPKE, " + kem + ", " + aead;
}

Done VerifyLicence(const Context& context, const sealing::TrustedPublisher& trusted, ByteView bytes,
                   const formats::Licence& licence, const std::string& path) {
  const formats::TrustBundle& bundle = trusted.bundle();
  EK_TRY(At(path, sealing::VerifyObject(context.provider, formats::typ::kLicence, bytes, bundle.licensors.view(),
                                        bundle.required_classes.view())));
  if (licence.product.publisher() == bundle.publisher) return {};
  return Describe(Error(ErrorCode::kWrongProduct, "publisher"), path);
}

}  // namespace

Outcome<SealInspection> InspectSeal(const Context& context, const std::string& path, const std::string& trust) {
  EK_TRY_ASSIGN(files::FileFront file, At(path, files::ReadFront(path, formats::kMaxBodyOffset)));
  EK_TRY_ASSIGN(const sealing::UnverifiedSeal seal,
                At(path, sealing::ParseSeal(context.provider, file.front.view(), file.file_size)));
  SealInspection inspection{seal.header, seal.record, seal.id, file.file_size};
  EK_TRY_ASSIGN(inspection.cipher, At(path, NameOfCipher(seal.header.seal_suite)));
  EK_TRY_ASSIGN(inspection.key_wrap, At(path, NameOfKeyWrap(seal.header.hpke_suite)));
  EK_TRY_ASSIGN(inspection.signatures, At(path, SignaturesOfSeal(seal, file.front.view())));
  if (!trust.empty()) {
    EK_TRY_ASSIGN(const sealing::TrustedPublisher trusted, ReadTrust(context, trust));
    EK_TRY(At(path, sealing::VerifySeal(context.provider, file.front.view(), file.file_size, trusted.bundle())));
    inspection.verified = VerifiedBy(trusted);
  }
  inspection.bytes = std::move(file.front);
  return inspection;
}

Outcome<LicenceInspection> InspectLicence(const Context& context, const std::string& path, const std::string& trust) {
  constexpr std::size_t kMaxSize = formats::MaxSignedObjectSize(formats::kMaxLicenceSize, formats::kMaxSignatures);
  EK_TRY_ASSIGN(Bytes bytes, At(path, files::ReadFile(path, kMaxSize)));
  EK_TRY_ASSIGN(const formats::SignedObject object,
                At(path, formats::DecodeSignedObject(formats::typ::kLicence, bytes.view())));
  EK_TRY_ASSIGN(const formats::Licence licence, At(path, formats::DecodeLicence(object.payload)));
  LicenceInspection inspection{licence, SignaturesOf(object), {}, {}};
  if (!trust.empty()) {
    EK_TRY_ASSIGN(const sealing::TrustedPublisher trusted, ReadTrust(context, trust));
    EK_TRY(VerifyLicence(context, trusted, bytes.view(), licence, path));
    inspection.verified = VerifiedBy(trusted);
  }
  inspection.bytes = std::move(bytes);
  return inspection;
}

}  // namespace edgekeep::author
