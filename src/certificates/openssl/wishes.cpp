// csrattrs (RFC 7030 §4.5.2): object identifiers and attributes, of which a fixed set counts.
#include "bundle.h"
#include "openssl_certificates.h"

namespace edgekeep::certificates {
namespace {

constexpr int kMostWishes = 32;

// Another key or signature than every device's is a request that the server would refuse.
Status CheckAlgorithm(int nid) {
  int digest = 0, key = 0;
  const bool signs = OBJ_find_sigid_algs(nid, &digest, &key) == 1;
  const bool is_other_signature = signs && nid != NID_ecdsa_with_SHA256;
  const bool is_other_key = nid == NID_rsaEncryption || nid == NID_ED25519 || nid == NID_ED448;
  if (!is_other_signature && !is_other_key) return {};
  return Error(ErrorCode::kUnsupported, "csrattrs: the server wants another kind of key or signature than P-256");
}

Status CheckCurve(const X509_ATTRIBUTE& attribute) {
  auto& wanted = const_cast<X509_ATTRIBUTE&>(attribute);  // NOLINT: OpenSSL's readers take it so
  for (int i = 0; i < X509_ATTRIBUTE_count(&wanted); ++i) {
    const ASN1_TYPE* const value = X509_ATTRIBUTE_get0_type(&wanted, i);
    if (value != nullptr && value->type == V_ASN1_OBJECT && OBJ_obj2nid(value->value.object) == NID_X9_62_prime256v1) {
      return {};
    }
  }
  return Error(ErrorCode::kUnsupported, "csrattrs: the server wants another curve than P-256");
}

Result<Bytes> ChallengeIn(X509_ATTRIBUTE& attribute) {
  const ASN1_TYPE* const value =
      X509_ATTRIBUTE_count(&attribute) == 1 ? X509_ATTRIBUTE_get0_type(&attribute, 0) : nullptr;
  if (value == nullptr) return Error(ErrorCode::kMalformed, "csrattrs: evidence without one challenge");
  return ReadBundle(kChallengeType, *value);
}

Status TakeObject(const ASN1_OBJECT* object, const ASN1_OBJECT* evidence, ports::RequestWishes& wishes) {
  if (OBJ_cmp(object, evidence) == 0) return Error(ErrorCode::kMalformed, "csrattrs: evidence without one challenge");
  const int nid = OBJ_obj2nid(object);
  if (nid == NID_pkcs9_challengePassword) wishes.challenge_password = true;
  return CheckAlgorithm(nid);
}

Status TakeAttribute(X509_ATTRIBUTE& attribute, const ASN1_OBJECT* evidence, ports::RequestWishes& wishes) {
  const ASN1_OBJECT* const object = X509_ATTRIBUTE_get0_object(&attribute);
  if (OBJ_cmp(object, evidence) == 0) {
    if (!wishes.challenge.empty()) return Error(ErrorCode::kMalformed, "csrattrs: two challenges");
    EK_TRY_ASSIGN(wishes.challenge, ChallengeIn(attribute));
    return {};
  }
  if (OBJ_obj2nid(object) == NID_X9_62_id_ecPublicKey && X509_ATTRIBUTE_count(&attribute) > 0) {
    return CheckCurve(attribute);
  }
  return TakeObject(object, evidence, wishes);
}

Status Take(const ASN1_TYPE& item, const ASN1_OBJECT* evidence, ports::RequestWishes& wishes) {
  if (item.type == V_ASN1_OBJECT) return TakeObject(item.value.object, evidence, wishes);
  if (item.type != V_ASN1_SEQUENCE) return Error(ErrorCode::kMalformed, "csrattrs");
  const unsigned char* at = ASN1_STRING_get0_data(item.value.sequence);
  const crypto::Owned<X509_ATTRIBUTE, X509_ATTRIBUTE_free> attribute(
      d2i_X509_ATTRIBUTE(nullptr, &at, ASN1_STRING_length(item.value.sequence)));
  if (!attribute) return crypto::Refuse(ErrorCode::kMalformed, "csrattrs: attribute");
  return TakeAttribute(*attribute, evidence, wishes);
}

}  // namespace

Result<ports::RequestWishes> OpenSslCertificates::ReadWishes(ByteView der) {
  if (der.size() > ports::kMaxCsrAttributes) return Error(ErrorCode::kTooLarge, "csrattrs");
  const unsigned char* at = der.data();
  const Values items(d2i_ASN1_SEQUENCE_ANY(nullptr, &at, static_cast<long>(der.size())));
  if (!items || at != der.data() + der.size()) return crypto::Refuse(ErrorCode::kMalformed, "csrattrs");
  if (sk_ASN1_TYPE_num(items.get()) > kMostWishes) return Error(ErrorCode::kTooLarge, "csrattrs");
  EK_TRY_ASSIGN(const Object evidence, EvidenceAttribute());
  ports::RequestWishes wishes;
  for (int i = 0; i < sk_ASN1_TYPE_num(items.get()); ++i) {
    EK_TRY(Take(*sk_ASN1_TYPE_value(items.get(), i), evidence.get(), wishes));
  }
  return wishes;
}

}  // namespace edgekeep::certificates
