#include "edgekeep/anchor/tpm2/tpm2_anchor.h"

#include <array>
#include <thread>

#include "anchored_device.h"
#include "edgekeep/crypto/digest.h"

namespace edgekeep::anchor {
namespace {

class Tpm2AnchorTest : public testing::Test {
 protected:
  AnchoredDevice device_;
};

// What SHA-256 over one PCR's value will be after `filler` was measured into it at a start of the machine.
Digest StateAfter(std::uint8_t filler) {
  const std::array<std::uint8_t, 32> zero{};
  std::array<std::uint8_t, 32> measured{};
  measured.fill(filler);
  const Digest pcr = crypto::Sha256(TestProvider(), {zero, measured}).value();
  return crypto::Sha256(TestProvider(), {pcr.view()}).value();
}

TEST_F(Tpm2AnchorTest, SameKeysAtEveryStart) {
  const auto salt = SecretArray<32>::CopyOf(std::array<std::uint8_t, 32>{1});
  Bytes identity, kem;
  std::vector<std::uint8_t> vault;
  {
    const auto anchor = device_.Open();
    identity = anchor->IdentityPublicKey().value();
    kem = anchor->KemPublicKey(salt).value();
    vault = KeyBytes(*anchor);
    EXPECT_EQ(anchor->kind(), ports::AnchorKind::kTpm2);
    EXPECT_EQ(KeyBytes(*anchor), vault);
  }
  device_.tpm.PowerCycle();
  const auto again = device_.Open();
  const Bytes identity_again = again->IdentityPublicKey().value();
  const Bytes kem_again = again->KemPublicKey(salt).value();
  EXPECT_TRUE(Equal(identity_again.view(), identity.view()));
  EXPECT_TRUE(Equal(kem_again.view(), kem.view()));
  EXPECT_FALSE(Equal(identity.view(), kem.view()));
  // Another salt's is another, and the first one's comes back.
  const Bytes others = again->KemPublicKey(SecretArray<32>::CopyOf(std::array<std::uint8_t, 32>{2})).value();
  EXPECT_FALSE(Equal(others.view(), kem.view()));
  const Bytes back = again->KemPublicKey(salt).value();
  EXPECT_TRUE(Equal(back.view(), kem.view()));
  EXPECT_EQ(KeyBytes(*again), vault);
}

TEST_F(Tpm2AnchorTest, SignsAndAgrees) {
  const auto salt = SecretArray<32>::CopyOf(std::array<std::uint8_t, 32>{1});
  const auto anchor = device_.Open();
  const Bytes identity = anchor->IdentityPublicKey().value();
  const Bytes signature = anchor->SignWithIdentity(AsBytes("message")).value();
  constexpr auto kEcdsa = crypto::AlgorithmId::kEcdsaP256Sha256;
  EXPECT_TRUE(TestProvider().Verify(kEcdsa, identity.view(), AsBytes("message"), signature.view()));
  EXPECT_FALSE(TestProvider().Verify(kEcdsa, identity.view(), AsBytes("massage"), signature.view()));
  constexpr auto kDh = crypto::AlgorithmId::kDhKemP256;
  const Bytes kem = anchor->KemPublicKey(salt).value();
  const crypto::KeyPair peer = TestProvider().GenerateDhKey(kDh).value();
  const SecretBytes here = anchor->KemDh(salt, peer.public_key.view()).value();
  const SecretBytes there = TestProvider().Dh(kDh, peer.private_key.Reveal(), kem.view()).value();
  EXPECT_TRUE(EqualInConstantTime(here.Reveal(), there.Reveal()));
  Bytes point = Bytes::Copy(peer.public_key.view()).value();
  point.mutable_view()[64] ^= 1;
  EXPECT_EQ(CodeOf(anchor->KemDh(salt, point.view())), ErrorCode::kMalformed) << "off the curve";
}

TEST_F(Tpm2AnchorTest, OwnersKeysFollowTheirSalts) {
  const auto salt = SecretArray<32>::CopyOf(std::array<std::uint8_t, 32>{1});
  const auto other = SecretArray<32>::CopyOf(std::array<std::uint8_t, 32>{2});
  const Bytes key = device_.Open()->OwnerPublicKey(salt).value();
  device_.tpm.PowerCycle();
  const auto anchor = device_.Open();
  EXPECT_TRUE(Equal(anchor->OwnerPublicKey(salt)->view(), key.view()));
  EXPECT_FALSE(Equal(anchor->OwnerPublicKey(other)->view(), key.view()));
  EXPECT_FALSE(Equal(anchor->IdentityPublicKey()->view(), key.view()));
  const Bytes signature = anchor->SignWithOwnerKey(salt, AsBytes("message")).value();
  constexpr auto kEcdsa = crypto::AlgorithmId::kEcdsaP256Sha256;
  EXPECT_TRUE(TestProvider().Verify(kEcdsa, key.view(), AsBytes("message"), signature.view()));
  AnchoredDevice stranger;
  EXPECT_FALSE(Equal(stranger.Open()->OwnerPublicKey(salt)->view(), key.view())) << "a salt alone is no key";
}

TEST_F(Tpm2AnchorTest, CounterRisesAndNeverRepeatsAfterACut) {
  std::uint64_t last = 0;
  for (int cut = 0; cut < 3; ++cut) {
    const auto anchor = device_.Open();
    EXPECT_GE(anchor->counter().Read().value(), last);
    for (int i = 0; i < 3; ++i) {
      const std::uint64_t next = anchor->counter().Increment().value();
      EXPECT_GT(next, last);
      last = next;
    }
    EXPECT_EQ(anchor->counter().Read().value(), last);
    device_.tpm.PowerCycle();
  }
}

TEST_F(Tpm2AnchorTest, ClockRunsAndCountsPowerCycles) {
  ports::AnchorTime before;
  {
    const auto anchor = device_.Open();
    before = anchor->ReadClock().value();
    EXPECT_GE(anchor->ReadClock().value().milliseconds, before.milliseconds);
    EXPECT_EQ(anchor->ReadClock().value().resets, before.resets);
  }
  device_.tpm.PowerCycle();
  EXPECT_GT(device_.Open()->ReadClock().value().resets, before.resets);
}

// Told to keep its state, the chip counts the next power-up as a restart; told to forget it, or told nothing, as a
// reset.
TEST_F(Tpm2AnchorTest, CountsPowerCyclesThatAreNoResets) {
  const auto after_shutdown = [this](std::uint8_t type) {
    EXPECT_EQ(device_.tpm.Command(test::TpmCommand(0x8001, 0x145, {0, type})), 0U);
    device_.tpm.PowerCycle();
    return device_.Open()->ReadClock().value();
  };
  constexpr std::uint8_t kClear = 0, kState = 1;
  const ports::AnchorTime before = device_.Open()->ReadClock().value();
  const ports::AnchorTime once = after_shutdown(kState);
  EXPECT_EQ(once.resets, before.resets);
  EXPECT_EQ(once.restarts, before.restarts + 1);
  EXPECT_EQ(after_shutdown(kState).restarts, before.restarts + 2);
  const ports::AnchorTime reset = after_shutdown(kClear);
  EXPECT_EQ(reset.resets, before.resets + 1);
  EXPECT_EQ(reset.restarts, 0U);
}

TEST_F(Tpm2AnchorTest, ServesThreads) {
  const auto anchor = device_.Open();
  const Bytes identity = anchor->IdentityPublicKey().value();
  const auto work = [&] {
    for (int i = 0; i < 5; ++i) {
      const Bytes signature = anchor->SignWithIdentity(AsBytes("message")).value();
      EXPECT_TRUE(TestProvider().Verify(crypto::AlgorithmId::kEcdsaP256Sha256, identity.view(), AsBytes("message"),
                                        signature.view()));
      EXPECT_TRUE(anchor->counter().Increment());
    }
  };
  const std::uint64_t before = anchor->counter().Read().value();
  std::thread first(work), second(work);
  first.join();
  second.join();
  EXPECT_EQ(anchor->counter().Read().value(), before + 10);
}

TEST_F(Tpm2AnchorTest, FindsRoomInAChipThatAnotherLeftFull) {
  // HMAC sessions without salt or binding, until the chip has no slot for another.
  const auto start_session = test::TpmCommand(
      0x8001, 0x176,
      {0x40, 0, 0, 7, 0x40, 0, 0, 7, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0x0b});
  std::uint32_t refused = 0;
  for (int i = 0; i < 10 && refused == 0; ++i) refused = device_.tpm.Command(start_session);
  EXPECT_EQ(refused, 0x903U) << "control: the chip is full";
  EXPECT_FALSE(KeyBytes(*device_.Open()).empty());
}

TEST_F(Tpm2AnchorTest, ApprovedBootStateOpensTheSameVault) {
  std::vector<std::uint8_t> vault;
  {
    const auto anchor = device_.Open();
    vault = KeyBytes(*anchor);
    anchor->ApproveBootState(StateAfter(7)).value();
  }
  device_.tpm.PowerCycle();
  device_.tpm.Extend(7, 7);
  {
    const auto anchor = device_.Open();
    EXPECT_EQ(KeyBytes(*anchor), vault);
    for (std::uint8_t other = 10; other < 20; ++other) EXPECT_TRUE(anchor->ApproveBootState(StateAfter(other)));
    EXPECT_EQ(KeyBytes(*anchor), vault) << "the one that runs stays";
  }
  device_.tpm.PowerCycle();
  EXPECT_EQ(CodeOf(device_.Open()->VaultKey()), ErrorCode::kForbidden) << "of more than eight the oldest went";
  device_.tpm.Extend(7, 19);
  EXPECT_EQ(KeyBytes(*device_.Open()), vault);
}

TEST_F(Tpm2AnchorTest, PcrsThatWereChosenCount) {
  device_.settings.pcrs = 1U << 11 | 1U << 4;
  const auto vault = KeyBytes(*device_.Open());
  device_.settings.pcrs = 1U << 7;
  device_.tpm.Extend(7, 1);
  EXPECT_EQ(KeyBytes(*device_.Open()), vault);
  device_.tpm.Extend(11, 1);
  EXPECT_EQ(CodeOf(device_.Open()->VaultKey()), ErrorCode::kForbidden);
}

TEST_F(Tpm2AnchorTest, WrongSettingsAreRefused) {
  for (const std::uint32_t pcrs : {0U, 0x1ffU, 1U << 24}) {
    device_.settings.pcrs = pcrs;
    EXPECT_EQ(CodeOf(device_.TryOpen()), ErrorCode::kBadArgument) << pcrs;
  }
}

TEST_F(Tpm2AnchorTest, DamagedFileIsAnError) {
  device_.Open();
  const std::vector<std::uint8_t> good = device_.store.objects.at("tpm2-anchor");
  for (const std::size_t size : {std::size_t{0}, std::size_t{8}, std::size_t{60}, good.size() - 1}) {
    device_.store.objects["tpm2-anchor"].assign(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(CodeOf(device_.TryOpen()), ErrorCode::kMalformed) << size;
  }
  device_.store.objects["tpm2-anchor"] = good;
  EXPECT_TRUE(device_.TryOpen()) << "control";
}

TEST(ConnectTpmTest, SaysWhatIsInTheWay) {
  const test::TemporaryDirectory directory;
  EXPECT_EQ(CodeOf(ConnectTpm((directory / "none").c_str())), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(ConnectTpm(directory.path().c_str())), ErrorCode::kBadArgument);
}

}  // namespace
}  // namespace edgekeep::anchor
