#include <array>
#include <memory>
#include <string>
#include <vector>

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/core/fresh_store.h"
#include "fixture/bound_store.h"

namespace edgekeep::core {
namespace {

using fixture::TestProvider;
using Contents = fixture::PoweredStore::Contents;

using fixture::kMaxSize;
using fixture::TextOf;

class StateRootTest : public fixture::BoundStore {};

TEST_F(StateRootTest, WhatWasWrittenComesBackAfterARestart) {
  EXPECT_EQ(Read("calls"), "not-found");
  EK_ASSERT_OK(Write("calls", "one"));
  EK_ASSERT_OK(store_->ReplaceOf(product_, "record.0", AsBytes("two")));
  Restart();
  EXPECT_EQ(Read("calls"), "one");
  EXPECT_EQ(TextOf(store_->ReadOf(product_, "record.0", kMaxSize)), "two");
  EXPECT_EQ(Read("record.0"), "not-found") << "a product's object is not the device's";
}

TEST_F(StateRootTest, AnOlderDiskIsDenied) {
  EK_ASSERT_OK(Write("calls", "1 call"));
  const Contents older = disk_.contents;
  EK_ASSERT_OK(Write("calls", "1000 calls"));
  const Contents newer = disk_.contents;
  disk_.contents = older;
  Restart();
  EXPECT_EQ(Read("calls"), "denied");
  EXPECT_EQ(Read("trust"), "denied") << "nothing is believed of such a disk, and nothing begun anew";
  EK_EXPECT_ERROR(Write("calls", "0 calls"), ErrorCode::kDenied);
  disk_.contents = newer;
  Restart();
  EXPECT_EQ(Read("calls"), "1000 calls") << "the control: its own disk opens";
}

TEST_F(StateRootTest, AnOlderObjectIsDenied) {
  EK_ASSERT_OK(Write("calls", "1 call"));
  const auto older = disk_.contents.at("calls");
  EK_ASSERT_OK(Write("calls", "1000 calls"));
  disk_.contents.at("calls") = older;
  Restart();
  EXPECT_EQ(Read("calls"), "1000 calls") << "the last change of all is in the state itself";
  EK_ASSERT_OK(Write("policies", "ours"));
  disk_.contents.at("calls") = older;
  Restart();
  EXPECT_EQ(Read("calls"), "denied");
  disk_.contents.erase("calls");
  EXPECT_EQ(Read("calls"), "denied") << "taken away is no way to begin anew";
  EK_ASSERT_OK(Write("calls", "0 calls"));
  EXPECT_EQ(Read("calls"), "0 calls") << "who may write decides what a damaged object is worth";
}

TEST_F(StateRootTest, AnAnchorThatIsPutBackWithItsDiskIsNotNoticed) {
  EK_ASSERT_OK(Write("calls", "1 call"));
  const Contents older = disk_.contents;
  const std::uint64_t counter = counter_.value;
  EK_ASSERT_OK(Write("calls", "1000 calls"));
  disk_.contents = older;
  counter_.value = counter;
  Restart();
  EXPECT_EQ(Read("calls"), "1 call") << "THREAT_MODEL says so";
}

TEST_F(StateRootTest, AnotherDevicesStateIsDenied) {
  EK_ASSERT_OK(Write("calls", "mine"));
  fixture::MemoryAnchor stranger;
  const Vault other = Vault::Unlock(TestProvider(), stranger).value();
  FreshStore clone(TestProvider(), other, disk_, counter_);
  EXPECT_EQ(TextOf(clone.Read("calls", kMaxSize)), "denied");
}

// The attack on a counter that is a number and nothing else: two states that both claim the next value.
TEST_F(StateRootTest, AWriteThatWasCutDoesNotComeBackInPlaceOfALaterOne) {
  EK_ASSERT_OK(Write("licence", "lent"));
  const Contents before = disk_.contents;
  power_.CutAt(1);  // the state is on the disk, the counter has not risen
  EK_EXPECT_ERROR(Write("licence", "lent for longer"), ErrorCode::kIo);
  const Contents kept = disk_.contents;
  disk_.contents = before;
  Restart();
  EXPECT_EQ(Read("licence"), "lent");
  EK_ASSERT_OK(Write("licence", "given back"));
  disk_.contents = kept;
  Restart();
  EXPECT_EQ(Read("licence"), "denied");
}

TEST_F(StateRootTest, OneDamagedCopyIsNoLoss) {
  EK_ASSERT_OK(Write("calls", "one"));
  const Contents whole = disk_.contents;
  for (const char* name : {"state.0", "state.1"}) {
    disk_.contents = whole;
    disk_.contents.at(name)[9] ^= 1;
    Restart();
    EXPECT_EQ(Read("calls"), "one") << name;
    disk_.contents = whole;
    disk_.contents.erase(name);
    Restart();
    EXPECT_EQ(Read("calls"), "one") << name;
    EXPECT_EQ(disk_.contents.count(name), 1U) << "and is there again";
    disk_.contents = whole;
    disk_.unreadable = name;
    Restart();
    EXPECT_EQ(Read("calls"), "one") << name;
    disk_.unreadable.clear();
    EK_ASSERT_OK(Write("calls", "one"));
  }
  for (const char* name : {"state.0", "state.1"}) disk_.contents[name].assign(kMaxStoredStateSize + 1, 0);
  Restart();
  EXPECT_EQ(Read("calls"), "denied");
  for (const char* name : {"state.0", "state.1"}) disk_.contents.erase(name);
  Restart();
  EXPECT_EQ(Read("calls"), "not-found") << "an empty device, that has to be initialised";
}

TEST_F(StateRootTest, ADiskThatDoesNotAnswerIsNoOlderOne) {
  EK_ASSERT_OK(Write("calls", "one"));
  disk_.contents.erase("state.1");
  disk_.unreadable = "state.0";
  Restart();
  EXPECT_EQ(Read("calls"), "io");
  disk_.unreadable.clear();
  EXPECT_EQ(Read("calls"), "one");
}

// A rename that was seen and not synced would be gone after a cut, and the counter would not.
TEST_F(StateRootTest, WritesAnewWhatMayNotBeDurableBeforeItCounts) {
  EK_ASSERT_OK(Write("calls", "one"));
  const Contents durable = disk_.contents;
  power_.CutAt(1);
  EK_EXPECT_ERROR(Write("calls", "two"), ErrorCode::kIo);
  power_.Back();
  disk_.read_only = true;  // the same keep looks again, on a disk that takes nothing any more
  EXPECT_EQ(Read("calls"), "read-only");
  disk_.contents = durable;
  disk_.read_only = false;
  Restart();
  EXPECT_EQ(Read("calls"), "one") << "nothing that is gone was made to count";
}

TEST_F(StateRootTest, WhatAProductReachedOutlivesItsFiles) {
  EXPECT_FALSE(store_->BarOf(product_).value());
  EK_ASSERT_OK(store_->RaiseBar(product_, {.product = {}, .licence_issued_at = {5}, .version = {3}}));
  EK_ASSERT_OK(store_->ReplaceOf(product_, "record.0", AsBytes("record")));
  disk_.contents.erase("acme/label-ocr/record.0");
  disk_.contents.erase("state.0");
  Restart();
  const std::uint64_t counter = counter_.value;
  EK_ASSERT_OK(store_->RaiseBar(product_, {.product = {}, .licence_issued_at = {4}, .version = {2}}));
  EXPECT_EQ(counter_.value, counter) << "nothing is higher";
  EK_ASSERT_OK(store_->RaiseBar(product_, {.product = {}, .licence_issued_at = {4}, .security_epoch = 1}));
  Restart();
  const ProductBar bar = store_->BarOf(product_).value().value();
  EXPECT_EQ(bar.licence_issued_at.value, 5U);
  EXPECT_EQ(bar.version.value, 3U);
  EXPECT_EQ(bar.security_epoch, 1U);
}

TEST_F(StateRootTest, WhichLicenceAProductHadLastOutlivesItsFiles) {
  constexpr formats::LicenceId kOne(std::array<std::uint8_t, 16>{1}), kOther(std::array<std::uint8_t, 16>{2});
  const ProductName other = ProductName::Parse("acme/other").value();
  EXPECT_EQ(store_->NewestLicence().value(), UnixTime{});
  EK_ASSERT_OK(store_->RaiseBar(product_, {.product = {}, .licence_issued_at = {5}, .licence = kOne}));
  EK_ASSERT_OK(store_->RaiseBar(other, {.product = {}, .licence_issued_at = {9}, .licence = kOther}));
  EK_ASSERT_OK(
      store_->RaiseBar(product_, {.product = {}, .licence_issued_at = {4}, .licence = kOther, .version = {1}}));
  Restart();
  EXPECT_EQ(store_->BarOf(product_).value()->licence, kOne);
  EK_ASSERT_OK(store_->RaiseBar(product_, {.product = {}, .licence_issued_at = {5}, .licence = kOther}));
  EK_ASSERT_OK(store_->RaiseBar(product_, {.product = {}, .version = {2}}));
  Restart();
  EXPECT_EQ(store_->BarOf(product_).value()->licence, kOther) << "of two issued at once the last";
  EXPECT_EQ(store_->NewestLicence().value(), UnixTime{9});
}

TEST_F(StateRootTest, EndsWithAReplacementWhatIsSaid) {
  const ProductName other = ProductName::Parse("acme/other").value();
  for (std::uint64_t cut = 0; cut <= 4; ++cut) {
    Restart();
    for (const ProductName& product : {product_, other}) {
      ProductBar bar;
      bar.licence = formats::LicenceId({static_cast<std::uint8_t>(1 + cut)});
      bar.licence_issued_at = {100 + cut};
      EK_ASSERT_OK(store_->RaiseBar(product, bar));
    }
    EK_ASSERT_OK(store_->ReplaceValues(0, {.user = 1000}, AsBytes("values")));
    const std::string text = "owner " + std::to_string(cut);
    if (cut < 4) power_.CutAt(cut);
    const Status done = store_->ReplaceAndEnd("owner", AsBytes(text), {.licences_but = {&other, 1}, .values = true});
    Restart();
    const bool is_new = Read("owner") == text;
    EXPECT_TRUE(is_new || !done);
    EXPECT_EQ(store_->BarOf(product_).value()->returned_issued_at, (UnixTime{is_new ? 100 + cut : 0}));
    EXPECT_EQ(store_->BarOf(other).value()->returned_issued_at, UnixTime{}) << "it stays";
    EXPECT_EQ(store_->HasValues(0).value(), !is_new);
    EXPECT_EQ(disk_.contents.at("values.0").empty(), is_new) << "a start empties what was deleted";
    EXPECT_EQ(store_->Applications()->size(), 1U) << "what an application owes it goes on owing";
    EK_ASSERT_OK(store_->ReplaceAndEnd("owner", AsBytes("end"), {.licences_but = {}, .values = false}));
    EXPECT_EQ(store_->BarOf(other).value()->returned, formats::LicenceId({static_cast<std::uint8_t>(1 + cut)}));
    disk_.contents.clear();
  }
}

TEST_F(StateRootTest, ADeletionThatWasCutIsFinishedByTheNextStart) {
  EK_ASSERT_OK(store_->ReplaceValues(0, {.user = 1000}, AsBytes("theirs")));
  EK_ASSERT_OK(store_->ReplaceValues(1, {.user = 1001}, AsBytes("another's")));
  power_.CutAt(2);  // the state counts, its file was not emptied
  static_cast<void>(store_->ReplaceValues(0, {.user = 1000}, {}).has_value());
  EXPECT_FALSE(disk_.contents.at("values.0").empty());
  disk_.read_only = true;
  Restart();
  EXPECT_FALSE(store_->HasValues(0).value()) << "a disk that takes nothing ends no start";
  disk_.read_only = false;
  Restart();
  EXPECT_FALSE(store_->HasValues(0).value());
  EXPECT_TRUE(disk_.contents.at("values.0").empty());
  const std::uint64_t num_steps = power_.num_steps();
  Restart();
  EXPECT_FALSE(store_->HasValues(0).value());
  EXPECT_EQ(power_.num_steps(), num_steps) << "a start that finds them empty writes nothing";
  EXPECT_EQ(AsText(store_->ReadValues(1, 100)->view()), "another's") << "the control: what was not deleted";
}

TEST_F(StateRootTest, ReadsWhatWasCutFromADiskThatTakesNothing) {
  EK_ASSERT_OK(Write("calls", "one"));
  power_.CutAt(3);  // the counter has risen, the object was not written
  EK_ASSERT_OK(Write("calls", "two"));
  power_.Back();
  disk_.read_only = true;
  store_ = std::make_unique<FreshStore>(TestProvider(), vault_, disk_, counter_);
  EXPECT_EQ(Read("calls"), "two");
  EK_EXPECT_ERROR(Write("calls", "three"), ErrorCode::kReadOnly);
  EXPECT_EQ(Read("calls"), "two");
  disk_.read_only = false;
  EK_ASSERT_OK(Write("calls", "three"));
  Restart();
  EXPECT_EQ(Read("calls"), "three");
}

TEST_F(StateRootTest, AnErasedSlotsLicenceIsForgotten) {
  EK_ASSERT_OK(store_->ReplaceOf(product_, "licence.1", AsBytes("terms")));
  const auto licence = disk_.contents.at("acme/label-ocr/licence.1");
  EK_ASSERT_OK(store_->EraseSlot(product_, 1));
  const std::uint64_t counter = counter_.value;
  EK_ASSERT_OK(store_->EraseSlot(product_, 1));
  EXPECT_EQ(counter_.value, counter) << "nothing to forget wears nothing out";
  disk_.contents["acme/label-ocr/licence.1"] = licence;
  Restart();
  EXPECT_EQ(TextOf(store_->ReadOf(product_, "licence.1", kMaxSize)), "not-found");
}

TEST_F(StateRootTest, TheCounterRisesOnceAChangeAndOnceMoreAfterAStart) {
  EK_ASSERT_OK(Write("calls", "one"));
  const std::uint64_t counter = counter_.value;
  for (int i = 0; i < 10; ++i) EK_ASSERT_OK(Write("calls", std::to_string(i)));
  EXPECT_EQ(counter_.value, counter + 10);
  EK_ASSERT_OK(Write("calls", "9"));
  EK_ASSERT_OK(Write("time", "unbound"));
  Restart();
  EXPECT_EQ(Read("calls"), "9");
  EXPECT_EQ(counter_.value, counter + 10) << "looking wears nothing out";
  EK_ASSERT_OK(Write("calls", "ten"));
  EXPECT_EQ(counter_.value, counter + 12);
}

TEST_F(StateRootTest, AnAnchorThatDoesNotAnswerIsNoFreshDevice) {
  EK_ASSERT_OK(Write("calls", "one"));
  Restart();
  counter_.fails = true;
  EXPECT_EQ(Read("calls"), "io");
  EK_EXPECT_ERROR(Write("calls", "two"), ErrorCode::kIo);
  counter_.fails = false;
  EXPECT_EQ(Read("calls"), "one") << "and answers again without a restart";
}

TEST_F(StateRootTest, HoldsAsManyObjectsAsADeviceHas) {
  for (std::size_t i = 0; i < kMaxStateLeaves; ++i) EK_ASSERT_OK(Write("o" + std::to_string(i), std::to_string(i)));
  EK_EXPECT_ERROR(Write("one-more", "x"), ErrorCode::kTooLarge);
  Restart();
  for (std::size_t i = 0; i < kMaxStateLeaves; ++i) EXPECT_EQ(Read("o" + std::to_string(i)), std::to_string(i));
}

TEST_F(StateRootTest, TheLargestStateIsRead) {
  StateRoot state;
  const auto name_of = [](std::size_t i) { return StateNameOf(TestProvider(), nullptr, std::to_string(i)).value(); };
  for (std::size_t i = 0; i < kMaxStateLeaves; ++i) EK_ASSERT_OK(state.Put({name_of(i), Digest()}));
  for (std::size_t i = 0; i < ports::kMaxStoredProducts; ++i) {
    EK_ASSERT_OK(state.Raise({.product = name_of(i), .licence_issued_at = {1}}));
  }
  for (std::uint32_t i = 0; i < kMaxApplications; ++i) EK_ASSERT_OK(state.applications.PushBack({.user = i}));
  state.pending.emplace();
  state.pending->name = InlineString<160>::From(std::string(160, 'n')).value();
  state.pending->bytes = Bytes::Allocate(kMaxPendingSize).value();
  const Bytes stored = ProtectState(vault_, state).value();
  EXPECT_EQ(stored.size() + ProductName::kMaxLength, kMaxStoredStateSize);
  StateRoot back;
  EK_ASSERT_OK(CheckState(vault_, stored.view(), back));
  EXPECT_EQ(back.bars.size(), ports::kMaxStoredProducts);
  EXPECT_EQ(back.applications.size(), kMaxApplications);
}

TEST_F(StateRootTest, EveryTruncationAndChangeOfAStoredStateIsRefused) {
  StateRoot state;
  state.sequence = 7;
  EK_ASSERT_OK(state.Put({StateNameOf(TestProvider(), &product_, "record.0").value(), Digest()}));
  EK_ASSERT_OK(state.Put({StateNameOf(TestProvider(), nullptr, "calls").value(), Digest()}));
  state.pending.emplace();
  state.pending->name = InlineString<160>::From("calls").value();
  state.pending->bytes = Bytes::Copy(AsBytes("contents")).value();
  Bytes stored = ProtectState(vault_, state).value();
  for (std::size_t i = 0; i < stored.size(); ++i) {
    StateRoot into;
    EXPECT_FALSE(CheckState(vault_, stored.view().first(i), into));
    stored.mutable_view()[i] ^= 1;
    EXPECT_FALSE(CheckState(vault_, stored.view(), into));
    stored.mutable_view()[i] ^= 1;
  }
  StateRoot back;
  EK_ASSERT_OK(CheckState(vault_, stored.view(), back));
  EXPECT_EQ(back.sequence, 7U);
  EXPECT_EQ(back.leaves.size(), 2U);
  EXPECT_EQ(AsText(back.pending->bytes.view()), "contents");
}

}  // namespace
}  // namespace edgekeep::core
