#include <algorithm>

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/digest.h"
#include "handles.h"

namespace edgekeep::factory {
namespace {

// IEEE 802.1AR-2018, §8.7: an identity for as long as the device.
constexpr const char* kWithoutEnd = "99991231235959Z";
// One that ends ends what hangs on it: an authority is given up by no longer being believed.
constexpr const char* kAuthorityExtensions =
    "[ext]\nbasicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n"
    "subjectKeyIdentifier=hash\n";
constexpr const char* kModuleName = "1.3.6.1.5.5.7.8.4";  // id-on-hardwareModuleName
constexpr std::array kIdentityUses = {NID_basic_constraints, NID_key_usage, NID_subject_alt_name,
                                      NID_authority_key_identifier};

bool IsPlain(const std::string& text, std::size_t max) {
  const auto is_shown = [](char c) { return c >= ' ' && c <= '~'; };
  return !text.empty() && text.size() <= max && std::ranges::all_of(text, is_shown);
}

bool IsOneOf(const std::string& text, std::string_view allowed, std::size_t max) {
  return !text.empty() && text.size() <= max && text.find_first_not_of(allowed) == text.npos;
}

Status AddName(X509_NAME* name, const char* field, const std::string& text) {
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  const int added = X509_NAME_add_entry_by_txt(name, field, MBSTRING_ASC, bytes, static_cast<int>(text.size()), -1, 0);
  return added == 1 ? Status() : crypto::Refuse(ErrorCode::kBadArgument, "certificate: name");
}

// `text`: a section "ext" of extensions, and what they name. The caller has checked what it is made of.
Status AddExtensions(X509& certificate, X509& issuer, const std::string& text) {
  const BioHandle in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  const ConfHandle conf(NCONF_new(nullptr));
  if (!in || !conf || NCONF_load_bio(conf.get(), in.get(), nullptr) != 1) {
    return crypto::Refuse(ErrorCode::kInternal, "certificate: extensions");
  }
  X509V3_CTX context;
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  X509V3_set_nconf(&context, conf.get());
  return X509V3_EXT_add_nconf(conf.get(), &context, "ext", &certificate) == 1
             ? Status()
             : crypto::Refuse(ErrorCode::kInternal, "certificate: extensions");
}

Status SetTimes(X509& certificate, UnixTime from) {
  const bool is_set = ASN1_TIME_set(X509_getm_notBefore(&certificate), static_cast<time_t>(from.value)) != nullptr &&
                      ASN1_TIME_set_string(X509_getm_notAfter(&certificate), kWithoutEnd) == 1;
  return is_set ? Status() : crypto::Refuse(ErrorCode::kInternal, "certificate: times");
}

// Positive, 15 random bytes.
Status SetSerial(const crypto::Provider& provider, X509& certificate) {
  std::array<std::uint8_t, 16> number{};
  EK_TRY(provider.Random(std::span(number).last(15)));
  number[1] |= 0x40;
  const crypto::Owned<BIGNUM, BN_free> big(BN_bin2bn(number.data(), number.size(), nullptr));
  const bool is_set = big && BN_to_ASN1_INTEGER(big.get(), X509_get_serialNumber(&certificate)) != nullptr;
  return is_set ? Status() : crypto::Refuse(ErrorCode::kNoMemory, "certificate: number");
}

Result<X509Handle> Begin(const X509Library& library, const crypto::Provider& provider, ByteView key, UnixTime from) {
  X509Handle certificate(X509_new_ex(library.parts().context.get(), nullptr));
  if (!certificate || X509_set_version(certificate.get(), X509_VERSION_3) != 1) {
    return crypto::Refuse(ErrorCode::kNoMemory, "certificate");
  }
  EK_TRY(SetSerial(provider, *certificate));
  EK_TRY(SetTimes(*certificate, from));
  EK_TRY_ASSIGN(const crypto::Pkey pkey, ToPkey(library, key));
  if (X509_set_pubkey(certificate.get(), pkey.get()) != 1)
    return crypto::Refuse(ErrorCode::kInternal, "certificate: key");
  return certificate;
}

Result<std::string> DerOf(ByteView r_and_s) {
  const crypto::Owned<ECDSA_SIG, ECDSA_SIG_free> signature(ECDSA_SIG_new());
  BIGNUM* const r = BN_bin2bn(r_and_s.data(), 32, nullptr);
  BIGNUM* const s = BN_bin2bn(r_and_s.data() + 32, 32, nullptr);
  if (!signature || ECDSA_SIG_set0(signature.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return crypto::Refuse(ErrorCode::kNoMemory, "certificate: signature");
  }
  std::string der(80, '\0');
  auto* at = reinterpret_cast<unsigned char*>(der.data());
  const int size = i2d_ECDSA_SIG(signature.get(), &at);
  if (size <= 0) return crypto::Refuse(ErrorCode::kInternal, "certificate: signature");
  der.resize(static_cast<std::size_t>(size));
  return der;
}

// OpenSSL signs with keys that it has; this one may be on a token. So what is to be signed is taken out, and the
// signature put in: the two const_casts are what its documentation of X509_get0_signature leaves open.
Status Sign(X509& certificate, const sealing::SigningKey& key) {
  const ASN1_BIT_STRING* bits = nullptr;
  const X509_ALGOR* outer = nullptr;
  X509_get0_signature(&bits, &outer, &certificate);
  for (const X509_ALGOR* algorithm : {X509_get0_tbs_sigalg(&certificate), outer}) {
    auto* const mine = const_cast<X509_ALGOR*>(algorithm);  // NOLINT
    if (X509_ALGOR_set0(mine, OBJ_nid2obj(NID_ecdsa_with_SHA256), V_ASN1_UNDEF, nullptr) != 1) {
      return crypto::Refuse(ErrorCode::kInternal, "certificate: algorithm");
    }
  }
  unsigned char* tbs = nullptr;
  const int size = i2d_re_X509_tbs(&certificate, &tbs);
  if (size <= 0) return crypto::Refuse(ErrorCode::kInternal, "certificate");
  const std::vector<std::uint8_t> message(tbs, tbs + size);
  OPENSSL_free(tbs);
  EK_TRY_ASSIGN(const Bytes signature, key.Sign(message));
  EK_TRY_ASSIGN(const std::string der, DerOf(signature.view()));
  auto* const mine = const_cast<ASN1_BIT_STRING*>(bits);  // NOLINT
  const bool is_set =
      ASN1_BIT_STRING_set(mine, reinterpret_cast<unsigned char*>(const_cast<char*>(der.data())),  // NOLINT
                          static_cast<int>(der.size())) == 1;
  if (!is_set) return crypto::Refuse(ErrorCode::kNoMemory, "certificate: signature");
  mine->flags = (mine->flags & ~(ASN1_STRING_FLAG_BITS_LEFT | 7L)) | ASN1_STRING_FLAG_BITS_LEFT;
  return {};
}

Result<std::string> HexText(ByteView bytes) {
  if (bytes.empty() || bytes.size() > 32) return Error(ErrorCode::kBadArgument, "certificate: serial of the hardware");
  return std::string(ToHex(bytes).view());
}

Result<std::string> ExtensionsOf(const IdentitySubject& subject) {
  if (!IsOneOf(subject.hardware, "0123456789.", 64)) return Error(ErrorCode::kBadArgument, "certificate: hardware");
  EK_TRY_ASSIGN(const std::string serial, HexText(subject.hardware_serial));
  return "[ext]\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
         "authorityKeyIdentifier=keyid\nsubjectAltName=otherName:" +
         std::string(kModuleName) +
         ";SEQUENCE:module\n"
         "[module]\nhwType=OID:" +
         subject.hardware + "\nhwSerialNum=FORMAT:HEX,OCT:" + serial + "\n";
}

Error NoIdentity() {
  return crypto::Refuse(ErrorCode::kUntrusted, "certificate: not a device's identity");
}

std::string_view TextOf(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

// Of a field that the subject has once.
Result<std::string> OnlyEntry(const X509& certificate, int field) {
  const X509_NAME* const name = X509_get_subject_name(&certificate);
  const int at = X509_NAME_get_index_by_NID(name, field, -1);
  if (at < 0 || X509_NAME_get_index_by_NID(name, field, at) >= 0) return NoIdentity();
  return std::string(TextOf(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at))));
}

// hardwareModuleName (RFC 4108): SEQUENCE { hwType OBJECT IDENTIFIER, hwSerialNum OCTET STRING }, in DER.
Status ReadModule(ASN1_STRING& sequence, VerifiedSubject& subject) {
  const unsigned char* at = ASN1_STRING_get0_data(&sequence);
  const unsigned char* const end = at + ASN1_STRING_length(&sequence);
  long size = 0;
  int tag = 0, kind = 0;
  if ((ASN1_get_object(&at, &size, &tag, &kind, end - at) & 0x80) != 0 || tag != V_ASN1_SEQUENCE || at + size != end) {
    return NoIdentity();
  }
  const crypto::Owned<ASN1_OBJECT, ASN1_OBJECT_free> hardware(d2i_ASN1_OBJECT(nullptr, &at, end - at));
  const crypto::Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> serial(
      hardware ? d2i_ASN1_OCTET_STRING(nullptr, &at, end - at) : nullptr);
  if (!serial || at != end) return NoIdentity();
  std::array<char, 128> text{};
  const int length = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), hardware.get(), 1);
  if (length <= 0 || length >= static_cast<int>(text.size())) return NoIdentity();
  subject.hardware = text.data();
  const std::string_view number = TextOf(serial.get());
  subject.hardware_serial.assign(number.begin(), number.end());
  return {};
}

// Of the one other name that an identity has.
Status ReadModule(const X509& certificate, VerifiedSubject& subject) {
  const crypto::Owned<GENERAL_NAMES, GENERAL_NAMES_free> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (!names || sk_GENERAL_NAME_num(names.get()) != 1) return NoIdentity();
  const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), 0);
  const crypto::Owned<ASN1_OBJECT, ASN1_OBJECT_free> module(OBJ_txt2obj(kModuleName, 1));
  const bool is_module = module && name->type == GEN_OTHERNAME &&
                         OBJ_cmp(name->d.otherName->type_id, module.get()) == 0 &&
                         name->d.otherName->value->type == V_ASN1_SEQUENCE;
  return is_module ? ReadModule(*name->d.otherName->value->value.sequence, subject) : NoIdentity();
}

bool HasAllUses(const X509& certificate) {
  return std::ranges::all_of(kIdentityUses, [&](int use) { return X509_get_ext_by_NID(&certificate, use, -1) >= 0; });
}

}  // namespace

struct Authority::Certificate {
  X509Handle handle;
  StoreHandle store;  // it alone
};

Authority::Authority(const X509Library& library, std::unique_ptr<Certificate> certificate, Bytes public_key) noexcept
    : library_(&library), certificate_(std::move(certificate)), public_key_(std::move(public_key)) {}

Authority::Authority(Authority&&) noexcept = default;
Authority::~Authority() = default;

Result<std::string> Authority::MakeCertificate(const X509Library& library, const crypto::Provider& provider,
                                               const sealing::SigningKey& key, const std::string& name, UnixTime now) {
  if (!IsPlain(name, 64)) return Error(ErrorCode::kBadArgument, "certificate: name");
  if (key.algorithm() != crypto::AlgorithmId::kEcdsaP256Sha256) {
    return Error(ErrorCode::kUnsupported, "certificate: not a key of P-256");
  }
  EK_TRY_ASSIGN(const X509Handle certificate, Begin(library, provider, key.public_key(), now));
  X509_NAME* const subject = X509_get_subject_name(certificate.get());
  EK_TRY(AddName(subject, "CN", name));
  if (X509_set_issuer_name(certificate.get(), subject) != 1) return crypto::Refuse(ErrorCode::kNoMemory, "certificate");
  EK_TRY(AddExtensions(*certificate, *certificate, kAuthorityExtensions));
  EK_TRY(Sign(*certificate, key));
  EK_TRY_ASSIGN(const Bytes der, ToDer(*certificate));
  return ToPem(library, der.view());
}

Result<Authority> Authority::Parse(const X509Library& library, const std::string& pem) {
  EK_TRY_ASSIGN(std::vector<X509Handle> certificates, ReadPem(library, pem));
  if (certificates.size() != 1) return Error(ErrorCode::kMalformed, "authority: one certificate");
  auto certificate = std::make_unique<Certificate>();
  certificate->handle = std::move(certificates.front());
  if (X509_check_ca(certificate->handle.get()) != 1)
    return crypto::Refuse(ErrorCode::kUntrusted, "authority: no authority's");
  EK_TRY_ASSIGN(Bytes key, PointOf(*certificate->handle));
  certificate->store.reset(X509_STORE_new());
  if (!certificate->store || X509_STORE_add_cert(certificate->store.get(), certificate->handle.get()) != 1) {
    return crypto::Refuse(ErrorCode::kNoMemory, "authority");
  }
  return Authority(library, std::move(certificate), std::move(key));
}

Result<Bytes> Authority::Issue(const crypto::Provider& provider, const sealing::SigningKey& key,
                               const IdentitySubject& subject, UnixTime now) const {
  if (!Equal(key.public_key(), public_key())) return Error(ErrorCode::kWrongProduct, "authority: another key");
  if (!IsPlain(subject.product, 64) || !IsOneOf(subject.serial, "0123456789abcdef", 64)) {
    return Error(ErrorCode::kBadArgument, "certificate: subject");
  }
  EK_TRY_ASSIGN(const X509Handle certificate, Begin(*library_, provider, subject.key, now));
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  EK_TRY(AddName(name, "OU", subject.product));
  EK_TRY(AddName(name, "serialNumber", subject.serial));
  X509& issuer = *certificate_->handle;
  if (X509_set_issuer_name(certificate.get(), X509_get_subject_name(&issuer)) != 1) {
    return crypto::Refuse(ErrorCode::kNoMemory, "certificate");
  }
  EK_TRY_ASSIGN(const std::string extensions, ExtensionsOf(subject));
  EK_TRY(AddExtensions(*certificate, issuer, extensions));
  EK_TRY(Sign(*certificate, key));
  EK_TRY_ASSIGN(Bytes der, ToDer(*certificate));
  // What nobody would verify is not handed out.
  EK_TRY(Verify(provider, der.view()));
  return der;
}

Result<VerifiedSubject> Authority::Verify(const crypto::Provider& provider, ByteView der) const {
  EK_TRY_ASSIGN(const X509Handle certificate, ReadDer(*library_, der));
  EK_TRY(VerifyChain(*library_, *certificate_->store, *certificate, nullptr));
  if (X509_check_ca(certificate.get()) != 0 || !HasAllUses(*certificate)) {
    return crypto::Refuse(ErrorCode::kUntrusted, "certificate: not a device's identity");
  }
  EK_TRY_ASSIGN(const Bytes point, PointOf(*certificate));
  EK_TRY_ASSIGN(const KeyId kid, crypto::KeyIdOf(provider, crypto::AlgorithmId::kEcdsaP256Sha256, point.view()));
  VerifiedSubject subject;
  EK_TRY_ASSIGN(subject.device, DeviceId::From(kid.view()));
  EK_TRY_ASSIGN(subject.product, OnlyEntry(*certificate, NID_organizationalUnitName));
  EK_TRY_ASSIGN(subject.serial, OnlyEntry(*certificate, NID_serialNumber));
  EK_TRY(ReadModule(*certificate, subject));
  return subject;
}

}  // namespace edgekeep::factory
