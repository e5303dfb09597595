#include "edgekeep/anchor/software/software_anchor.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "edgekeep/crypto/openssl/provider.h"

namespace edgekeep::anchor {
namespace {

const crypto::Provider& TestProvider() {
  static const std::unique_ptr<crypto::Provider> provider = crypto::NewOpenSslProvider().value();
  return *provider;
}

// Small objects only; an anchor has no use for slots.
class MemoryStore final : public ports::Store {
 public:
  std::map<std::string, std::vector<std::uint8_t>, std::less<>> objects;
  ErrorCode write_error = ErrorCode::kInternal;
  bool fails = false;

  Result<Bytes> Read(std::string_view name, std::size_t max_size) override {
    const auto found = objects.find(name);
    if (found == objects.end()) return Error(ErrorCode::kNotFound);
    if (found->second.size() > max_size) return Error(ErrorCode::kTooLarge);
    return Bytes::Copy(found->second);
  }

  Status Replace(std::string_view name, ByteView bytes) override {
    if (fails) return Error(write_error);
    objects[std::string(name)] = {bytes.begin(), bytes.end()};
    return {};
  }

  Result<Bytes> ReadOf(const ProductName&, std::string_view, std::size_t) override { return None(); }

  Status ReplaceOf(const ProductName&, std::string_view, ByteView) override { return None(); }

  Result<InlineVector<ProductName, ports::kMaxStoredProducts>> Products() override { return None(); }

  Result<ports::FileHandle> CreateSlotFile(const ProductName&, std::uint8_t, ports::SlotFile) override {
    return None();
  }

  Result<ports::FileHandle> OpenSlotFile(const ProductName&, std::uint8_t, ports::SlotFile) override { return None(); }

  Status SyncSlot(const ProductName&, std::uint8_t) override { return None(); }

  Status EraseSlot(const ProductName&, std::uint8_t) override { return None(); }

  Result<std::uint64_t> SizeOf(ports::FileHandle) override { return None(); }

  void Close(ports::FileHandle) noexcept override {}

 private:
  static Error None() { return Error(ErrorCode::kBadState, "small objects only"); }
};

class SoftwareAnchorTest : public testing::Test {
 protected:
  SoftwareAnchor Open() { return SoftwareAnchor::OpenOrMake(TestProvider(), store_).value(); }

  MemoryStore store_;
};

TEST_F(SoftwareAnchorTest, SameKeysAtEveryStart) {
  SoftwareAnchor first = Open();
  SoftwareAnchor second = Open();
  const Bytes first_identity = first.IdentityPublicKey().value();
  const Bytes second_identity = second.IdentityPublicKey().value();
  EXPECT_TRUE(Equal(first_identity.view(), second_identity.view()));
  const Bytes first_kem = first.KemPublicKey().value();
  const Bytes second_kem = second.KemPublicKey().value();
  EXPECT_TRUE(Equal(first_kem.view(), second_kem.view()));
  const SecretArray<32> first_vault = first.VaultKey().value();
  const SecretArray<32> second_vault = second.VaultKey().value();
  EXPECT_TRUE(EqualInConstantTime(first_vault.Reveal(), second_vault.Reveal()));
}

TEST_F(SoftwareAnchorTest, OtherKeysOnAnotherDevice) {
  SoftwareAnchor first = Open();
  MemoryStore other_store;
  SoftwareAnchor other = SoftwareAnchor::OpenOrMake(TestProvider(), other_store).value();
  const Bytes identity = first.IdentityPublicKey().value();
  const Bytes other_identity = other.IdentityPublicKey().value();
  EXPECT_FALSE(Equal(identity.view(), other_identity.view()));
  const SecretArray<32> vault = first.VaultKey().value();
  const SecretArray<32> other_vault = other.VaultKey().value();
  EXPECT_FALSE(EqualInConstantTime(vault.Reveal(), other_vault.Reveal()));
}

TEST_F(SoftwareAnchorTest, SignsWithTheIdentityKey) {
  SoftwareAnchor anchor = Open();
  const Bytes key = anchor.IdentityPublicKey().value();
  const Bytes signature = anchor.SignWithIdentity(AsBytes("message")).value();
  EXPECT_EQ(key.size(), 65U);
  EXPECT_EQ(signature.size(), 64U);
  EXPECT_TRUE(
      TestProvider().Verify(crypto::AlgorithmId::kEcdsaP256Sha256, key.view(), AsBytes("message"), signature.view()));
  EXPECT_FALSE(
      TestProvider().Verify(crypto::AlgorithmId::kEcdsaP256Sha256, key.view(), AsBytes("massage"), signature.view()));
}

TEST_F(SoftwareAnchorTest, DiffieHellmanAgreesWithAPeer) {
  SoftwareAnchor anchor = Open();
  const Bytes key = anchor.KemPublicKey().value();
  const auto peer = TestProvider().GenerateDhKey(crypto::AlgorithmId::kDhKemP256).value();
  const SecretBytes here = anchor.KemDh(peer.public_key.view()).value();
  const SecretBytes there =
      TestProvider().Dh(crypto::AlgorithmId::kDhKemP256, peer.private_key.Reveal(), key.view()).value();
  EXPECT_EQ(here.size(), 32U);
  EXPECT_TRUE(EqualInConstantTime(here.Reveal(), there.Reveal()));
}

TEST_F(SoftwareAnchorTest, PointOffTheCurveIsMalformed) {
  SoftwareAnchor anchor = Open();
  const auto peer = TestProvider().GenerateDhKey(crypto::AlgorithmId::kDhKemP256).value();
  Bytes point = Bytes::Copy(peer.public_key.view()).value();
  point.mutable_view()[64] ^= 1;
  const auto refused = anchor.KemDh(point.view());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kMalformed);
}

TEST_F(SoftwareAnchorTest, DamagedFileIsAnErrorAndStaysAsItIs) {
  Open();
  const auto good = store_.objects.at("software-anchor");
  for (std::size_t size = 0; size < good.size(); ++size) {
    store_.objects["software-anchor"].assign(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(SoftwareAnchor::OpenOrMake(TestProvider(), store_)) << size;
    EXPECT_EQ(store_.objects["software-anchor"].size(), size);
  }
  store_.objects["software-anchor"] = good;
  store_.objects["software-anchor"][0] ^= 1;
  EXPECT_FALSE(SoftwareAnchor::OpenOrMake(TestProvider(), store_));
  store_.objects["software-anchor"] = good;
  EXPECT_TRUE(SoftwareAnchor::OpenOrMake(TestProvider(), store_));
}

TEST_F(SoftwareAnchorTest, NothingIsMadeThatCannotBeKept) {
  store_.fails = true;
  store_.write_error = ErrorCode::kNoSpace;
  const auto refused = SoftwareAnchor::OpenOrMake(TestProvider(), store_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kNoSpace);
}

TEST_F(SoftwareAnchorTest, SaysWhatItIs) {
  EXPECT_EQ(Open().kind(), ports::AnchorKind::kSoftware);
}

}  // namespace
}  // namespace edgekeep::anchor
