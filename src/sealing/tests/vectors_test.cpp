// Vectors of spec/vectors, made by an implementation that shares nothing with this one (tools/vectors/formats).
#include <fstream>
#include <nlohmann/json.hpp>

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/commit_record.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/key_wraps.h"
#include "edgekeep/sealing/receipts.h"
#include "edgekeep/sealing/trusted_publisher.h"
#include "edgekeep/sealing/verified_seal.h"
#include "support.h"

namespace edgekeep::sealing {
namespace {

using Json = nlohmann::json;

Json Vectors(const std::string& name) {
  const char* source = std::getenv("EDGEKEEP_SOURCE");
  std::ifstream file(std::string(source != nullptr ? source : ".") + "/spec/vectors/" + name + ".json");
  EXPECT_TRUE(file) << "no vectors: run from the source tree or by ctest";
  return Json::parse(file);
}

Buffer FromText(const std::string& text) {
  Buffer bytes(text.size() / 2);
  EXPECT_TRUE(FromHex(text, bytes));
  return bytes;
}

Buffer BytesOf(const Json& value, const char* key) {
  return FromText(value.at(key).get<std::string>());
}

Buffer ObjectNamed(const Json& vectors, const std::string& name) {
  for (const Json& object : vectors.at("objects")) {
    if (object.at("name") == name) return BytesOf(object, "hex");
  }
  ADD_FAILURE() << "no object '" << name << "'";
  return {};
}

SecretArray<32> KeyOf(const Json& value, const char* key) {
  return SecretArray<32>::CopyOf(std::span<const std::uint8_t, 32>(BytesOf(value, key)));
}

std::string HexOf(ByteView bytes) {
  return std::string(ToHex(bytes).view());
}

crypto::SoftwareHpkeRecipient RecipientOf(const Buffer& private_key) {
  return crypto::SoftwareHpkeRecipient::FromPrivateKey(TestProvider(), crypto::AlgorithmId::kMlKem768P256,
                                                       SecretBytes::CopyOf(private_key).value())
      .value();
}

TEST(SegmentVectors, AreWhatSealingMakes) {
  const Json vectors = Vectors("segments");
  const Json& cases = vectors.at("derivation").at("cases");
  ASSERT_EQ(cases.size(), 8U);
  for (const Json& vector : cases) {
    Buffer plaintext(vector.at("plaintext_size").get<std::size_t>());
    for (std::size_t i = 0; i < plaintext.size(); ++i) plaintext[i] = static_cast<std::uint8_t>(31 * i + i / 256);
    const auto suite = crypto::FindSealSuite(vector.at("seal_suite").get<crypto::SealSuiteId>()).value();
    const SecretArray<32> key = KeyOf(vector, "content_key");
    const auto salt = formats::Salt::From(BytesOf(vector, "salt")).value();
    const auto header_digest = Digest::From(BytesOf(vector, "header_digest")).value();
    const SegmentKeys keys = SegmentKeys::Derive(TestProvider(), suite, key, salt, header_digest).value();

    const std::vector<Buffer> segments = SealAll(keys, plaintext, formats::kSegmentSize);
    ASSERT_EQ(segments.size(), vector.at("tags").size());
    TagsDigest tags = TagsDigest::Create(TestProvider()).value();
    const auto body = TestProvider().NewHash(crypto::AlgorithmId::kSha256).value();
    for (std::size_t i = 0; i < segments.size(); ++i) {
      EXPECT_EQ(HexOf(ByteView(segments[i]).last(16)), vector.at("tags")[i]);
      EK_ASSERT_OK(tags.Add(segments[i]));
      EK_ASSERT_OK(body->Update(segments[i]));
    }
    Digest body_digest;
    EK_ASSERT_OK(body->Finish(body_digest.mutable_view()));
    EXPECT_EQ(HexOf(body_digest.view()), vector.at("body_digest"));
    const Digest tags_digest = tags.Finish().value();
    EXPECT_EQ(HexOf(tags_digest.view()), vector.at("tags_digest"));
    const auto commitment = CommitToKey(TestProvider(), key, salt).value();
    EXPECT_EQ(HexOf(commitment.view()), vector.at("key_commitment"));
    PlaintextMacState mac = PlaintextMacState::Create(TestProvider(), key, salt).value();
    EK_ASSERT_OK(mac.Update(plaintext));
    const auto plaintext_mac = mac.Finish().value();
    EXPECT_EQ(HexOf(plaintext_mac.view()), vector.at("plaintext_mac"));
    EXPECT_EQ(*OpenAll(keys, segments), plaintext);
  }
}

// The one small file whose every key is known, and forgeries of it.
class SealedFileVectors : public ::testing::Test {
 protected:
  void SetUp() override {
    bundle_ = VerifyTrustBundle(TestProvider(), ObjectNamed(Vectors("trust-bundle"), "signed bundle"));
    EK_ASSERT_OK(bundle_);
  }

  Result<VerifiedSeal> Verify(const Buffer& file) {
    return VerifySeal(TestProvider(), file, file.size(), bundle_->bundle());
  }

  // Everything up to the plaintext, as spec/sealed-file.md §7 orders it.
  Result<Buffer> Open(const Buffer& file) {
    EK_TRY_ASSIGN(const VerifiedSeal seal, Verify(file));
    const auto licensor = RecipientOf(BytesOf(derivation_, "licensor_kem_private_key"));
    EK_TRY_ASSIGN(const ContentKey key, UnwrapContentKeyAsLicensor(TestProvider(), licensor, seal.header()));
    EK_TRY(CheckKeyCommitment(TestProvider(), key.key, seal.header().salt, seal.header().key_commitment));
    EK_TRY_ASSIGN(const auto suite, crypto::FindSealSuite(static_cast<crypto::SealSuiteId>(seal.header().seal_suite)));
    EK_TRY_ASSIGN(const SegmentKeys keys,
                  SegmentKeys::Derive(TestProvider(), suite, key.key, seal.header().salt, seal.header_digest()));
    return OpenAll(keys, {Buffer(file.begin() + seal.body_offset(), file.end())});
  }

  static Buffer Forged(Buffer file, const Json& forgery) {
    const Buffer bytes = BytesOf(forgery, "hex");
    const auto at = forgery.at("at").get<std::size_t>();
    file.resize(std::max(file.size(), at + bytes.size()));
    std::ranges::copy(bytes, file.begin() + static_cast<std::ptrdiff_t>(at));
    file.resize(forgery.at("size").get<std::size_t>());
    return file;
  }

  Json vectors_ = Vectors("sealed-file");
  Json derivation_ = vectors_.at("derivation");
  Buffer file_ = ObjectNamed(vectors_, "file");
  Result<TrustedPublisher> bundle_ = Error(ErrorCode::kInternal);
};

TEST_F(SealedFileVectors, OpenToTheirPlaintext) {
  const auto plaintext = Open(file_);
  EK_ASSERT_OK(plaintext);
  EXPECT_EQ(*plaintext, BytesOf(derivation_, "plaintext"));
}

TEST_F(SealedFileVectors, RefuseEveryForgeryAtItsStage) {
  std::size_t num_forgeries = 0;
  for (const Json& forgery : vectors_.at("refused")) {
    if (!forgery.contains("stage")) continue;
    ++num_forgeries;
    const Buffer file = Forged(file_, forgery);
    const bool verifies = forgery.at("stage") == "open";
    EXPECT_EQ(Verify(file).has_value(), verifies) << forgery.at("name");
    const auto opened = Open(file);
    ASSERT_FALSE(opened) << forgery.at("name");
    EXPECT_EQ(NameOf(opened.error().code()), forgery.at("error")) << forgery.at("name");
  }
  EXPECT_GE(num_forgeries, 7U);
}

TEST_F(SealedFileVectors, GrantOpensTheFile) {
  const Json vectors = Vectors("grant");
  const Buffer bytes = ObjectNamed(vectors, "signed grant");
  const auto payload = VerifyObject(TestProvider(), formats::typ::kGrant, bytes, bundle_->bundle().licensors.view(),
                                    bundle_->bundle().required_classes.view());
  EK_ASSERT_OK(payload);
  const formats::Grant grant = formats::DecodeGrant(payload->payload()).value();
  EXPECT_EQ(grant.sealed_file, Verify(file_)->id());
  const auto key = UnwrapContentKey(TestProvider(), {KeyOf(vectors.at("derivation"), "epoch_key")}, grant);
  EK_ASSERT_OK(key);
  EXPECT_EQ(HexOf(key->key.Reveal()), derivation_.at("content_key"));
}

TEST_F(SealedFileVectors, LicenceOpensTheEpochKeyAndItsChain) {
  const Json vectors = Vectors("licence");
  const Json& derivation = vectors.at("derivation");
  const Buffer bytes = ObjectNamed(vectors, "signed licence");
  const auto payload = VerifyObject(TestProvider(), formats::typ::kLicence, bytes, bundle_->bundle().licensors.view(),
                                    bundle_->bundle().required_classes.view());
  EK_ASSERT_OK(payload);
  const formats::Licence licence = formats::DecodeLicence(payload->payload()).value();
  const auto device = RecipientOf(BytesOf(derivation, "device_kem_private_key"));
  const auto key = UnwrapEpochKey(TestProvider(), device, licence);
  EK_ASSERT_OK(key);
  for (const Json& step : derivation.at("epoch_chain")) {
    const Epoch epoch{step.at("epoch").get<std::uint64_t>()};
    const EpochKey derived = EarlierEpochKey(TestProvider(), *key, licence.epoch, epoch).value();
    EXPECT_EQ(HexOf(derived.key.Reveal()), step.at("key"));
  }
}

TEST(ReceiptVectors, AreSignedByTheDeviceAndAboutTheTensors) {
  const Json vectors = Vectors("receipt");
  const Json& derivation = vectors.at("derivation");
  const Buffer identity = BytesOf(derivation, "identity_public_key");
  const auto verified =
      VerifyReceipt(TestProvider(), {static_cast<std::uint16_t>(crypto::AlgorithmId::kEcdsaP256Sha256), identity},
                    ObjectNamed(vectors, "receipt"));
  EK_ASSERT_OK(verified);
  EXPECT_EQ(HexOf(verified->batch().root.view()), derivation.at("root"));
  std::vector<Digest> leaves;
  for (const Json& leaf : derivation.at("leaves")) leaves.push_back(Digest::From(FromText(leaf)).value());
  EXPECT_EQ(ReceiptRoot(TestProvider(), leaves).value(), verified->batch().root);
  EXPECT_EQ(ReceiptLeaf(TestProvider(), verified->call()).value(), leaves[1]);
  // One float32 tensor of shape [1, 3] behind its 36 bytes of description.
  const auto digest_of = [](const Buffer& written) {
    TensorsDigest tensors = TensorsDigest::Create(TestProvider()).value();
    const std::array<std::int64_t, 2> shape = {1, 3};
    EXPECT_TRUE(tensors.Add(0, 1, shape, ByteView(written).subspan(36)));
    return tensors.Finish().value();
  };
  EXPECT_EQ(digest_of(BytesOf(derivation, "inputs")), verified->call().inputs);
  EXPECT_EQ(digest_of(BytesOf(derivation, "outputs")), verified->call().outputs);
}

TEST(CommitRecordVectors, HoldSlotKeysThatUnwrap) {
  const Json vectors = Vectors("commit-record");
  const Json& derivation = vectors.at("derivation");
  const Buffer bytes = ObjectNamed(vectors, "with a prepared form");
  const formats::CommitRecord record = formats::DecodeCommitRecord(bytes).value();
  const VaultKey vault{KeyOf(derivation, "vault_key")};
  const EpochKey epoch_key{KeyOf(derivation, "epoch_key")};
  const std::array wrapped = {record.canonical.wrapped_slot_key, record.prepared->file.wrapped_slot_key};
  for (std::size_t i = 0; i < wrapped.size(); ++i) {
    const SlotBinding binding{record.product, record.slot, record.version.sequence, static_cast<std::uint8_t>(i + 1)};
    const auto key = UnwrapSlotKey(TestProvider(), vault, epoch_key, binding, wrapped[i]);
    EK_ASSERT_OK(key);
    EXPECT_EQ(HexOf(key->key.Reveal()), derivation.at("slot_keys")[i]);
  }
}

TEST(TrustBundleVectors, HaveTheKeyIdsThatWereComputedElsewhere) {
  const Json vectors = Vectors("trust-bundle");
  const auto trusted = VerifyTrustBundle(TestProvider(), ObjectNamed(vectors, "signed bundle"));
  EK_ASSERT_OK(trusted);
  std::vector<formats::PublicKey> keys;
  for (const formats::Holders* holders : {&trusted->bundle().authors, &trusted->bundle().licensors}) {
    for (const formats::Holder& holder : *holders) keys.insert(keys.end(), holder.keys.begin(), holder.keys.end());
  }
  keys.push_back(trusted->bundle().licensor_kem);
  const Json& kids = vectors.at("derivation").at("kids");
  ASSERT_EQ(keys.size(), kids.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const KeyId kid =
        crypto::KeyIdOf(TestProvider(), static_cast<crypto::AlgorithmId>(keys[i].algorithm), keys[i].bytes).value();
    EXPECT_EQ(HexOf(kid.view()), kids[i]);
  }
}

}  // namespace
}  // namespace edgekeep::sealing
