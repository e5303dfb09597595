// Attacks on a device's vault by who has its disk, or its chip, or the wire between.
#include <algorithm>
#include <map>

#include "../key_templates.h"
#include "../primary_key.h"
#include "anchored_device.h"
#include "tpm_wire.h"

namespace edgekeep::anchor {
namespace {

class Tpm2AttackTest : public testing::Test {
 protected:
  std::vector<std::uint8_t>& File() { return device_.store.objects.at("tpm2-anchor"); }

  AnchoredDevice device_;
};

bool Contains(const std::vector<std::uint8_t>& all, ByteView part) {
  return std::ranges::search(all, part).begin() != all.end();
}

TEST_F(Tpm2AttackTest, CopiedFilesOpenNothingOnAnotherTpm) {
  const auto vault = KeyBytes(*device_.Open());
  AnchoredDevice clone;
  clone.store.objects = device_.store.objects;
  EXPECT_EQ(CodeOf(clone.TryOpen()), ErrorCode::kWrongDevice);
  // A chip that was another device's before.
  AnchoredDevice other;
  EXPECT_NE(KeyBytes(*other.Open()), vault);
  other.store.objects = device_.store.objects;
  EXPECT_EQ(CodeOf(other.TryOpen()), ErrorCode::kWrongDevice);
  EXPECT_EQ(KeyBytes(*device_.Open()), vault) << "control: its own chip opens it";
}

TEST_F(Tpm2AttackTest, OldApprovedBootStateDoesNotOpenAfterAnEpochRise) {
  std::vector<std::uint8_t> vault;
  {
    const auto anchor = device_.Open();
    vault = KeyBytes(*anchor);
  }
  const std::vector<std::uint8_t> old_file = File();
  device_.tpm.PowerCycle();
  EXPECT_EQ(KeyBytes(*device_.Open()), vault) << "control: before the rise it does";
  {
    const auto anchor = device_.Open();
    const std::uint64_t first = anchor->RaiseEpoch().value();
    EXPECT_EQ(KeyBytes(*anchor), vault) << "the state that runs goes on, with what it has";
    EXPECT_EQ(anchor->RaiseEpoch().value(), first + 1);
    EXPECT_EQ(KeyBytes(*anchor), vault);
  }
  const std::vector<std::uint8_t> new_file = File();
  File() = old_file;
  EXPECT_EQ(CodeOf(device_.Open()->VaultKey()), ErrorCode::kForbidden) << "the chip refuses what was approved before";
  File() = new_file;
  EXPECT_EQ(KeyBytes(*device_.Open()), vault) << "control";
}

TEST_F(Tpm2AttackTest, BootStateThatNobodyApprovedOpensNothing) {
  device_.Open();
  device_.tpm.Extend(7, 1);
  EXPECT_EQ(CodeOf(device_.Open()->VaultKey()), ErrorCode::kForbidden);
  // The attacker names this state as the approved one: the first of the list, after 8 + 1 + 4 + 65 + 60 + 1 bytes.
  const Digest state = [&] {
    AnchoredDevice twin;
    twin.tpm.Extend(7, 1);
    twin.Open();
    const auto& file = twin.store.objects.at("tpm2-anchor");
    return Digest::From(ByteView(file).subspan(139, 32)).value();
  }();
  std::ranges::copy(state.view(), File().begin() + 139);
  EXPECT_EQ(CodeOf(device_.Open()->VaultKey()), ErrorCode::kBadSignature);
}

TEST_F(Tpm2AttackTest, AttackersAuthorityIsNotThisDevices) {
  device_.Open();
  AnchoredDevice attackers;
  attackers.Open();
  File() = attackers.store.objects.at("tpm2-anchor");
  EXPECT_EQ(CodeOf(device_.TryOpen()), ErrorCode::kWrongDevice);
}

TEST_F(Tpm2AttackTest, ErasedVaultStaysErased) {
  std::vector<std::uint8_t> vault;
  std::vector<std::uint8_t> old_file;
  {
    const auto anchor = device_.Open();
    vault = KeyBytes(*anchor);
    old_file = File();
    anchor->EraseVault().value();
    EXPECT_NE(KeyBytes(*anchor), vault);
  }
  EXPECT_NE(KeyBytes(*device_.Open()), vault);
  File() = old_file;
  EXPECT_EQ(CodeOf(device_.TryOpen()), ErrorCode::kWrongDevice) << "a disk from before the erasure";
}

TEST_F(Tpm2AttackTest, RetiredChipDoesNothingWhateverTheDiskShows) {
  std::map<std::string, std::vector<std::uint8_t>, std::less<>> before;
  {
    const auto anchor = device_.Open();
    before = device_.store.objects;
    EXPECT_TRUE(anchor->SignWithIdentity(AsBytes("message"))) << "control";
    EXPECT_FALSE(anchor->is_retired());
    EXPECT_EQ(CodeOf(anchor->SignRetirement(AsBytes("message"))), ErrorCode::kBadState);
    anchor->Retire().value();
    anchor->Retire().value();
    EXPECT_TRUE(anchor->SignRetirement(AsBytes("message")));
    EXPECT_EQ(CodeOf(anchor->SignWithIdentity(AsBytes("message"))), ErrorCode::kForbidden);
  }
  const auto expect_retired = [&] {
    const auto anchor = device_.Open();
    EXPECT_TRUE(anchor->is_retired());
    EXPECT_EQ(CodeOf(anchor->VaultKey()), ErrorCode::kForbidden);
    EXPECT_EQ(CodeOf(anchor->SignWithIdentity(AsBytes("message"))), ErrorCode::kForbidden);
    EXPECT_EQ(CodeOf(anchor->EraseVault()), ErrorCode::kForbidden) << "no new one either";
    EXPECT_TRUE(anchor->SignRetirement(AsBytes("message"))) << "whose certificate was cut";
  };
  expect_retired();
  device_.store.objects = before;
  expect_retired();
  device_.store.objects.clear();
  expect_retired();
  // What the chip's owner can take away is the mark, not what was overwritten and removed.
  const auto undefine = test::TpmCommand(
      0x8002, 0x122, {0x40, 0, 0, 0x01, 0x01, 0x8e, 0x4b, 0x04, 0, 0, 0, 9, 0x40, 0, 0, 9, 0, 0, 0, 0, 0});
  ASSERT_EQ(device_.tpm.Command(undefine), 0U);
  device_.store.objects = before;
  EXPECT_EQ(CodeOf(device_.TryOpen()), ErrorCode::kWrongDevice);
}

// Group tss can define that index, and other software may have.
TEST_F(Tpm2AttackTest, MarkThatAnybodySetEndsNoDevice) {
  const auto vault = KeyBytes(*device_.Open());
  const auto define = [this](std::uint8_t size) {
    return device_.tpm.Command(test::TpmCommand(
        0x8002, 0x12a, {0x40, 0, 0,  0x01, 0,    0,    0, 9, 0x40, 0,    0,    9, 0,    0, 0, 0, 0,   0,
                        0,    0, 14, 1,    0x8e, 0x4b, 4, 0, 0x0b, 0x02, 0x04, 0, 0x04, 0, 0, 0, size}));
  };
  const auto undefine = [this](std::uint8_t last) {
    return device_.tpm.Command(test::TpmCommand(
        0x8002, 0x122, {0x40, 0, 0, 0x01, 0x01, 0x8e, 0x4b, last, 0, 0, 0, 9, 0x40, 0, 0, 9, 0, 0, 0, 0, 0}));
  };
  for (const std::uint8_t size : {std::uint8_t{1}, std::uint8_t{8}}) {
    ASSERT_EQ(define(size), 0U);
    {
      const auto anchor = device_.Open();
      EXPECT_FALSE(anchor->is_retired());
      EXPECT_EQ(KeyBytes(*anchor), vault);
      EXPECT_EQ(CodeOf(anchor->SignRetirement(AsBytes("message"))), ErrorCode::kBadState);
    }
    if (size == 1) {
      ASSERT_EQ(undefine(4), 0U);
    }
  }
  // Control: without the vault's random as well, which ends a device either way (THREAT_MODEL T20).
  ASSERT_EQ(undefine(1), 0U);
  EXPECT_EQ(CodeOf(device_.TryOpen()), ErrorCode::kWrongDevice) << "another area is no mark";
  ASSERT_EQ(undefine(4), 0U);
  ASSERT_EQ(define(1), 0U);
  EXPECT_TRUE(device_.Open()->is_retired());
}

// What others put in its place holds up no retirement.
TEST_F(Tpm2AttackTest, IndexInTheMarksPlaceHoldsUpNoRetirement) {
  device_.Open();
  const auto define =
      test::TpmCommand(0x8002, 0x12a, {0x40, 0, 0,  0x01, 0,    0,    0, 9, 0x40, 0,    0,    9, 0,    0, 0, 0, 0, 0,
                                       0,    0, 14, 1,    0x8e, 0x4b, 4, 0, 0x0b, 0x02, 0x04, 0, 0x04, 0, 0, 0, 8});
  ASSERT_EQ(device_.tpm.Command(define), 0U);
  device_.Open()->Retire().value();
  EXPECT_TRUE(device_.Open()->is_retired());
}

TEST_F(Tpm2AttackTest, ErasureIsForGoodThoughTheDiskNeverHearsOfIt) {
  const auto anchor = device_.Open();
  const auto vault = KeyBytes(*anchor);
  EXPECT_EQ(KeyBytes(*anchor), vault) << "control";
  device_.store.fails = true;
  EXPECT_FALSE(anchor->EraseVault());
  device_.store.fails = false;
  EXPECT_NE(KeyBytes(*anchor), vault);
}

TEST_F(Tpm2AttackTest, ClearedTpmIsAnother) {
  device_.Open();
  // TPM2_Clear by who has the empty lockout password.
  const auto clear = test::TpmCommand(0x8002, 0x126, {0x40, 0, 0, 0x0a, 0, 0, 0, 9, 0x40, 0, 0, 9, 0, 0, 0, 0, 0});
  ASSERT_EQ(device_.tpm.Command(clear), 0U);
  EXPECT_EQ(CodeOf(device_.TryOpen()), ErrorCode::kWrongDevice);
}

TEST_F(Tpm2AttackTest, LostFileCostsNotTheVault) {
  const auto vault = KeyBytes(*device_.Open());
  const auto kept = device_.store.objects;
  device_.store.objects.clear();
  EXPECT_EQ(CodeOf(device_.TryOpen()), ErrorCode::kBadState);
  device_.store.objects = kept;
  EXPECT_EQ(KeyBytes(*device_.Open()), vault);
}

// No chip of silicon lets anybody do it. A TPM that is a file on a disk (swtpm, a virtual machine's) is rolled back
// with that disk, and nothing here notices.
TEST_F(Tpm2AttackTest, TpmThatIsPutBackIsNotDetected) {
  device_.Open();
  device_.tpm.PowerOff();
  const auto state = device_.tpm.TakeState();
  device_.tpm.PowerOn();
  std::uint64_t before = 0;
  {
    const auto anchor = device_.Open();
    before = anchor->counter().Read().value();
    EXPECT_EQ(anchor->counter().Increment().value(), before + 1);
  }
  device_.tpm.PowerOff();
  device_.tpm.PutState(state);
  device_.tpm.PowerOn();
  EXPECT_EQ(device_.Open()->counter().Read().value(), before);
}

TEST_F(Tpm2AttackTest, PowerCutsDoNotLockTheDeviceOut) {
  const auto vault = KeyBytes(*device_.Open());
  for (int cut = 0; cut < 5; ++cut) {
    const auto anchor = device_.Open();
    EXPECT_EQ(KeyBytes(*anchor), vault);
    EXPECT_TRUE(anchor->SignWithIdentity(AsBytes("message")));
    device_.tpm.PowerCycle();
  }
}

TEST_F(Tpm2AttackTest, SecretsAreNotHeardOnTheWire) {
  TpmWire wire(device_.Connect(), [](int) { return true; });
  auto anchor = Tpm2Anchor::OpenOrMake(TestProvider(), device_.store, wire.anchor_end(), device_.settings).value();
  const auto vault = KeyBytes(*anchor);
  const crypto::KeyPair peer = TestProvider().GenerateDhKey(crypto::AlgorithmId::kDhKemP256).value();
  const auto salt = SecretArray<32>::CopyOf(std::array<std::uint8_t, 32>{1});
  const SecretBytes shared = anchor->KemDh(salt, peer.public_key.view()).value();
  const Bytes kem = anchor->KemPublicKey(salt).value();
  anchor.reset();
  const std::vector<std::uint8_t> heard = wire.Heard();
  EXPECT_TRUE(Contains(heard, kem.view().subspan(1, 32))) << "control: what is public is heard";
  EXPECT_FALSE(Contains(heard, vault));
  EXPECT_FALSE(Contains(heard, shared.Reveal()));
}

// Who recorded the wire and has the chip later asks it for the salt of a session, in a boot state of their own.
TEST_F(Tpm2AttackTest, ChipGivesNoRecordedSaltAway) {
  const auto tpm = Tpm::Open(device_.Connect(), std::chrono::seconds(30)).value();
  const crypto::KeyPair recorded = TestProvider().GenerateDhKey(crypto::AlgorithmId::kDhKemP256).value();
  TPM2B_ECC_POINT point{};
  point.point = ToTpmPoint(recorded.public_key.view());
  const auto asked = [&](const TPM2B_PUBLIC& key_template) {
    const PrimaryKey key = PrimaryKey::Make(*tpm, ESYS_TR_RH_OWNER, key_template).value();
    const Loaded loaded = key.Load().value();
    Owned<TPM2B_ECC_POINT> shared(tpm->calls());
    return tpm->calls().ECDH_ZGen(tpm->context(), loaded.get(), ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &point,
                                  shared.out());
  };
  EXPECT_EQ(asked(AgreementKeyTemplate(Digest())), 0U) << "control: a key for agreements would";
  EXPECT_NE(asked(SaltKeyTemplate(Digest())), 0U);
}

}  // namespace
}  // namespace edgekeep::anchor
