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

void WrapWithAes(TPM2B_PUBLIC& key) {
  TPMT_SYM_DEF_OBJECT& cipher = key.publicArea.parameters.eccDetail.symmetric;
  cipher.algorithm = TPM2_ALG_AES;
  cipher.keyBits.aes = 128;
  cipher.mode.aes = TPM2_ALG_CFB;
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

TPM2B_PUBLIC SaltKeyTemplate(const Digest& unique) {
  TPM2B_PUBLIC key = AgreementKeyTemplate(unique);
  key.publicArea.objectAttributes |= TPMA_OBJECT_RESTRICTED;
  WrapWithAes(key);
  return key;
}

TPM2B_PUBLIC AttestationKeyTemplate(const Digest& unique) {
  TPM2B_PUBLIC key = SigningKeyTemplate(unique);
  key.publicArea.objectAttributes |= TPMA_OBJECT_RESTRICTED;
  return key;
}

TPM2B_PUBLIC EndorsementKeyTemplate() {
  // PolicySecret(the endorsement hierarchy).
  constexpr std::uint8_t kPolicy[] = {0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3, 0xf8, 0x1a, 0x90, 0xcc,
                                      0x8d, 0x46, 0xa5, 0xd7, 0x24, 0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52,
                                      0x0b, 0x64, 0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa};
  TPM2B_PUBLIC key = Ecc(TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN |
                         TPMA_OBJECT_ADMINWITHPOLICY | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT);
  key.publicArea.authPolicy.size = sizeof kPolicy;
  std::ranges::copy(kPolicy, key.publicArea.authPolicy.buffer);
  WrapWithAes(key);
  key.publicArea.unique.ecc.x.size = key.publicArea.unique.ecc.y.size = kCoordinate;
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
