#include "key_templates.h"

#include <algorithm>

#include "edgekeep/base/check.h"

namespace edgekeep::anchor {
namespace {

constexpr std::size_t kCoordinate = 32;
constexpr TPMA_OBJECT kMadeHere =
    TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_NODA;

TPM2B_PUBLIC Ecc(TPMA_OBJECT attributes) {
  TPM2B_PUBLIC key{};
  key.publicArea.type = TPM2_ALG_ECC;
  key.publicArea.nameAlg = TPM2_ALG_SHA256;
  key.publicArea.objectAttributes = attributes;
  TPMS_ECC_PARMS& details = key.publicArea.parameters.eccDetail;
  details.curveID = TPM2_ECC_NIST_P256;
  details.kdf.scheme = TPM2_ALG_NULL;
  details.symmetric.algorithm = TPM2_ALG_NULL;
  details.scheme.scheme = TPM2_ALG_NULL;
  return key;
}

void SignWithSha256(TPM2B_PUBLIC& key) {
  key.publicArea.parameters.eccDetail.scheme.scheme = TPM2_ALG_ECDSA;
  key.publicArea.parameters.eccDetail.scheme.details.ecdsa.hashAlg = TPM2_ALG_SHA256;
}

void SetNumber(TPM2B_ECC_PARAMETER& number, ByteView bytes) {
  number.size = static_cast<UINT16>(bytes.size());
  std::ranges::copy(bytes, number.buffer);
}

}  // namespace

TPM2B_PUBLIC SigningKeyTemplate(const Digest& unique) {
  TPM2B_PUBLIC key = Ecc(kMadeHere | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_SIGN_ENCRYPT);
  SignWithSha256(key);
  SetNumber(key.publicArea.unique.ecc.x, unique.view());
  return key;
}

TPM2B_PUBLIC AgreementKeyTemplate(const Digest& unique) {
  TPM2B_PUBLIC key = Ecc(kMadeHere | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_DECRYPT);
  SetNumber(key.publicArea.unique.ecc.x, unique.view());
  return key;
}

TPM2B_PUBLIC VaultKeyTemplate(const Digest& unique, const Digest& policy) {
  TPM2B_PUBLIC key{};
  key.publicArea.type = TPM2_ALG_KEYEDHASH;
  key.publicArea.nameAlg = TPM2_ALG_SHA256;
  key.publicArea.objectAttributes = kMadeHere | TPMA_OBJECT_SIGN_ENCRYPT;
  key.publicArea.authPolicy.size = static_cast<UINT16>(policy.view().size());
  std::ranges::copy(policy.view(), key.publicArea.authPolicy.buffer);
  key.publicArea.parameters.keyedHashDetail.scheme.scheme = TPM2_ALG_HMAC;
  key.publicArea.parameters.keyedHashDetail.scheme.details.hmac.hashAlg = TPM2_ALG_SHA256;
  key.publicArea.unique.keyedHash.size = static_cast<UINT16>(unique.view().size());
  std::ranges::copy(unique.view(), key.publicArea.unique.keyedHash.buffer);
  return key;
}

TPM2B_PUBLIC AuthorityKey(ByteView point) {
  TPM2B_PUBLIC key = Ecc(TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_SIGN_ENCRYPT);
  SignWithSha256(key);
  key.publicArea.unique.ecc = ToTpmPoint(point);
  return key;
}

TPMS_ECC_POINT ToTpmPoint(ByteView point) {
  EK_CHECK(point.size() == 1 + 2 * kCoordinate);
  TPMS_ECC_POINT coordinates{};
  SetNumber(coordinates.x, point.subspan(1, kCoordinate));
  SetNumber(coordinates.y, point.last(kCoordinate));
  return coordinates;
}

void FromTpmNumber(const TPM2B_ECC_PARAMETER& number, MutableByteView out) {
  EK_CHECK(number.size <= out.size());
  std::ranges::fill(out, std::uint8_t{0});
  std::copy_n(number.buffer, number.size, out.last(number.size).begin());
}

void FromTpmPoint(const TPMS_ECC_POINT& point, MutableByteView out) {
  EK_CHECK(out.size() == 1 + 2 * kCoordinate);
  out[0] = 4;
  FromTpmNumber(point.x, out.subspan(1, kCoordinate));
  FromTpmNumber(point.y, out.last(kCoordinate));
}

}  // namespace edgekeep::anchor
