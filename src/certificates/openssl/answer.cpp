// Certs-only CMS (RFC 7030 §4.2.3), and whether what is in it is this device's, of its owner's authority.
#include "openssl_certificates.h"

namespace edgekeep::certificates {
namespace {

// OpenSSL's word for 112 bits: no SHA-1, no RSA of less than 2048 bits, in any certificate but the one believed.
constexpr int kAuthLevel = 2;
constexpr int kMostCertificates = 8;

using Bag = crypto::Owned<PKCS7, PKCS7_free>;
using Store = crypto::Owned<X509_STORE, X509_STORE_free>;
using Verification = crypto::Owned<X509_STORE_CTX, X509_STORE_CTX_free>;

// With certificates, and nothing that anybody signed. Empty for no bytes.
Result<Bag> ReadBag(OSSL_LIB_CTX* context, ByteView der) {
  if (der.empty()) return Bag();
  if (der.size() > ports::kMaxCertificateAnswer) return Error(ErrorCode::kTooLarge, "answer");
  PKCS7* made = PKCS7_new_ex(context, nullptr);
  if (made == nullptr) return crypto::Refuse(ErrorCode::kNoMemory, "answer");
  const unsigned char* at = der.data();
  PKCS7* const read = d2i_PKCS7(&made, &at, static_cast<long>(der.size()));
  Bag bag(read != nullptr ? read : made);
  const bool is_bag = read != nullptr && at == der.data() + der.size() && PKCS7_type_is_signed(read) &&
                      read->d.sign != nullptr && sk_PKCS7_SIGNER_INFO_num(read->d.sign->signer_info) <= 0 &&
                      sk_X509_num(read->d.sign->cert) > 0;
  if (!is_bag) return crypto::Refuse(ErrorCode::kMalformed, "answer: not certificates alone (application/pkcs7-mime)");
  if (sk_X509_num(read->d.sign->cert) > kMostCertificates) return Error(ErrorCode::kTooLarge, "answer: certificates");
  return bag;
}

STACK_OF(X509) * CertificatesOf(const Bag& bag) {
  return bag ? bag->d.sign->cert : nullptr;
}

Result<X509*> FindOwn(STACK_OF(X509) * given, ByteView point) {
  for (int i = 0; i < sk_X509_num(given); ++i) {
    X509* const one = sk_X509_value(given, i);
    if (HasKey(*one, point)) return one;
  }
  return Error(ErrorCode::kWrongDevice, "answer: no certificate for the key that was asked for");
}

Error ErrorOf(int reason) {
  switch (reason) {
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return crypto::Refuse(ErrorCode::kNotYetValid, "answer: a certificate that is not valid yet");
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return crypto::Refuse(ErrorCode::kExpired, "answer: a certificate that has expired");
    case X509_V_ERR_INVALID_PURPOSE:
      return crypto::Refuse(ErrorCode::kForbidden, "answer: a certificate for another purpose");
    default:
      return crypto::Refuse(ErrorCode::kUntrusted,
                            "answer: a certificate that the owner's authority does not stand behind");
  }
}

Status AddAll(STACK_OF(X509) * all, STACK_OF(X509) * more) {
  for (int i = 0; i < sk_X509_num(more); ++i) {
    if (sk_X509_push(all, sk_X509_value(more, i)) <= 0) return crypto::Refuse(ErrorCode::kNoMemory, "answer");
  }
  return {};
}

// "" where the subject has it not exactly once.
std::string_view SerialOf(const X509& certificate) {
  const X509_NAME* const name = X509_get_subject_name(&certificate);
  const int at = X509_NAME_get_index_by_NID(name, NID_serialNumber, -1);
  if (at < 0 || X509_NAME_get_index_by_NID(name, NID_serialNumber, at) >= 0) return {};
  const ASN1_STRING* const text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
  return AsText({ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text))});
}

// What verifying a chain leaves open: an absent extension allows everything there.
Status CheckUse(X509& certificate, std::string_view serial) {
  const std::uint32_t flags = X509_get_extension_flags(&certificate);
  const bool for_clients =
      (flags & EXFLAG_XKUSAGE) != 0 && (X509_get_extended_key_usage(&certificate) & XKU_SSL_CLIENT) != 0;
  const bool for_signing = (X509_get_key_usage(&certificate) & KU_DIGITAL_SIGNATURE) != 0;
  if (!for_clients || !for_signing || X509_check_ca(&certificate) != 0) {
    return crypto::Refuse(ErrorCode::kForbidden, "answer: a certificate for another purpose");
  }
  if (SerialOf(certificate) == serial) return {};
  return Error(ErrorCode::kWrongDevice, "answer: a certificate that names another device, or none");
}

Result<UnixTime> ToUnixTime(const ASN1_TIME* time) {
  const crypto::Owned<ASN1_TIME, ASN1_TIME_free> epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0, seconds = 0;
  if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1 || days < 0 || seconds < 0) {
    return crypto::Refuse(ErrorCode::kMalformed, "answer: a time");
  }
  return UnixTime{static_cast<std::uint64_t>(days) * 86400 + static_cast<std::uint64_t>(seconds)};
}

Status AddTimes(const X509& certificate, ports::CertificateChain& chain) {
  EK_TRY_ASSIGN(const UnixTime from, ToUnixTime(X509_get0_notBefore(&certificate)));
  EK_TRY_ASSIGN(const UnixTime until, ToUnixTime(X509_get0_notAfter(&certificate)));
  if (chain.count == 0 || chain.not_before < from) chain.not_before = from;
  if (chain.count == 0 || until < chain.not_after) chain.not_after = until;
  return {};
}

// But for the last one, which is the authority. No more are written than there are places, whatever was found.
Result<ports::CertificateChain> ToChain(STACK_OF(X509) * found) {
  const int count = sk_X509_num(found) - 1;
  int taken = 0;
  ports::CertificateChain chain;
  for (Bytes& place : chain.certificates) {
    if (taken >= count) break;
    X509& certificate = *sk_X509_value(found, taken++);
    EK_TRY(AddTimes(certificate, chain));
    EK_TRY_ASSIGN(place, ToDer(certificate));
    ++chain.count;
  }
  if (taken > 0 && taken == count) return chain;
  return Error(ErrorCode::kUntrusted, "answer: too many certificates between device and authority, or none of its own");
}

struct Judged {
  X509* own;
  X509* authority;
  STACK_OF(X509) * others;
  UnixTime now;
};

Result<ports::CertificateChain> Verify(OSSL_LIB_CTX* context, const Judged& judged) {
  const Store store(X509_STORE_new());
  const Verification verification(X509_STORE_CTX_new_ex(context, nullptr));
  const bool is_made = store && verification && X509_STORE_add_cert(store.get(), judged.authority) == 1 &&
                       X509_STORE_CTX_init(verification.get(), store.get(), judged.own, judged.others) == 1;
  if (!is_made) return crypto::Refuse(ErrorCode::kNoMemory, "answer");
  X509_VERIFY_PARAM* const how = X509_STORE_CTX_get0_param(verification.get());
  X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_auth_level(how, kAuthLevel);
  X509_VERIFY_PARAM_set_purpose(how, X509_PURPOSE_SSL_CLIENT);
  X509_VERIFY_PARAM_set_time(how, static_cast<time_t>(judged.now.value));
  if (X509_verify_cert(verification.get()) != 1) return ErrorOf(X509_STORE_CTX_get_error(verification.get()));
  return ToChain(X509_STORE_CTX_get0_chain(verification.get()));
}

}  // namespace

Result<ports::CertificateChain> OpenSslCertificates::Judge(const ports::CertificateAnswer& answer) {
  if (answer.answer.empty()) return Error(ErrorCode::kMalformed, "answer: empty");
  EK_TRY_ASSIGN(const Certificate authority, ReadCertificate(library_.context.get(), answer.authority));
  EK_TRY_ASSIGN(const Bag bag, ReadBag(library_.context.get(), answer.answer));
  EK_TRY_ASSIGN(const Bag others, ReadBag(library_.context.get(), answer.others));
  EK_TRY_ASSIGN(X509* const own, FindOwn(CertificatesOf(bag), answer.key));
  EK_TRY(CheckUse(*own, answer.serial));
  const crypto::Owned<STACK_OF(X509), FreeBorrowed> between(sk_X509_new_null());
  if (!between) return crypto::Refuse(ErrorCode::kNoMemory, "answer");
  EK_TRY(AddAll(between.get(), CertificatesOf(bag)));
  EK_TRY(AddAll(between.get(), CertificatesOf(others)));
  return Verify(library_.context.get(),
                {.own = own, .authority = authority.get(), .others = between.get(), .now = answer.now});
}

}  // namespace edgekeep::certificates
