#include "edgekeep/sealing/sign1.h"

#include "cose_algorithm.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/sign1.h"

namespace edgekeep::sealing {
namespace {

struct Signer {
  crypto::AlgorithmId algorithm;
  std::int64_t cose_algorithm;
  KeyId kid;
};

Result<Signer> SignerOf(const crypto::Provider& provider, crypto::AlgorithmId algorithm, ByteView public_key) {
  EK_TRY(crypto::FindAlgorithm(algorithm, crypto::Kind::kSignature));
  EK_TRY_ASSIGN(const std::int64_t cose_algorithm, CoseAlgorithmOf(algorithm));
  EK_TRY_ASSIGN(const KeyId kid, crypto::KeyIdOf(provider, algorithm, public_key));
  return Signer{algorithm, cose_algorithm, kid};
}

Result<Bytes> ToBeSignedOnce(std::string_view type, const Signer& signer, ByteView payload) {
  EK_TRY_ASSIGN(Bytes buffer, Bytes::Allocate(formats::MaxToBeSignedSize(payload.size())));
  CborWriter writer(buffer.mutable_view());
  EK_TRY(formats::EncodeSign1ToBeSigned(type, signer.cose_algorithm, signer.kid, payload, writer));
  buffer.Truncate(writer.written().size());
  return buffer;
}

}  // namespace

Result<Bytes> SignByOneKey(const crypto::Provider& provider, std::string_view type, ByteView payload,
                           const SigningKey& key) {
  EK_TRY_ASSIGN(const Signer signer, SignerOf(provider, key.algorithm(), key.public_key()));
  EK_TRY_ASSIGN(const Bytes message, ToBeSignedOnce(type, signer, payload));
  EK_TRY_ASSIGN(const Bytes signature, key.Sign(message.view()));
  // A faulty machine may return a wrong signature, and one that is wrong can betray the key.
  EK_TRY(provider.Verify(signer.algorithm, key.public_key(), message.view(), signature.view()));
  EK_TRY_ASSIGN(Bytes object, Bytes::Allocate(formats::MaxSignedObjectSize(payload.size(), 1)));
  CborWriter writer(object.mutable_view());
  EK_TRY(formats::EncodeSign1(type, {payload, {signer.cose_algorithm, signer.kid, signature.view()}}, writer));
  object.Truncate(writer.written().size());
  return object;
}

Result<ByteView> VerifyByOneKey(const crypto::Provider& provider, std::string_view type, ByteView bytes,
                                const formats::PublicKey& key) {
  EK_TRY_ASSIGN(const Signer signer, SignerOf(provider, static_cast<crypto::AlgorithmId>(key.algorithm), key.bytes));
  EK_TRY_ASSIGN(const formats::Sign1 object, formats::DecodeSign1(type, bytes));
  if (object.entry.kid != signer.kid) return Error(ErrorCode::kUntrusted, "signer");
  if (object.entry.cose_algorithm != signer.cose_algorithm) {
    return Error(ErrorCode::kBadSignature, "signature algorithm");
  }
  EK_TRY_ASSIGN(const Bytes message, ToBeSignedOnce(type, signer, object.payload));
  EK_TRY(provider.Verify(signer.algorithm, key.bytes, message.view(), object.entry.signature));
  return object.payload;
}

}  // namespace edgekeep::sealing
