#include "edgekeep/anchor/software/software_anchor.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "edgekeep/crypto/openssl/provider.h"
#include "memory_store.h"

namespace edgekeep::anchor {
namespace {

const crypto::Provider& TestProvider() {
  static const std::unique_ptr<crypto::Provider> provider = crypto::NewOpenSslProvider().value();
  return *provider;
}

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
  const auto salt = SecretArray<32>::CopyOf(std::array<std::uint8_t, 32>{1});
  const Bytes first_kem = first.KemPublicKey(salt).value();
  const Bytes second_kem = second.KemPublicKey(salt).value();
  EXPECT_TRUE(Equal(first_kem.view(), second_kem.view()));
  const Bytes others = first.KemPublicKey(SecretArray<32>::CopyOf(std::array<std::uint8_t, 32>{2})).value();
  EXPECT_FALSE(Equal(others.view(), first_kem.view()));
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
  const auto salt = SecretArray<32>::CopyOf(std::array<std::uint8_t, 32>{1});
  const Bytes key = anchor.KemPublicKey(salt).value();
  const auto peer = TestProvider().GenerateDhKey(crypto::AlgorithmId::kDhKemP256).value();
  const SecretBytes here = anchor.KemDh(salt, peer.public_key.view()).value();
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
  const auto refused = anchor.KemDh(SecretArray<32>::CopyOf(std::array<std::uint8_t, 32>{1}), point.view());
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

TEST_F(SoftwareAnchorTest, ErasingTheVaultMakesAnotherKeyForGood) {
  SoftwareAnchor anchor = Open();
  const SecretArray<32> before = anchor.VaultKey().value();
  anchor.EraseVault().value();
  const SecretArray<32> after = anchor.VaultKey().value();
  EXPECT_FALSE(EqualInConstantTime(before.Reveal(), after.Reveal()));
  const SecretArray<32> at_the_next_start = Open().VaultKey().value();
  EXPECT_TRUE(EqualInConstantTime(after.Reveal(), at_the_next_start.Reveal()));
}

TEST_F(SoftwareAnchorTest, FailedErasureLeavesTheKeyAsItWas) {
  SoftwareAnchor anchor = Open();
  const SecretArray<32> before = anchor.VaultKey().value();
  store_.fails = true;
  EXPECT_FALSE(anchor.EraseVault());
  const SecretArray<32> after = anchor.VaultKey().value();
  EXPECT_TRUE(EqualInConstantTime(before.Reveal(), after.Reveal()));
}

// Its file is its keys: only who retired it can still sign for that.
TEST_F(SoftwareAnchorTest, SignsItsRetirementOnceItIsRetired) {
  SoftwareAnchor anchor = Open();
  EXPECT_EQ(anchor.SignRetirement(AsBytes("message")).error().code(), ErrorCode::kBadState);
  ASSERT_TRUE(anchor.Retire());
  EXPECT_TRUE(anchor.SignRetirement(AsBytes("message")));
  EXPECT_EQ(anchor.SignWithIdentity(AsBytes("message")).error().code(), ErrorCode::kForbidden);
  SoftwareAnchor next = Open();
  EXPECT_TRUE(next.is_retired());
  EXPECT_EQ(next.SignRetirement(AsBytes("message")).error().code(), ErrorCode::kForbidden);
}

// Whoever looks before it takes the lock would see an anchor that lives, and write over the end of it.
TEST_F(SoftwareAnchorTest, NoVaultIsMadeAnewWhileItRetires) {
  SoftwareAnchor anchor = Open();
  std::thread other;
  Status erased;
  store_.before_write = [&] {
    if (other.joinable()) return;
    other = std::thread([&] { erased = anchor.EraseVault(); });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  };
  ASSERT_TRUE(anchor.Retire());
  other.join();
  ASSERT_FALSE(erased);
  EXPECT_EQ(erased.error().code(), ErrorCode::kForbidden);
  EXPECT_TRUE(Open().is_retired());
}

TEST_F(SoftwareAnchorTest, CountsAcrossStartsAndTellsNoNumberThatIsNotKept) {
  EXPECT_EQ(Open().counter().Increment().value(), 1U);
  EXPECT_EQ(Open().counter().Increment().value(), 2U);
  SoftwareAnchor anchor = Open();
  store_.fails = true;
  EXPECT_FALSE(anchor.counter().Increment());
  store_.fails = false;
  EXPECT_EQ(anchor.counter().Read().value(), 2U);
  EXPECT_EQ(anchor.RaiseEpoch().value(), 1U);
  EXPECT_EQ(Open().RaiseEpoch().value(), 2U);
}

TEST_F(SoftwareAnchorTest, DamagedNumbersAreAnError) {
  Open().counter().Increment().value();
  store_.objects["software-numbers"].pop_back();
  EXPECT_FALSE(Open().counter().Read());
  EXPECT_FALSE(Open().counter().Increment());
  EXPECT_FALSE(Open().ReadClock());
}

TEST_F(SoftwareAnchorTest, ClockRunsOnAndCountsStarts) {
  SoftwareAnchor first = Open();
  const ports::AnchorTime begin = first.ReadClock().value();
  const ports::AnchorTime later = first.ReadClock().value();
  EXPECT_EQ(begin.resets, 1U);
  EXPECT_EQ(later.resets, 1U);
  EXPECT_GE(later.milliseconds, begin.milliseconds);
  EXPECT_EQ(Open().ReadClock().value().resets, 2U);
}

TEST_F(SoftwareAnchorTest, OwnersKeysFollowTheirSalts) {
  const auto salt = SecretArray<32>::CopyOf(std::array<std::uint8_t, 32>{1});
  const auto other = SecretArray<32>::CopyOf(std::array<std::uint8_t, 32>{2});
  const Bytes key = Open().OwnerPublicKey(salt).value();
  SoftwareAnchor anchor = Open();
  EXPECT_TRUE(Equal(anchor.OwnerPublicKey(salt)->view(), key.view()));
  EXPECT_FALSE(Equal(anchor.OwnerPublicKey(other)->view(), key.view()));
  EXPECT_FALSE(Equal(anchor.IdentityPublicKey()->view(), key.view()));
  const Bytes signature = anchor.SignWithOwnerKey(salt, AsBytes("message")).value();
  constexpr auto kEcdsa = crypto::AlgorithmId::kEcdsaP256Sha256;
  EXPECT_TRUE(TestProvider().Verify(kEcdsa, key.view(), AsBytes("message"), signature.view()));
  EXPECT_FALSE(TestProvider().Verify(kEcdsa, key.view(), AsBytes("massage"), signature.view()));
}

TEST_F(SoftwareAnchorTest, SaysWhatItIs) {
  EXPECT_EQ(Open().kind(), ports::AnchorKind::kSoftware);
}

}  // namespace
}  // namespace edgekeep::anchor
