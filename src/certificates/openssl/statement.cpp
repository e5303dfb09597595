// What an owner signed: by its authority's key, or by that of a certificate which the authority made for this alone.
#include <array>

#include "edgekeep/certificates/openssl/owner_certificates.h"
#include "openssl_certificates.h"

namespace edgekeep::certificates {
namespace {

constexpr int kAuthLevelOfSigners = 2;  // OpenSSL's word for 112 bits
constexpr int kLeastSecurityBits = 112;
constexpr std::size_t kMostOfASigner = 3;

using MessageDigest = crypto::Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using KeyUses = crypto::Owned<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;
using SignersStore = crypto::Owned<X509_STORE, X509_STORE_free>;
using SignersVerification = crypto::Owned<X509_STORE_CTX, X509_STORE_CTX_free>;
using SignersOthers = crypto::Owned<STACK_OF(X509), FreeBorrowed>;

// The key says how, the message has no word in it: SHA-256 for those that sign digests.
Status CheckSignature(OSSL_LIB_CTX* context, const X509& signer, const ports::OwnerStatement& statement) {
  EVP_PKEY* const key = X509_get0_pubkey(&signer);
  if (key == nullptr || EVP_PKEY_get_security_bits(key) < kLeastSecurityBits)
    return crypto::Refuse(ErrorCode::kUntrusted, "owner: a key of less than 112 bits");
  const bool signs_digests =
      EVP_PKEY_is_a(key, "EC") == 1 || EVP_PKEY_is_a(key, "RSA") == 1 || EVP_PKEY_is_a(key, "RSA-PSS") == 1;
  const MessageDigest digest(EVP_MD_CTX_new());
  if (!digest) return crypto::Refuse(ErrorCode::kNoMemory, "owner: signature");
  if (EVP_DigestVerifyInit_ex(digest.get(), nullptr, signs_digests ? "SHA256" : nullptr, context, nullptr, key,
                              nullptr) != 1)
    return crypto::Refuse(ErrorCode::kUnsupported, "owner: a kind of key that signs nothing here");
  const ByteView signature = statement.signature, message = statement.message;
  if (EVP_DigestVerify(digest.get(), signature.data(), signature.size(), message.data(), message.size()) == 1)
    return {};
  return crypto::Refuse(ErrorCode::kBadSignature, "owner: signature");
}

bool NamesTransfers(const X509& certificate) {
  const KeyUses uses(
      static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(&certificate, NID_ext_key_usage, nullptr, nullptr)));
  const Object wanted(OBJ_txt2obj(kTransferUse, 1));
  bool found = false;
  for (int i = 0; uses && wanted && i < sk_ASN1_OBJECT_num(uses.get()); ++i)
    found = found || OBJ_cmp(sk_ASN1_OBJECT_value(uses.get(), i), wanted.get()) == 0;
  ERR_clear_error();
  return found;
}

// A device's certificate is of the same authority, and signs no transfer.
Status CheckMaySign(X509& signer) {
  // One that says no key usage would have all of them.
  const bool says = (X509_get_extension_flags(&signer) & EXFLAG_KUSAGE) != 0;
  const bool signs = (X509_get_key_usage(&signer) & KU_DIGITAL_SIGNATURE) != 0;
  if (says && signs && X509_check_ca(&signer) == 0 && NamesTransfers(signer)) return {};
  return crypto::Refuse(ErrorCode::kForbidden, "owner: a certificate that is not for signing transfers");
}

Error ErrorOfSigner(int reason) {
  if (reason == X509_V_ERR_CERT_NOT_YET_VALID)
    return crypto::Refuse(ErrorCode::kNotYetValid, "owner: a signer's certificate that is not valid yet");
  if (reason == X509_V_ERR_CERT_HAS_EXPIRED)
    return crypto::Refuse(ErrorCode::kExpired, "owner: a signer's certificate that has expired");
  return crypto::Refuse(ErrorCode::kUntrusted, "owner: a signer whom its authority does not stand behind");
}

Status CheckLeadsTo(OSSL_LIB_CTX* context, X509& authority, std::span<const Certificate> signers, UnixTime now) {
  const SignersStore store(X509_STORE_new());
  const SignersVerification verification(X509_STORE_CTX_new_ex(context, nullptr));
  const SignersOthers others(sk_X509_new_null());
  bool is_made = store && verification && others && X509_STORE_add_cert(store.get(), &authority) == 1;
  for (const Certificate& other : signers.subspan(1)) is_made = is_made && sk_X509_push(others.get(), other.get()) > 0;
  is_made = is_made && X509_STORE_CTX_init(verification.get(), store.get(), signers[0].get(), others.get()) == 1;
  if (!is_made) return crypto::Refuse(ErrorCode::kNoMemory, "owner: signer");
  X509_VERIFY_PARAM* const how = X509_STORE_CTX_get0_param(verification.get());
  X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_auth_level(how, kAuthLevelOfSigners);
  X509_VERIFY_PARAM_set_time(how, static_cast<time_t>(now.value));
  if (X509_verify_cert(verification.get()) == 1) return {};
  return ErrorOfSigner(X509_STORE_CTX_get_error(verification.get()));
}

}  // namespace

Status OpenSslCertificates::CheckAuthorityAt(ByteView der, UnixTime now) {
  EK_TRY(CheckAuthority(der));
  EK_TRY_ASSIGN(const Certificate certificate, ReadCertificate(library_.context.get(), der));
  time_t then = static_cast<time_t>(now.value);
  if (X509_cmp_time(X509_get0_notBefore(certificate.get()), &then) >= 0)
    return crypto::Refuse(ErrorCode::kNotYetValid, "authority: a certificate that is not valid yet");
  if (X509_cmp_time(X509_get0_notAfter(certificate.get()), &then) <= 0)
    return crypto::Refuse(ErrorCode::kExpired, "authority: a certificate that has expired");
  return {};
}

Status OpenSslCertificates::CheckStatement(const ports::OwnerStatement& statement) {
  OSSL_LIB_CTX* const context = library_.context.get();
  EK_TRY_ASSIGN(const Certificate authority, ReadCertificate(context, statement.authority));
  if (statement.certificates.empty()) return CheckSignature(context, *authority, statement);
  if (statement.certificates.size() > kMostOfASigner) return Error(ErrorCode::kTooLarge, "owner: certificates");
  std::array<Certificate, kMostOfASigner> signers;
  for (std::size_t i = 0; i < statement.certificates.size(); ++i) {
    EK_TRY_ASSIGN(signers[i], ReadCertificate(context, statement.certificates[i]));
  }
  EK_TRY(CheckLeadsTo(context, *authority, std::span(signers).first(statement.certificates.size()), statement.now));
  EK_TRY(CheckMaySign(*signers[0]));
  return CheckSignature(context, *signers[0], statement);
}

}  // namespace edgekeep::certificates
