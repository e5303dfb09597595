// PKCS#10 for a key that OpenSSL does not have: what is to be signed is taken out, and the signature put in.
#include <openssl/core_names.h>
#include <openssl/ec.h>

#include "bundle.h"
#include "openssl_certificates.h"

namespace edgekeep::certificates {
namespace {

using Request = crypto::Owned<X509_REQ, X509_REQ_free>;

Error NoRequest() {
  return crypto::Refuse(ErrorCode::kInternal, "certificate request");
}

Status Check(bool done) {
  return done ? Status() : NoRequest();
}

Result<Pkey> ToPkey(OSSL_LIB_CTX* context, ByteView point) {
  const crypto::Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> maker(EVP_PKEY_CTX_new_from_name(context, "EC", nullptr));
  char group[] = "prime256v1";
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, const_cast<std::uint8_t*>(point.data()),  // NOLINT
                                        point.size()),
      OSSL_PARAM_construct_end()};
  EVP_PKEY* key = nullptr;
  const bool is_made = maker && EVP_PKEY_fromdata_init(maker.get()) == 1 &&
                       EVP_PKEY_fromdata(maker.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1;
  Pkey owned(key);
  EK_TRY(Check(is_made));
  return owned;
}

Status AddSubject(X509_REQ& request, std::string_view serial) {
  const crypto::Owned<X509_NAME, X509_NAME_free> name(X509_NAME_new());
  const bool is_set = name &&
                      X509_NAME_add_entry_by_NID(name.get(), NID_serialNumber, MBSTRING_ASC, AsBytes(serial).data(),
                                                 static_cast<int>(serial.size()), -1, 0) == 1 &&
                      X509_REQ_set_subject_name(&request, name.get()) == 1;
  return Check(is_set);
}

// `value` is OpenSSL's object for this extension.
Status PushExtension(STACK_OF(X509_EXTENSION) * all, int nid, bool critical, void* value) {
  crypto::Owned<X509_EXTENSION, X509_EXTENSION_free> extension(
      value != nullptr ? X509V3_EXT_i2d(nid, critical ? 1 : 0, value) : nullptr);
  EK_TRY(Check(extension && sk_X509_EXTENSION_push(all, extension.get()) > 0));
  static_cast<void>(extension.release());
  return {};
}

Status PushNames(STACK_OF(X509_EXTENSION) * all, const X509& renewed) {
  const int at = X509_get_ext_by_NID(&renewed, NID_subject_alt_name, -1);
  if (at < 0) return {};
  crypto::Owned<X509_EXTENSION, X509_EXTENSION_free> names(X509_EXTENSION_dup(X509_get_ext(&renewed, at)));
  EK_TRY(Check(names && sk_X509_EXTENSION_push(all, names.get()) > 0));
  static_cast<void>(names.release());
  return {};
}

// To authenticate a client by signing, and for nothing else.
Status AddExtensions(X509_REQ& request, const X509* renewed) {
  const crypto::Owned<STACK_OF(X509_EXTENSION), FreeExtensions> all(sk_X509_EXTENSION_new_null());
  const crypto::Owned<ASN1_BIT_STRING, ASN1_BIT_STRING_free> usage(ASN1_BIT_STRING_new());
  const crypto::Owned<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free> purposes(EXTENDED_KEY_USAGE_new());
  constexpr int kDigitalSignature = 0;
  const bool is_made = all && usage && purposes && ASN1_BIT_STRING_set_bit(usage.get(), kDigitalSignature, 1) == 1 &&
                       sk_ASN1_OBJECT_push(purposes.get(), OBJ_nid2obj(NID_client_auth)) > 0;
  EK_TRY(Check(is_made));
  EK_TRY(PushExtension(all.get(), NID_key_usage, true, usage.get()));
  EK_TRY(PushExtension(all.get(), NID_ext_key_usage, false, purposes.get()));
  if (renewed != nullptr) EK_TRY(PushNames(all.get(), *renewed));
  return Check(X509_REQ_add_extensions(&request, all.get()) == 1);
}

Status AddAttributes(X509_REQ& request, const ports::RequestParts& parts) {
  if (!parts.challenge_password.empty()) {
    const ByteView password = AsBytes(parts.challenge_password);
    EK_TRY(Check(X509_REQ_add1_attr_by_NID(&request, NID_pkcs9_challengePassword, MBSTRING_ASC, password.data(),
                                           static_cast<int>(password.size())) == 1));
  }
  if (parts.evidence.empty()) return {};
  EK_TRY_ASSIGN(const Object evidence, EvidenceAttribute());
  EK_TRY_ASSIGN(const Bytes bundle, EncodeBundle(kEvidenceType, parts.evidence));
  return Check(X509_REQ_add1_attr_by_OBJ(&request, evidence.get(), V_ASN1_SEQUENCE, bundle.view().data(),
                                         static_cast<int>(bundle.size())) == 1);
}

using Number = crypto::Owned<BIGNUM, BN_free>;

Result<Bytes> EcdsaToDer(ByteView r_and_s) {
  EK_TRY(Check(r_and_s.size() == 64));
  const crypto::Owned<ECDSA_SIG, ECDSA_SIG_free> signature(ECDSA_SIG_new());
  Number r(BN_bin2bn(r_and_s.data(), 32, nullptr)), s(BN_bin2bn(r_and_s.data() + 32, 32, nullptr));
  EK_TRY(Check(signature && r && s && ECDSA_SIG_set0(signature.get(), r.get(), s.get()) == 1));
  // The signature owns both numbers now.
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  EK_TRY_ASSIGN(Bytes der, Bytes::Allocate(72));
  unsigned char* at = der.mutable_view().data();
  const int size = i2d_ECDSA_SIG(signature.get(), &at);
  EK_TRY(Check(size > 0));
  der.Truncate(static_cast<std::size_t>(size));
  return der;
}

Status PutSignature(X509_REQ& request, ByteView r_and_s) {
  EK_TRY_ASSIGN(Bytes der, EcdsaToDer(r_and_s));
  crypto::Owned<ASN1_BIT_STRING, ASN1_BIT_STRING_free> bits(ASN1_BIT_STRING_new());
  EK_TRY(Check(bits && ASN1_BIT_STRING_set(bits.get(), der.mutable_view().data(), static_cast<int>(der.size())) == 1));
  bits->flags = (bits->flags & ~(ASN1_STRING_FLAG_BITS_LEFT | 7L)) | ASN1_STRING_FLAG_BITS_LEFT;
  X509_REQ_set0_signature(&request, bits.release());
  return {};
}

Status Sign(X509_REQ& request, ports::RequestSigner& signer) {
  const crypto::Owned<X509_ALGOR, X509_ALGOR_free> algorithm(X509_ALGOR_new());
  const bool is_named =
      algorithm && X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_ecdsa_with_SHA256), V_ASN1_UNDEF, nullptr) == 1 &&
      X509_REQ_set1_signature_algo(&request, algorithm.get()) == 1;
  EK_TRY(Check(is_named));
  unsigned char* encoded = nullptr;
  const int size = i2d_re_X509_REQ_tbs(&request, &encoded);
  EK_TRY(Check(size > 0));
  Result<Bytes> signature = signer.Sign({encoded, static_cast<std::size_t>(size)});
  OPENSSL_free(encoded);
  if (!signature) return signature.error();
  return PutSignature(request, signature->view());
}

}  // namespace

Result<Bytes> OpenSslCertificates::MakeRequest(const ports::RequestParts& parts, ports::RequestSigner& signer) {
  const Request request(X509_REQ_new_ex(library_.context.get(), nullptr));
  EK_TRY(Check(request && X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) == 1));
  Certificate renewed;
  if (!parts.renewed.empty()) {
    EK_TRY_ASSIGN(renewed, ReadCertificate(library_.context.get(), parts.renewed));
  }
  EK_TRY(renewed ? Check(X509_REQ_set_subject_name(request.get(), X509_get_subject_name(renewed.get())) == 1)
                 : AddSubject(*request, parts.serial));
  EK_TRY_ASSIGN(const Pkey key, ToPkey(library_.context.get(), parts.key));
  EK_TRY(Check(X509_REQ_set_pubkey(request.get(), key.get()) == 1));
  EK_TRY(AddExtensions(*request, renewed.get()));
  EK_TRY(AddAttributes(*request, parts));
  EK_TRY(Sign(*request, signer));
  const int size = i2d_X509_REQ(request.get(), nullptr);
  EK_TRY(Check(size > 0));
  EK_TRY_ASSIGN(Bytes der, Bytes::Allocate(static_cast<std::size_t>(size)));
  unsigned char* at = der.mutable_view().data();
  EK_TRY(Check(i2d_X509_REQ(request.get(), &at) == size));
  return der;
}

}  // namespace edgekeep::certificates
