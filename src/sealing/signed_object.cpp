#include "edgekeep/sealing/signed_object.h"

#include <algorithm>

#include "cose_algorithm.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/signed_object.h"

namespace edgekeep::sealing {
namespace {

// A trusted key with everything derived from it; nothing in it comes from the message.
struct TrustedKey {
  crypto::AlgorithmId algorithm;
  ByteView public_key;
  crypto::Class security_class;
  std::int64_t cose_algorithm;
  KeyId kid;
};

Result<TrustedKey> MakeTrustedKey(const crypto::Provider& provider, const formats::PublicKey& key) {
  const auto id = static_cast<crypto::AlgorithmId>(key.algorithm);
  EK_TRY_ASSIGN(const crypto::Algorithm algorithm, crypto::FindAlgorithm(id, crypto::Kind::kSignature));
  EK_TRY_ASSIGN(const std::int64_t cose_algorithm, CoseAlgorithmOf(id));
  EK_TRY_ASSIGN(const KeyId kid, crypto::KeyIdOf(provider, id, key.bytes));
  return TrustedKey{id, key.bytes, algorithm.security_class, cose_algorithm, kid};
}

// Sig_structures over one payload, built one after the other in the same buffer.
class ToBeSigned {
 public:
  static Result<ToBeSigned> Create(std::string_view type, ByteView payload) {
    EK_TRY_ASSIGN(Bytes buffer, Bytes::Allocate(formats::MaxToBeSignedSize(payload.size())));
    return ToBeSigned(type, payload, std::move(buffer));
  }

  // The view lasts until the next call.
  Result<ByteView> For(std::int64_t cose_algorithm, const KeyId& kid) {
    CborWriter writer(buffer_.mutable_view());
    EK_TRY(formats::EncodeToBeSigned(type_, cose_algorithm, kid, payload_, writer));
    return writer.written();
  }

 private:
  ToBeSigned(std::string_view type, ByteView payload, Bytes buffer) noexcept
      : type_(type), payload_(payload), buffer_(std::move(buffer)) {}

  std::string_view type_;
  ByteView payload_;
  Bytes buffer_;
};

Status VerifyEntry(const crypto::Provider& provider, const TrustedKey& key, const formats::SignatureEntry& entry,
                   ToBeSigned& to_be_signed) {
  if (entry.cose_algorithm != key.cose_algorithm) return Error(ErrorCode::kBadSignature, "signature algorithm");
  EK_TRY_ASSIGN(const ByteView message, to_be_signed.For(key.cose_algorithm, key.kid));
  return provider.Verify(key.algorithm, key.public_key, message, entry.signature);
}

// The classes in which a holder has rightly signed, one bit each, and whether any of its kids appeared at all.
struct HolderResult {
  std::uint32_t classes = 0;
  bool named = false;
};

Result<HolderResult> VerifyHolder(const crypto::Provider& provider, const formats::SignedObject& object,
                                  const formats::Holder& holder, ToBeSigned& to_be_signed) {
  HolderResult result;
  for (const formats::PublicKey& public_key : holder.keys) {
    EK_TRY_ASSIGN(const TrustedKey key, MakeTrustedKey(provider, public_key));
    for (const formats::SignatureEntry& entry : object.signatures) {
      if (entry.kid != key.kid) continue;
      EK_TRY(VerifyEntry(provider, key, entry, to_be_signed));
      result.classes |= 1U << static_cast<std::uint32_t>(key.security_class);
      result.named = true;
    }
  }
  return result;
}

Result<std::uint32_t> ClassBits(std::span<const std::uint8_t> classes) {
  std::uint32_t bits = 0;
  for (const std::uint8_t security_class : classes) {
    if (security_class == 0 || security_class > static_cast<std::uint8_t>(crypto::Class::kSymmetric)) {
      return Error(ErrorCode::kUnsupported, "required class");
    }
    bits |= 1U << security_class;
  }
  if (bits == 0) return Error(ErrorCode::kBadArgument, "required classes");
  return bits;
}

Result<Bytes> Encode(std::string_view type, const formats::SignedObject& object) {
  EK_TRY_ASSIGN(Bytes out,
                Bytes::Allocate(formats::MaxSignedObjectSize(object.payload.size(), object.signatures.size())));
  CborWriter writer(out.mutable_view());
  EK_TRY(formats::EncodeSignedObject(type, object, writer));
  out.Truncate(writer.written().size());
  return out;
}

// An entry of the size that `key` will make; its kid only differs from those of other indexes.
Result<formats::SignatureEntry> EmptyEntry(const SigningKey& key, std::size_t index, ByteView zeros) {
  EK_TRY_ASSIGN(const crypto::Algorithm algorithm, crypto::FindAlgorithm(key.algorithm(), crypto::Kind::kSignature));
  if (algorithm.output_size == 0) return Error(ErrorCode::kUnsupported, "signature size");
  EK_TRY_ASSIGN(const std::int64_t cose_algorithm, CoseAlgorithmOf(key.algorithm()));
  formats::SignatureEntry entry{cose_algorithm, {}, zeros.first(algorithm.output_size)};
  entry.kid.mutable_view()[0] = static_cast<std::uint8_t>(index);
  return entry;
}

}  // namespace

Result<std::size_t> SignedObjectSize(std::string_view type, std::size_t payload_size,
                                     std::span<const SigningKey* const> keys) {
  EK_TRY_ASSIGN(const Bytes payload, Bytes::Allocate(payload_size));
  EK_TRY_ASSIGN(const Bytes zeros, Bytes::Allocate(formats::kMaxSignatureBytes));
  formats::SignedObject object{payload.view(), {}};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    EK_TRY_ASSIGN(const formats::SignatureEntry entry, EmptyEntry(*keys[i], i, zeros.view()));
    EK_TRY(object.signatures.PushBack(entry));
  }
  EK_TRY_ASSIGN(const Bytes encoded, Encode(type, object));
  return encoded.size();
}

Result<Bytes> SignObject(const crypto::Provider& provider, std::string_view type, ByteView payload,
                         std::span<const SigningKey* const> keys) {
  std::array<Bytes, formats::kMaxSignatures> signatures;
  if (keys.empty() || keys.size() > signatures.size()) return Error(ErrorCode::kBadArgument, "number of signers");
  EK_TRY_ASSIGN(ToBeSigned to_be_signed, ToBeSigned::Create(type, payload));
  formats::SignedObject object{payload, {}};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const SigningKey& key = *keys[i];
    EK_TRY_ASSIGN(const std::int64_t cose_algorithm, CoseAlgorithmOf(key.algorithm()));
    EK_TRY_ASSIGN(const KeyId kid, crypto::KeyIdOf(provider, key.algorithm(), key.public_key()));
    EK_TRY_ASSIGN(const ByteView message, to_be_signed.For(cose_algorithm, kid));
    EK_TRY_ASSIGN(signatures[i], key.Sign(message));
    // A token or a faulty machine may return a wrong signature, and one that is wrong can betray the key.
    EK_TRY(provider.Verify(key.algorithm(), key.public_key(), message, signatures[i].view()));
    EK_TRY(object.signatures.PushBack({cose_algorithm, kid, signatures[i].view()}));
  }
  return Encode(type, object);
}

Result<VerifiedPayload> VerifyObject(const crypto::Provider& provider, std::string_view type, ByteView bytes,
                                     std::span<const formats::Holder> holders,
                                     std::span<const std::uint8_t> required_classes) {
  EK_TRY_ASSIGN(const std::uint32_t required, ClassBits(required_classes));
  EK_TRY_ASSIGN(const formats::SignedObject object, formats::DecodeSignedObject(type, bytes));
  EK_TRY_ASSIGN(ToBeSigned to_be_signed, ToBeSigned::Create(type, object.payload));
  bool any_named = false;
  for (std::size_t i = 0; i < holders.size(); ++i) {
    EK_TRY_ASSIGN(const HolderResult result, VerifyHolder(provider, object, holders[i], to_be_signed));
    if ((result.classes & required) == required) return VerifiedPayload(object.payload, i);
    any_named = any_named || result.named;
  }
  return any_named ? Error(ErrorCode::kBadSignature, "required signatures") : Error(ErrorCode::kUntrusted, "signers");
}

Result<Bytes> WithSignaturesOf(const crypto::Provider& provider, std::string_view type, ByteView bytes,
                               const formats::Holder& holder) {
  EK_TRY_ASSIGN(const formats::SignedObject object, formats::DecodeSignedObject(type, bytes));
  formats::SignedObject kept{object.payload, {}};
  for (const formats::SignatureEntry& entry : object.signatures) {
    for (const formats::PublicKey& public_key : holder.keys) {
      EK_TRY_ASSIGN(const TrustedKey key, MakeTrustedKey(provider, public_key));
      if (entry.kid != key.kid) continue;
      EK_TRY(kept.signatures.PushBack(entry));
      break;
    }
  }
  if (kept.signatures.empty()) return Error(ErrorCode::kUntrusted, "signers");
  return Encode(type, kept);
}

unsigned ObjectSigners::Count() const noexcept {
  unsigned count = 0;
  for (std::uint32_t bits = complete; bits != 0; bits >>= 1) count += bits & 1;
  return count;
}

Result<ObjectSigners> FindSigners(const crypto::Provider& provider, std::string_view type, ByteView bytes,
                                  std::span<const formats::Holder> holders,
                                  std::span<const std::uint8_t> required_classes) {
  if (holders.size() > kMaxQuorumHolders) return Error(ErrorCode::kTooLarge, "holders");
  EK_TRY_ASSIGN(const std::uint32_t required, ClassBits(required_classes));
  EK_TRY_ASSIGN(const formats::SignedObject object, formats::DecodeSignedObject(type, bytes));
  EK_TRY_ASSIGN(ToBeSigned to_be_signed, ToBeSigned::Create(type, object.payload));
  ObjectSigners signers{.payload = object.payload};
  for (std::size_t i = 0; i < holders.size(); ++i) {
    EK_TRY_ASSIGN(const HolderResult result, VerifyHolder(provider, object, holders[i], to_be_signed));
    if ((result.classes & required) == required) signers.complete |= std::uint32_t{1} << i;
    signers.any_named = signers.any_named || result.named;
  }
  return signers;
}

Result<ByteView> VerifyObjectByQuorum(const crypto::Provider& provider, std::string_view type, ByteView bytes,
                                      std::span<const formats::Holder> holders,
                                      std::span<const std::uint8_t> required_classes, std::uint64_t threshold) {
  if (threshold == 0) return Error(ErrorCode::kBadArgument, "threshold");
  EK_TRY_ASSIGN(const ObjectSigners signers, FindSigners(provider, type, bytes, holders, required_classes));
  if (signers.Count() >= threshold) return signers.payload;
  if (!signers.any_named) return Error(ErrorCode::kUntrusted, "signers");
  return Error(ErrorCode::kBadSignature, "too few holders signed in every class");
}

Result<ByteView> VerifyObjectWithKey(const crypto::Provider& provider, std::string_view type, ByteView bytes,
                                     const formats::PublicKey& key) {
  EK_TRY_ASSIGN(const TrustedKey trusted, MakeTrustedKey(provider, key));
  EK_TRY_ASSIGN(const formats::SignedObject object, formats::DecodeSignedObject(type, bytes));
  EK_TRY_ASSIGN(ToBeSigned to_be_signed, ToBeSigned::Create(type, object.payload));
  for (const formats::SignatureEntry& entry : object.signatures) {
    if (entry.kid != trusted.kid) continue;
    EK_TRY(VerifyEntry(provider, trusted, entry, to_be_signed));
    return object.payload;
  }
  return Error(ErrorCode::kUntrusted, "signer");
}

}  // namespace edgekeep::sealing
