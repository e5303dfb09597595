#include "edgekeep/signer/key_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/hpke.h"
#include "edgekeep/json/text.h"
#include "edgekeep/signer/file_signing_key.h"
#include "support.h"

namespace edgekeep::signer {
namespace {

StoredKey NewKey(crypto::AlgorithmId algorithm) {
  crypto::KeyPair pair = TestProvider().GenerateSigningKey(algorithm).value();
  return {"author", algorithm, std::move(pair.public_key), std::move(pair.private_key)};
}

StoredKey SymmetricSecret() {
  return {"epoch:acme/label-ocr", crypto::AlgorithmId::kNone, {}, Secret("0123456789abcdef0123456789abcdef")};
}

std::string Contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void Overwrite(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

class KeyFiles : public testing::Test {
 protected:
  Status Create(const StoredKey& key) { return CreateKeyFile(TestProvider(), path_, key, passphrase_, kCheapCosts); }

  Result<StoredKey> Open(std::string_view purpose = "author") {
    return OpenKeyFile(TestProvider(), path_, purpose, passphrase_);
  }

  ErrorCode RefusalOfOpening(std::string_view purpose = "author") {
    const auto key = Open(purpose);
    EXPECT_FALSE(key) << "was opened";
    return key ? ErrorCode::kInternal : key.error().code();
  }

  Directory directory_;
  std::string path_ = directory_ / "author.ekk";
  SecretBytes passphrase_ = Secret("correct horse battery staple");
};

TEST_F(KeyFiles, RoundTripEveryKindOfKey) {
  using enum crypto::AlgorithmId;
  for (const auto algorithm : {kEd25519, kEcdsaP256Sha256, kMlDsa65, kMlDsa87}) {
    path_ = directory_ / (std::to_string(static_cast<int>(algorithm)) + ".ekk");
    const StoredKey key = NewKey(algorithm);
    ASSERT_TRUE(Create(key));
    const StoredKey opened = Open().value();
    EXPECT_EQ(opened.algorithm, algorithm);
    EXPECT_TRUE(Equal(opened.public_key.view(), key.public_key.view()));
    EXPECT_TRUE(EqualInConstantTime(opened.secret.Reveal(), key.secret.Reveal()));
  }
}

TEST_F(KeyFiles, RoundTripAKemKey) {
  constexpr auto kKem = crypto::AlgorithmId::kMlKem768P256;
  const auto recipient = crypto::SoftwareHpkeRecipient::Generate(TestProvider(), kKem).value();
  const StoredKey key{"licensor-kem", kKem, Bytes::Copy(recipient.public_key()).value(),
                      SecretBytes::CopyOf(recipient.private_key().Reveal()).value()};
  ASSERT_TRUE(Create(key));
  EXPECT_TRUE(Open("licensor-kem"));
}

TEST_F(KeyFiles, RoundTripASymmetricSecret) {
  const StoredKey key = SymmetricSecret();
  ASSERT_TRUE(Create(key));
  const StoredKey opened = Open("epoch:acme/label-ocr").value();
  EXPECT_TRUE(EqualInConstantTime(opened.secret.Reveal(), key.secret.Reveal()));
  EXPECT_FALSE(FileSigningKey::Create(TestProvider(), Open("epoch:acme/label-ocr").value()));
}

TEST_F(KeyFiles, SignWithTheOpenedKey) {
  ASSERT_TRUE(Create(NewKey(crypto::AlgorithmId::kEd25519)));
  const FileSigningKey key = FileSigningKey::Create(TestProvider(), Open().value()).value();
  const Bytes signature = key.Sign(AsBytes("message")).value();
  EXPECT_TRUE(TestProvider().Verify(key.algorithm(), key.public_key(), AsBytes("message"), signature.view()));
}

TEST_F(KeyFiles, ContainTheSecretOnlyEncrypted) {
  ASSERT_TRUE(Create(SymmetricSecret()));
  EXPECT_EQ(Contents(path_).find("0123456789abcdef"), std::string::npos);
}

TEST_F(KeyFiles, RefuseAWrongPassphrase) {
  ASSERT_TRUE(Create(SymmetricSecret()));
  passphrase_ = Secret("correct horse battery stapler");
  EXPECT_EQ(RefusalOfOpening("epoch:acme/label-ocr"), ErrorCode::kDenied);
}

TEST_F(KeyFiles, RefuseAnotherPurpose) {
  ASSERT_TRUE(Create(NewKey(crypto::AlgorithmId::kEd25519)));
  EXPECT_EQ(RefusalOfOpening("licensor"), ErrorCode::kWrongProduct);
}

TEST_F(KeyFiles, RefuseEveryTruncationAndSampledFlips) {
  ASSERT_TRUE(Create(SymmetricSecret()));
  const std::string good = Contents(path_);
  for (std::size_t size = 0; size < good.size(); ++size) {
    Overwrite(path_, std::string_view(good).substr(0, size));
    EXPECT_EQ(RefusalOfOpening("epoch:acme/label-ocr"), ErrorCode::kMalformed) << size;
  }
  for (std::size_t at = 0; at < good.size(); at += 3) {
    std::string flipped = good;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    Overwrite(path_, flipped);
    EXPECT_FALSE(Open("epoch:acme/label-ocr")) << at;
  }
}

// The passphrase is right and the ciphertext whole, but the public half was exchanged: without the associated data the
// holder would publish somebody else's key.
TEST_F(KeyFiles, RefuseAnExchangedPublicKey) {
  const StoredKey own = NewKey(crypto::AlgorithmId::kEd25519);
  const StoredKey other = NewKey(crypto::AlgorithmId::kEd25519);
  ASSERT_TRUE(Create(own));
  std::string bytes = Contents(path_);
  const std::string_view public_key = AsText(own.public_key.view());
  bytes.replace(bytes.find(public_key), public_key.size(), AsText(other.public_key.view()));
  Overwrite(path_, bytes);
  EXPECT_EQ(RefusalOfOpening(), ErrorCode::kDenied);
}

TEST_F(KeyFiles, RefuseAPublicKeyThatDoesNotBelongEvenWhenItIsAuthentic) {
  StoredKey mixed = NewKey(crypto::AlgorithmId::kEd25519);
  mixed.public_key = NewKey(crypto::AlgorithmId::kEd25519).public_key;
  ASSERT_TRUE(Create(mixed));
  EXPECT_EQ(RefusalOfOpening(), ErrorCode::kMalformed);
}

TEST_F(KeyFiles, ArePrivateAndNeverOverwritten) {
  ASSERT_TRUE(Create(SymmetricSecret()));
  struct stat status;
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  const std::string before = Contents(path_);
  EXPECT_EQ(Create(SymmetricSecret()).error().code(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(Contents(path_), before);
}

TEST_F(KeyFiles, AreRefusedWhenOthersCouldReadThem) {
  ASSERT_TRUE(Create(SymmetricSecret()));
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  EXPECT_EQ(RefusalOfOpening("epoch:acme/label-ocr"), ErrorCode::kForbidden);
}

TEST_F(KeyFiles, ReplaceOnlyWhatExists) {
  EXPECT_EQ(ReplaceKeyFile(TestProvider(), path_, SymmetricSecret(), passphrase_, kCheapCosts).error().code(),
            ErrorCode::kNotFound);
  ASSERT_TRUE(Create(NewKey(crypto::AlgorithmId::kEd25519)));
  ASSERT_TRUE(ReplaceKeyFile(TestProvider(), path_, SymmetricSecret(), passphrase_, kCheapCosts));
  EXPECT_TRUE(Open("epoch:acme/label-ocr"));
  struct stat status;
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST_F(KeyFiles, RefuseCostsBelowTheFormatsMinimum) {
  const formats::Argon2Costs weak{.memory_kib = 8, .passes = 1, .lanes = 1};
  EXPECT_FALSE(CreateKeyFile(TestProvider(), path_, SymmetricSecret(), passphrase_, weak));
  EXPECT_FALSE(std::filesystem::exists(path_));
}

// Files made by another implementation (tools/vectors/formats).
TEST_F(KeyFiles, OpenTheSpecificationsVectors) {
  const char* source = std::getenv("EDGEKEEP_SOURCE");
  const std::string path = std::string(source != nullptr ? source : ".") + "/spec/vectors/key-file.json";
  const auto parsed = json::Parse(Contents(path));
  ASSERT_TRUE(parsed) << path;
  const json::Object& vectors = **parsed->AsObject();
  const json::Object& derivation = **vectors.Find("derivation")->AsObject();
  passphrase_ = Secret(*derivation.Find("passphrase")->AsText());
  const json::Array& objects = **vectors.Find("objects")->AsArray();
  ASSERT_EQ(objects.size(), 2U);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const json::Object& object = **objects[i].AsObject();
    const std::string_view hex = *object.Find("hex")->AsText();
    Bytes bytes = Bytes::Allocate(hex.size() / 2).value();
    ASSERT_TRUE(FromHex(hex, bytes.mutable_view()));
    Overwrite(path_, AsText(bytes.view()));
    ASSERT_EQ(::chmod(path_.c_str(), 0600), 0);
    const json::Object& fields = **object.Find("fields")->AsObject();
    const StoredKey key = Open(*fields.Find("purpose")->AsText()).value();
    const json::Object& expected = **(**derivation.Find("files")->AsArray())[i].AsObject();
    EXPECT_EQ(ToHex(key.secret.Reveal()).view(), *expected.Find("secret")->AsText());
  }
}

}  // namespace
}  // namespace edgekeep::signer
