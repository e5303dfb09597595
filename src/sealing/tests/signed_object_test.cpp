#include "edgekeep/sealing/signed_object.h"

#include "edgekeep/base/testing/native_stride.h"
#include "edgekeep/formats/signed_object.h"
#include "support.h"

namespace edgekeep::sealing {
namespace {

namespace typ = formats::typ;

Buffer ToBuffer(const Bytes& bytes) {
  return {bytes.view().begin(), bytes.view().end()};
}

class SignedObjects : public ::testing::Test {
 protected:
  Buffer SignBy(std::initializer_list<const SigningKey*> keys, std::string_view type = typ::kGrant) {
    const std::vector<const SigningKey*> list(keys);
    return ToBuffer(SignObject(TestProvider(), type, payload_, list).value());
  }

  Result<VerifiedPayload> Verify(const Buffer& bytes, std::string_view type = typ::kGrant) {
    return VerifyObject(TestProvider(), type, bytes, holders_, kBothClasses);
  }

  // Decodes `bytes`, lets `edit` change the signatures, and encodes again.
  template <typename Edit>
  Buffer Edited(const Buffer& bytes, Edit edit) {
    formats::SignedObject object = formats::DecodeSignedObject(typ::kGrant, bytes).value();
    edit(object);
    Buffer out(formats::MaxSignedObjectSize(object.payload.size(), formats::kMaxSignatures));
    CborWriter writer(out);
    EXPECT_TRUE(formats::EncodeSignedObject(typ::kGrant, object, writer));
    out.resize(writer.written().size());
    return out;
  }

  Buffer payload_ = Pattern(100, 1);
  TestHolder anna_;
  TestHolder boris_;
  TestHolder mallory_;
  std::vector<formats::Holder> holders_{anna_.Named("anna"), boris_.Named("boris")};
};

TEST_F(SignedObjects, AcceptsAFullSetAndSaysWhoSigned) {
  const Buffer bytes = SignBy({&boris_.classical, &boris_.post_quantum});
  const auto verified = Verify(bytes);
  EK_ASSERT_OK(verified);
  EXPECT_EQ(verified->holder(), 1U);
  EXPECT_TRUE(Equal(verified->payload(), payload_));
}

TEST_F(SignedObjects, IgnoresStrangersBesideAFullSet) {
  const Buffer bytes = SignBy({&mallory_.classical, &anna_.classical, &mallory_.post_quantum, &anna_.post_quantum});
  EK_ASSERT_OK(Verify(bytes));
}

TEST_F(SignedObjects, RefusesAStrippedSignatureOfEitherClass) {
  EK_EXPECT_ERROR(Verify(SignBy({&anna_.classical})), ErrorCode::kBadSignature);
  EK_EXPECT_ERROR(Verify(SignBy({&anna_.post_quantum})), ErrorCode::kBadSignature);
}

TEST_F(SignedObjects, ControlAStrippedSignatureIsAcceptedWhereOneClassSuffices) {
  const Buffer bytes = SignBy({&anna_.classical});
  const std::uint8_t classical_only[] = {1};
  EK_ASSERT_OK(VerifyObject(TestProvider(), typ::kGrant, bytes, holders_, classical_only));
}

TEST_F(SignedObjects, RefusesOneClassTwice) {
  const MemoryKey second(crypto::AlgorithmId::kEcdsaP256Sha256);
  formats::Holder holder = anna_.Named("anna");
  EK_ASSERT_OK(holder.keys.PushBack(second.as_public()));
  const Buffer bytes = SignBy({&anna_.classical, &second});
  EK_EXPECT_ERROR(VerifyObject(TestProvider(), typ::kGrant, bytes, std::span(&holder, 1), kBothClasses),
                  ErrorCode::kBadSignature);
  const std::vector<const SigningKey*> same(2, &anna_.classical);
  EXPECT_FALSE(SignObject(TestProvider(), typ::kGrant, payload_, same));
}

TEST_F(SignedObjects, RefusesTwoHalvesOfDifferentHolders) {
  EK_EXPECT_ERROR(Verify(SignBy({&anna_.classical, &boris_.post_quantum})), ErrorCode::kBadSignature);
}

TEST_F(SignedObjects, ControlTheTwoHalvesAreGoodSignatures) {
  formats::Holder merged{"merged", {}};
  EK_ASSERT_OK(merged.keys.PushBack(anna_.classical.as_public()));
  EK_ASSERT_OK(merged.keys.PushBack(boris_.post_quantum.as_public()));
  const Buffer bytes = SignBy({&anna_.classical, &boris_.post_quantum});
  EK_ASSERT_OK(VerifyObject(TestProvider(), typ::kGrant, bytes, std::span(&merged, 1), kBothClasses));
}

TEST_F(SignedObjects, RefusesAnUntrustedHolder) {
  EK_EXPECT_ERROR(Verify(SignBy({&mallory_.classical, &mallory_.post_quantum})), ErrorCode::kUntrusted);
}

TEST_F(SignedObjects, RefusesASignatureMadeForAnotherType) {
  const Buffer licence = SignBy({&anna_.classical, &anna_.post_quantum}, typ::kLicence);
  EK_EXPECT_ERROR(Verify(licence), ErrorCode::kUnsupported);
  // The same signatures under a rewritten type: the payload fits, what was signed does not.
  const formats::SignedObject object = formats::DecodeSignedObject(typ::kLicence, licence).value();
  Buffer relabelled(licence.size() + 64);
  CborWriter writer(relabelled);
  EK_ASSERT_OK(formats::EncodeSignedObject(typ::kGrant, object, writer));
  relabelled.resize(writer.written().size());
  EK_EXPECT_ERROR(Verify(relabelled), ErrorCode::kBadSignature);
}

TEST_F(SignedObjects, RefusesAnAlgorithmThatIsNotTheTrustedKeys) {
  const Buffer bytes = SignBy({&anna_.classical, &anna_.post_quantum});
  for (const std::int64_t claimed : {-9, -48, -50, -8, -37}) {
    const Buffer confused =
        Edited(bytes, [&](formats::SignedObject& object) { object.signatures[0].cose_algorithm = claimed; });
    EK_EXPECT_ERROR(Verify(confused), ErrorCode::kBadSignature);
  }
}

TEST_F(SignedObjects, RefusesAKidThatNamesAnotherTrustedKey) {
  const Buffer by_mallory = SignBy({&mallory_.classical, &mallory_.post_quantum});
  const Buffer by_anna = SignBy({&anna_.classical, &anna_.post_quantum});
  const formats::SignedObject genuine = formats::DecodeSignedObject(typ::kGrant, by_anna).value();
  const Buffer relabelled = Edited(by_mallory, [&](formats::SignedObject& object) {
    object.signatures[0].kid = genuine.signatures[0].kid;
    object.signatures[1].kid = genuine.signatures[1].kid;
  });
  EK_EXPECT_ERROR(Verify(relabelled), ErrorCode::kBadSignature);
}

TEST_F(SignedObjects, RefusesAnEditedPayload) {
  const Buffer bytes = SignBy({&anna_.classical, &anna_.post_quantum});
  Buffer other = payload_;
  other[50] ^= 1;
  const Buffer edited = Edited(bytes, [&](formats::SignedObject& object) { object.payload = other; });
  EK_EXPECT_ERROR(Verify(edited), ErrorCode::kBadSignature);
}

TEST_F(SignedObjects, RefusesEveryTruncation) {
  const Buffer bytes = SignBy({&anna_.classical, &anna_.post_quantum});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto verified = Verify(Buffer(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)));
    ASSERT_FALSE(verified) << size;
  }
}

TEST_F(SignedObjects, RefusesFlippedBits) {
  const Buffer bytes = SignBy({&anna_.classical, &anna_.post_quantum});
  for (std::size_t at = 0; at < bytes.size(); at += NativeStride(at < 400 ? 1 : 37)) {
    for (const unsigned bit : {0U, 7U}) {
      Buffer flipped = bytes;
      flipped[at] = static_cast<std::uint8_t>(flipped[at] ^ 1U << bit);
      ASSERT_FALSE(Verify(flipped)) << at;
    }
  }
}

TEST_F(SignedObjects, RefusesToVerifyWithoutARequirement) {
  const Buffer bytes = SignBy({&anna_.classical, &anna_.post_quantum});
  EK_EXPECT_ERROR(VerifyObject(TestProvider(), typ::kGrant, bytes, holders_, {}), ErrorCode::kBadArgument);
  const std::uint8_t unknown[] = {1, 9};
  EK_EXPECT_ERROR(VerifyObject(TestProvider(), typ::kGrant, bytes, holders_, unknown), ErrorCode::kUnsupported);
}

TEST_F(SignedObjects, AcceptsEveryRegisteredPairOfClasses) {
  using enum crypto::AlgorithmId;
  for (const auto classical : {kEd25519, kEcdsaP256Sha256}) {
    for (const auto post_quantum : {kMlDsa44, kMlDsa65, kMlDsa87}) {
      const MemoryKey first(classical);
      const MemoryKey second(post_quantum);
      formats::Holder holder{"h", {}};
      EK_ASSERT_OK(holder.keys.PushBack(first.as_public()));
      EK_ASSERT_OK(holder.keys.PushBack(second.as_public()));
      EK_ASSERT_OK(
          VerifyObject(TestProvider(), typ::kGrant, SignBy({&first, &second}), std::span(&holder, 1), kBothClasses));
    }
  }
}

// A token that answers with a wrong signature: the object never leaves.
class FaultyKey final : public SigningKey {
 public:
  crypto::AlgorithmId algorithm() const override { return inner_.algorithm(); }

  ByteView public_key() const override { return inner_.public_key(); }

  Result<Bytes> Sign(ByteView message) const override {
    EK_TRY_ASSIGN(Bytes signature, inner_.Sign(message));
    signature.mutable_view()[3] ^= 1;
    return signature;
  }

 private:
  MemoryKey inner_{crypto::AlgorithmId::kEd25519};
};

TEST_F(SignedObjects, RefusesToReleaseAWrongSignatureOfItsOwn) {
  const FaultyKey faulty;
  const std::vector<const SigningKey*> keys{&faulty};
  EK_EXPECT_ERROR(SignObject(TestProvider(), typ::kGrant, payload_, keys), ErrorCode::kBadSignature);
}

TEST_F(SignedObjects, RefusesToSignWithNobodyOrTooMany) {
  EK_EXPECT_ERROR(SignObject(TestProvider(), typ::kGrant, payload_, {}), ErrorCode::kBadArgument);
  const std::vector<const SigningKey*> many(formats::kMaxSignatures + 1, &anna_.classical);
  EK_EXPECT_ERROR(SignObject(TestProvider(), typ::kGrant, payload_, many), ErrorCode::kBadArgument);
}

TEST_F(SignedObjects, TellsTheSizeBeforehand) {
  const MemoryKey p256(crypto::AlgorithmId::kEcdsaP256Sha256);
  const MemoryKey ml_dsa_87(crypto::AlgorithmId::kMlDsa87);
  for (const auto& keys : {std::vector<const SigningKey*>{&anna_.classical, &anna_.post_quantum},
                           std::vector<const SigningKey*>{&p256, &ml_dsa_87}}) {
    const Bytes bytes = SignObject(TestProvider(), typ::kGrant, payload_, keys).value();
    EXPECT_EQ(SignedObjectSize(typ::kGrant, payload_.size(), keys).value(), bytes.size());
  }
}

TEST_F(SignedObjects, VerifiesWithOneBareKey) {
  const Buffer bytes = SignBy({&anna_.classical}, typ::kDeviceRequest);
  const auto payload = VerifyObjectWithKey(TestProvider(), typ::kDeviceRequest, bytes, anna_.classical.as_public());
  EK_ASSERT_OK(payload);
  EXPECT_TRUE(Equal(*payload, payload_));
  EK_EXPECT_ERROR(VerifyObjectWithKey(TestProvider(), typ::kDeviceRequest, bytes, boris_.classical.as_public()),
                  ErrorCode::kUntrusted);
  EK_EXPECT_ERROR(VerifyObjectWithKey(TestProvider(), typ::kGrant, bytes, anna_.classical.as_public()),
                  ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace edgekeep::sealing
