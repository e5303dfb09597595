#include "edgekeep/signer/token_key.h"

#include <array>

#include "token_session.h"

namespace edgekeep::signer {
namespace {

constexpr std::array<std::uint8_t, 10> kP256{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::array<std::uint8_t, 5> kEd25519{0x06, 0x03, 0x2b, 0x65, 0x70};
constexpr std::size_t kSignatureSize = 64;  // of both

struct Kind {
  crypto::AlgorithmId algorithm;
  CK_KEY_TYPE type;
  CK_MECHANISM_TYPE make;
  CK_MECHANISM_TYPE sign;
  ByteView curve;  // CKA_EC_PARAMS: the curve's object identifier
  std::size_t point_size;
};

constexpr std::array kKinds = {
    Kind{crypto::AlgorithmId::kEcdsaP256Sha256, CKK_EC, CKM_EC_KEY_PAIR_GEN, CKM_ECDSA, kP256, 65},
    Kind{crypto::AlgorithmId::kEd25519, CKK_EC_EDWARDS, CKM_EC_EDWARDS_KEY_PAIR_GEN, CKM_EDDSA, kEd25519, 32},
};

Result<Kind> KindOf(crypto::AlgorithmId algorithm) {
  for (const Kind& kind : kKinds) {
    if (kind.algorithm == algorithm) return kind;
  }
  return Error(ErrorCode::kUnsupported, "algorithm of a token's key");
}

// A SEC 1 point or an RFC 8032 key within a DER OCTET STRING; some tokens leave the string out.
Result<Bytes> PublicKeyIn(ByteView point, std::size_t size) {
  const bool is_wrapped = point.size() == size + 2 && point[0] == 0x04 && point[1] == size;
  if (is_wrapped) point = point.subspan(2);
  if (point.size() != size) return Error(ErrorCode::kMalformed, "public key of the token");
  return Bytes::Copy(point);
}

class TokenSigningKey final : public sealing::SigningKey {
 public:
  TokenSigningKey(const crypto::Provider& provider, const Kind& kind, std::unique_ptr<TokenSession> session,
                  CK_OBJECT_HANDLE key, Bytes public_key)
      : provider_(provider), kind_(kind), session_(std::move(session)), key_(key), public_key_(std::move(public_key)) {}

  crypto::AlgorithmId algorithm() const override { return kind_.algorithm; }

  ByteView public_key() const override { return public_key_.view(); }

  Result<Bytes> Sign(ByteView message) const override {
    EK_TRY_ASSIGN(Bytes signature, SignUnchecked(message));
    // The token's public object is no proof of its private one.
    if (!provider_.Verify(kind_.algorithm, public_key_.view(), message, signature.view())) {
      return Error(ErrorCode::kDenied, "token");
    }
    return signature;
  }

 private:
  Result<Bytes> SignUnchecked(ByteView message) const {
    if (kind_.sign == CKM_EDDSA) return session_->Sign(kind_.sign, key_, message, kSignatureSize);
    // Many tokens sign digests only.
    std::array<std::uint8_t, 32> digest;
    EK_TRY_ASSIGN(const auto hash, provider_.NewHash(crypto::AlgorithmId::kSha256));
    EK_TRY(hash->Update(message));
    EK_TRY(hash->Finish(digest));
    return session_->Sign(kind_.sign, key_, digest, kSignatureSize);
  }

  const crypto::Provider& provider_;
  Kind kind_;
  std::unique_ptr<TokenSession> session_;
  CK_OBJECT_HANDLE key_;
  Bytes public_key_;
};

Status Make(TokenSession& session, const Kind& kind, P11KitUri* uri) {
  CK_BBOOL yes = CK_TRUE;
  CK_BBOOL no = CK_FALSE;
  CK_KEY_TYPE type = kind.type;
  const CK_ATTRIBUTE label = *p11_kit_uri_get_attribute(uri, CKA_LABEL);
  const CK_ATTRIBUTE* const named = p11_kit_uri_get_attribute(uri, CKA_ID);
  // Programs pair the two objects by their identifier.
  const CK_ATTRIBUTE id = named != nullptr ? *named : CK_ATTRIBUTE{CKA_ID, label.pValue, label.ulValueLen};
  std::array for_public = {
      CK_ATTRIBUTE{CKA_TOKEN, &yes, sizeof yes},
      CK_ATTRIBUTE{CKA_VERIFY, &yes, sizeof yes},
      CK_ATTRIBUTE{CKA_KEY_TYPE, &type, sizeof type},
      CK_ATTRIBUTE{CKA_EC_PARAMS, const_cast<std::uint8_t*>(kind.curve.data()), kind.curve.size()},  // NOLINT
      label,
      id,
  };
  std::array for_private = {
      CK_ATTRIBUTE{CKA_TOKEN, &yes, sizeof yes},
      CK_ATTRIBUTE{CKA_PRIVATE, &yes, sizeof yes},
      CK_ATTRIBUTE{CKA_SENSITIVE, &yes, sizeof yes},
      CK_ATTRIBUTE{CKA_EXTRACTABLE, &no, sizeof no},
      CK_ATTRIBUTE{CKA_SIGN, &yes, sizeof yes},
      CK_ATTRIBUTE{CKA_KEY_TYPE, &type, sizeof type},
      label,
      id,
  };
  return session.MakeKeyPair(kind.make, for_public, for_private);
}

enum class Missing { kIsAnError, kIsMade };

Result<std::unique_ptr<sealing::SigningKey>> Open(const crypto::Provider& provider, const TokenKeyAddress& address,
                                                  const SecretBytes& pin, Missing missing) {
  EK_TRY_ASSIGN(const Kind kind, KindOf(address.algorithm));
  EK_TRY_ASSIGN(const TokenUri uri, ParseTokenUri(address.uri));
  EK_TRY_ASSIGN(std::unique_ptr<TokenSession> session, TokenSession::Open(uri.get(), address.module));
  EK_TRY(session->LogIn(pin));
  EK_TRY_ASSIGN(auto private_key, session->Find(uri.get(), CKO_PRIVATE_KEY));
  if (!private_key && missing == Missing::kIsMade) {
    EK_TRY(Make(*session, kind, uri.get()));
    EK_TRY_ASSIGN(private_key, session->Find(uri.get(), CKO_PRIVATE_KEY));
  }
  EK_TRY_ASSIGN(const auto public_key, session->Find(uri.get(), CKO_PUBLIC_KEY));
  if (!private_key || !public_key) return Error(ErrorCode::kNotFound, "key on the token");
  if (!session->Says(*private_key, CKA_SENSITIVE, CK_TRUE) || !session->Says(*private_key, CKA_EXTRACTABLE, CK_FALSE)) {
    return Error(ErrorCode::kForbidden, "a key that the token hands out");
  }
  EK_TRY_ASSIGN(const Bytes curve, session->Read(*public_key, CKA_EC_PARAMS));
  if (!Equal(curve.view(), kind.curve)) return Error(ErrorCode::kWrongProduct, "key on the token of another kind");
  EK_TRY_ASSIGN(const Bytes point, session->Read(*public_key, CKA_EC_POINT));
  EK_TRY_ASSIGN(Bytes shown, PublicKeyIn(point.view(), kind.point_size));
  return std::make_unique<TokenSigningKey>(provider, kind, std::move(session), *private_key, std::move(shown));
}

}  // namespace

Result<std::unique_ptr<sealing::SigningKey>> OpenTokenKey(const crypto::Provider& provider,
                                                          const TokenKeyAddress& address, const SecretBytes& pin) {
  return Open(provider, address, pin, Missing::kIsAnError);
}

Result<std::unique_ptr<sealing::SigningKey>> MakeTokenKey(const crypto::Provider& provider,
                                                          const TokenKeyAddress& address, const SecretBytes& pin) {
  return Open(provider, address, pin, Missing::kIsMade);
}

}  // namespace edgekeep::signer
