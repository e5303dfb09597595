#include "edgekeep/core/open.h"

#include "edgekeep/base/testing/expect_error.h"
#include "fixture/device_fixture.h"

namespace edgekeep::core {
namespace {

using fixture::Buffer;
using fixture::DeviceFixture;
using fixture::kNow;
using fixture::TestProvider;

class OpenTest : public testing::Test, protected DeviceFixture {
 protected:
  OpenTest() {
    facts_.generation = 7;
    facts_.product = use.product;
    facts_.version = {{3}, VersionText::Truncated("1.0")};
    facts_.epoch = {4};
    facts_.canonical.file_size = 10000;
    facts_.prepared = PreparedFacts{{{}, {}, 20000}, formats::EngineKey::Truncated("engine-1/cpu")};
    facts_.installed_at = kNow;
  }

  Bytes Stored() const {
    return MakeRecord(TestProvider(), device.vault(), publisher.KeyOf({4}), keys_, facts_).value();
  }

  AuthenticRecord Record() const { return CheckRecord(device.vault(), use.product, Stored()).value(); }

  VerifiedLicence Licensed(const fixture::Edit<formats::Licence>& edit = {}) const {
    return Verify(publisher.Licence(device, edit)).value();
  }

  RecordFacts facts_;
  SlotKeys keys_ = NewSlotKeys(TestProvider()).value();
};

TEST_F(OpenTest, GivesTheSlotKeysBack) {
  const auto decision = DecideOpen(device, Record(), Licensed());
  EK_ASSERT_OK(decision);
  EXPECT_TRUE(fixture::SameKey(decision->canonical_key().key, keys_.canonical.key));
  ASSERT_TRUE(decision->prepared_key());
  EXPECT_TRUE(fixture::SameKey(decision->prepared_key()->key, keys_.prepared.key));
}

TEST_F(OpenTest, ExportIsForbiddenBeforeAnyKeyIsUsedUnlessTheLicenceAllowsIt) {
  const AuthenticRecord record = Record();
  const VerifiedLicence without = Licensed();
  const VerifiedLicence with = Licensed([](auto& l) { l.terms.allows_export = true; });
  const int uses = anchor.num_kem_uses();
  EK_EXPECT_ERROR(DecideExport(device, record, without), ErrorCode::kForbidden);
  EXPECT_EQ(anchor.num_kem_uses(), uses);
  const auto decision = DecideExport(device, record, with);
  EK_ASSERT_OK(decision);
  EXPECT_GT(anchor.num_kem_uses(), uses) << "control: the count notices a use";
  EXPECT_TRUE(fixture::SameKey(decision->canonical_key().key, keys_.canonical.key));
  // What may be exported may be opened, and what may be opened not yet exported.
  EK_ASSERT_OK(DecideOpen(device, record, without));
}

TEST_F(OpenTest, WithoutPreparedFormThereIsNoPreparedKey) {
  facts_.prepared.reset();
  EXPECT_FALSE(DecideOpen(device, Record(), Licensed())->prepared_key());
}

TEST_F(OpenTest, RecordIsWorthlessOnAnotherDevice) {
  const DeviceFixture other;
  EK_EXPECT_ERROR(CheckRecord(other.device.vault(), use.product, Stored()), ErrorCode::kDenied);
  EK_ASSERT_OK(CheckRecord(device.vault(), use.product, Stored()));
}

TEST_F(OpenTest, RecordOfAnotherProductIsDenied) {
  EK_EXPECT_ERROR(CheckRecord(device.vault(), ProductName::Parse("acme/other").value(), Stored()), ErrorCode::kDenied);
}

TEST_F(OpenTest, EveryFlippedByteAndTruncationOfARecordIsDenied) {
  const Bytes stored = Stored();
  for (std::size_t i = 0; i < stored.size(); ++i) {
    Bytes flipped = Bytes::Copy(stored.view()).value();
    flipped.mutable_view()[i] ^= 0x04;
    EK_EXPECT_ERROR(CheckRecord(device.vault(), use.product, std::move(flipped)), ErrorCode::kDenied);
    EK_EXPECT_ERROR(CheckRecord(device.vault(), use.product, Bytes::Copy(stored.view().first(i)).value()),
                    ErrorCode::kDenied);
  }
}

TEST_F(OpenTest, LicenceOfAnEarlierEpochOpensNothing) {
  const auto of_epoch = [](std::uint64_t epoch) { return [=](formats::Licence& l) { l.epoch = {epoch}; }; };
  EK_EXPECT_ERROR(DecideOpen(device, Record(), Licensed(of_epoch(3))), ErrorCode::kWrongVersion);
  EK_ASSERT_OK(DecideOpen(device, Record(), Licensed(of_epoch(4))));
}

// The epoch is not a number that is checked and then forgotten: the slot keys do not unwrap without K of that epoch.
TEST_F(OpenTest, SlotKeysNeedTheEpochKey) {
  const fixture::TestPublisher namesake;
  const Bytes stored = MakeRecord(TestProvider(), device.vault(), namesake.KeyOf({4}), keys_, facts_).value();
  const auto record = CheckRecord(device.vault(), use.product, Bytes::Copy(stored.view()).value());
  EK_ASSERT_OK(record);
  EK_EXPECT_ERROR(DecideOpen(device, *record, Licensed()), ErrorCode::kDenied);
}

TEST_F(OpenTest, LicenceVerifiedForSomethingElse) {
  use.sequence = {2};
  EK_EXPECT_ERROR(DecideOpen(device, Record(), Licensed([](auto& l) { l.terms.last_sequence = {2}; })),
                  ErrorCode::kWrongVersion);
  use.product = ProductName::Parse("acme/other").value();
  const VerifiedLicence other = Licensed([](auto& l) { l.product = ProductName::Parse("acme/other").value(); });
  use.product = ProductName::Parse(fixture::kProduct).value();
  EK_EXPECT_ERROR(DecideOpen(device, Record(), other), ErrorCode::kWrongProduct);
}

TEST_F(OpenTest, PreparedFormIsExchangedUnderTheNextGeneration) {
  const AuthenticRecord before = Record();
  const Bytes without = MakeRecordWithoutPrepared(device.vault(), before).value();
  const auto bare = CheckRecord(device.vault(), use.product, Bytes::Copy(without.view()).value()).value();
  EXPECT_EQ(bare.record().generation, 8U);
  EXPECT_FALSE(bare.record().prepared);
  const SlotKeys fresh = NewSlotKeys(TestProvider()).value();
  const PreparedFacts prepared{{{}, {}, 30000}, formats::EngineKey::Truncated("engine-2/cpu")};
  const Bytes with =
      MakeRecordWithPrepared(TestProvider(), device.vault(), publisher.KeyOf({4}), bare, fresh.prepared, prepared)
          .value();
  const auto after = CheckRecord(device.vault(), use.product, Bytes::Copy(with.view()).value()).value();
  EXPECT_EQ(after.record().generation, 9U);
  const auto decision = DecideOpen(device, after, Licensed());
  EK_ASSERT_OK(decision);
  EXPECT_TRUE(fixture::SameKey(decision->prepared_key()->key, fresh.prepared.key));
  EXPECT_TRUE(fixture::SameKey(decision->canonical_key().key, keys_.canonical.key));
}

TEST_F(OpenTest, KeysAreFreshEveryTime) {
  const SlotKeys other = NewSlotKeys(TestProvider()).value();
  EXPECT_FALSE(fixture::SameKey(other.canonical.key, keys_.canonical.key));
  EXPECT_FALSE(fixture::SameKey(other.canonical.key, other.prepared.key));
}

}  // namespace
}  // namespace edgekeep::core
