#include "edgekeep/author/grant.h"

#include "edgekeep/author/epoch_keys.h"
#include "edgekeep/formats/limits.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/key_wraps.h"
#include "support.h"

namespace edgekeep::author {
namespace {

namespace fs = std::filesystem;

// One publisher of its own and one sealed file for all cases; each has its own directory for grants.
class Grants : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared_ = new Shared;
    WriteAll(shared_->directory / "model.bin", Pattern(5000));
    EK_ASSERT_DONE(Seal(TestContext(), shared_->publisher, TestPassphrase(),
                        RequestFor(shared_->directory / "model.bin", shared_->sealed)));
  }

  static void TearDownTestSuite() { delete shared_; }

  Outcome<GrantReport> Grant(std::optional<Epoch> epoch = {}) {
    fs::remove(output_);
    return MakeGrant(TestContext(), publisher(), TestPassphrase(), {sealed_, output_, epoch});
  }

  // The payload of the grant just made, verified as a device does.
  formats::Grant Decoded() {
    bytes_ = ReadAll(output_);
    const auto verified =
        sealing::VerifyObject(TestContext().provider, formats::typ::kGrant, bytes_,
                              publisher().trust().licensors.view(), publisher().trust().required_classes.view());
    EXPECT_TRUE(verified);
    return formats::DecodeGrant(verified->payload()).value();
  }

  EpochKeys Epochs() { return EpochKeys::Open(TestContext(), publisher(), Product(), TestPassphrase()).value(); }

  struct Shared {
    Directory directory;
    Publisher publisher = NewTestPublisher(directory / "acme").value();
    std::string sealed = directory / "a.eks";
  };

  static const Publisher& publisher() { return shared_->publisher; }

  static inline Shared* shared_ = nullptr;
  Directory directory_;
  std::string sealed_ = shared_->sealed;
  std::string output_ = directory_ / "a.ekg";
  Buffer bytes_;
};

TEST_F(Grants, CarryTheContentKeyUnderTheEpochKey) {
  const GrantReport report = Grant().value();
  const formats::Grant grant = Decoded();
  EXPECT_EQ(grant.product.view(), "acme/label-ocr");
  EXPECT_EQ(grant.sequence.value, 3U);
  EXPECT_EQ(grant.sealed_file, report.sealed_file);
  const sealing::EpochKey key = Epochs().KeyOf(TestContext(), grant.epoch).value();
  EXPECT_TRUE(sealing::UnwrapContentKey(TestContext().provider, key, grant));
}

TEST_F(Grants, OfALaterEpochDoNotOpenWithAnEarlierKey) {
  EK_ASSERT_DONE(Grant());
  EpochKeys epochs = Epochs();
  const Epoch before = epochs.current();
  EK_ASSERT_DONE(epochs.BeginNext(TestContext(), TestPassphrase()));
  EXPECT_EQ(Epochs().current().value, before.value + 1);

  EK_ASSERT_DONE(Grant());
  const formats::Grant later = Decoded();
  EXPECT_EQ(later.epoch.value, before.value + 1);
  const sealing::EpochKey old_key = epochs.KeyOf(TestContext(), before).value();
  const auto refused = sealing::UnwrapContentKey(TestContext().provider, old_key, later);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kDenied);

  // The other way round a later key opens an earlier grant, by the chain.
  EK_ASSERT_DONE(Grant(before));
  const sealing::EpochKey new_key = epochs.KeyOf(TestContext(), later.epoch).value();
  const sealing::EpochKey derived =
      sealing::EarlierEpochKey(TestContext().provider, new_key, later.epoch, before).value();
  EXPECT_TRUE(sealing::UnwrapContentKey(TestContext().provider, derived, Decoded()));
}

TEST_F(Grants, AreNotMadeForEpochsThatHaveNotBegun) {
  EK_ASSERT_DONE(Grant());
  ExpectFailure(Grant(Epoch{0}), ErrorCode::kBadArgument, "epoch");
  ExpectFailure(Grant(Epoch{Epochs().current().value + 1}), ErrorCode::kBadArgument, "epoch");
  ExpectFailure(Grant(formats::kLastEpoch), ErrorCode::kBadArgument, "epoch");
  EXPECT_FALSE(fs::exists(output_));
}

TEST_F(Grants, AreNotMadeForAStrangersFile) {
  const Publisher stranger = NewTestPublisher(directory_ / "stranger").value();
  sealed_ = directory_ / "b.eks";
  WriteAll(directory_ / "model.bin", Pattern(10));
  EK_ASSERT_DONE(Seal(TestContext(), stranger, TestPassphrase(), RequestFor(directory_ / "model.bin", sealed_)));
  ExpectFailure(Grant(), ErrorCode::kUntrusted);
  EXPECT_FALSE(fs::exists(output_));
}

TEST_F(Grants, AreNotMadeForADamagedFront) {
  const Buffer good = ReadAll(sealed_);
  sealed_ = directory_ / "damaged.eks";
  for (const std::size_t at : {0U, 20U, 40U, 400U, 1800U, 3000U, 8000U}) {
    Buffer bad = good;
    bad[at] ^= 1;
    WriteAll(sealed_, bad);
    EXPECT_FALSE(Grant()) << at;
  }
  WriteAll(sealed_, Buffer(good.begin(), good.end() - 1));
  ExpectFailure(Grant(), ErrorCode::kMalformed);
}

TEST_F(Grants, NeverOverwriteAndNeverFollowAWrongPassphrase) {
  WriteAll(output_, Pattern(3));
  ExpectFailure(MakeGrant(TestContext(), publisher(), TestPassphrase(), {sealed_, output_, {}}),
                ErrorCode::kAlreadyExists);
  const SecretBytes wrong = SecretBytes::CopyOf(AsBytes("wrong passphrase")).value();
  ExpectFailure(MakeGrant(TestContext(), publisher(), wrong, {sealed_, directory_ / "b.ekg", {}}), ErrorCode::kDenied);
}

TEST_F(Grants, KeepTheirEpochChainEncryptedAndPrivate) {
  EK_ASSERT_DONE(Grant());
  const std::string path = shared_->directory / "acme/epochs/acme__label-ocr.ekk";
  EXPECT_EQ(fs::status(path).permissions(), fs::perms{0600});
  ExpectFailure(EpochKeys::Open(TestContext(), publisher(), Product("globex/x"), TestPassphrase()),
                ErrorCode::kWrongProduct);
  ExpectFailure(EpochKeys::Open(TestContext(), publisher(), Product("acme/unknown"), TestPassphrase()),
                ErrorCode::kNotFound);
}

}  // namespace
}  // namespace edgekeep::author
