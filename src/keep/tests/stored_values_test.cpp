// What applications store: whose it is, what bounds it, and what whoever holds the disk does to it.
#include "fixture/stored_values.h"

#include <gtest/gtest.h>

#include "../change_budget.h"
#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/formats/labels.h"
#include "edgekeep/formats/stored_values.h"

namespace edgekeep::keep {
namespace {

using fixture::Application;
using fixture::Buffer;
using fixture::FaultDisk;
using fixture::TestDevice;
using fixture::TestPublisher;

class StoredValuesTest : public testing::Test {
 protected:
  StoredValuesTest() {
    EXPECT_TRUE(device_.Start());
    EXPECT_TRUE(device_.Initialise(publisher_.Bundle()));
  }

  void Restart() {
    device_.Stop();
    ASSERT_TRUE(device_.Start());
  }

  void PutBack(const FaultDisk& copy) {
    device_.Stop();
    device_.disk = copy.Clone();
    device_.cells.UseDisk(*device_.disk);
    ASSERT_TRUE(device_.Start());
  }

  // What the disk has besides the state, which repeats the last change: it is made to forget that.
  void WhileOff(const std::function<void()>& change) {
    device_.Stop();
    device_.ForgetLastChange();
    change();
    ASSERT_TRUE(device_.Start());
  }

  Buffer& FileAt(int place) { return *device_.disk->ContentsOf("values." + std::to_string(place)); }

  // All but an erasure is refused, and tells nobody anything of what is there.
  static void ExpectDenied(const Application& application) {
    EXPECT_EQ(application.Shows("token"), "denied");
    EXPECT_EQ(application.Shows("absent"), "denied");
    EK_EXPECT_ERROR(application.List(), ErrorCode::kDenied);
    EK_EXPECT_ERROR(application.Put("token", "begun anew"), ErrorCode::kDenied);
    EK_EXPECT_ERROR(application.Delete("token"), ErrorCode::kDenied);
  }

  TestPublisher publisher_{"acme", fixture::Strength::kClassical};
  TestDevice device_;
  Application camera_{&device_, 1000};
  Application robot_{&device_, 1001};
};

TEST_F(StoredValuesTest, ComeBackAfterARestart) {
  EXPECT_EQ(camera_.Shows("token"), "not-found");
  EK_ASSERT_OK(camera_.Put("token", "first"));
  EK_ASSERT_OK(camera_.Put("token", "second"));
  EK_ASSERT_OK(camera_.Put("empty", ""));
  EK_ASSERT_OK(camera_.Put("Zone.1_a-b", "third"));
  Restart();
  EXPECT_EQ(camera_.Shows("token"), "second");
  EXPECT_EQ(camera_.Shows("empty"), "");
  const auto list = camera_.List();
  EK_ASSERT_OK(list);
  ASSERT_EQ(list->values.size(), 3U);
  EXPECT_EQ(list->values[0].name.view(), "Zone.1_a-b");
  EXPECT_EQ(list->values[2].size, 6U);
  EXPECT_EQ(list->changes_left, 64U);
  EK_ASSERT_OK(camera_.Delete("token"));
  EK_EXPECT_ERROR(camera_.Delete("token"), ErrorCode::kNotFound);
  EXPECT_EQ(camera_.Shows("token"), "not-found");
  EXPECT_EQ(camera_.Shows("Zone.1_a-b"), "third");
  EK_ASSERT_OK(camera_.DeleteAll());
  Restart();
  EXPECT_EQ(camera_.List()->values.size(), 0U);
  EXPECT_TRUE(FileAt(0).empty()) << "not even its ciphertext";
}

TEST_F(StoredValuesTest, AreTheirUsersAlone) {
  EK_ASSERT_OK(camera_.Put("token", "of the camera"));
  EXPECT_EQ(robot_.Shows("token"), "not-found");
  EXPECT_EQ(robot_.List()->values.size(), 0U);
  EXPECT_EQ(robot_.List()->bytes_used, 0U);
  EK_EXPECT_ERROR(robot_.Delete("token"), ErrorCode::kNotFound);
  EK_ASSERT_OK(robot_.DeleteAll());
  EK_ASSERT_OK(robot_.Put("token", "of the robot"));
  EK_ASSERT_OK((Application{&device_, 0}).Put("token", "of root"));
  EXPECT_EQ(camera_.Shows("token"), "of the camera") << "the control: it was there all the time";
  EXPECT_EQ(robot_.Shows("token"), "of the robot");
  const Application nobody{&device_, 65534};
  EK_EXPECT_ERROR(nobody.Put("token", "of anybody"), ErrorCode::kForbidden);
  EXPECT_EQ(nobody.Shows("token"), "forbidden");
  EK_EXPECT_ERROR(device_.Ask(Door::kAdministrator, gate::Command::kListValues, {}), ErrorCode::kForbidden);
}

TEST_F(StoredValuesTest, ThatDoNotChangeCostNothing) {
  EK_ASSERT_OK(camera_.Put("token", "value"));
  const std::uint64_t counter = device_.counter.value;
  const std::uint64_t steps = device_.disk->num_steps();
  EK_ASSERT_OK(camera_.Put("token", "value"));
  EK_ASSERT_OK(camera_.Get("token"));
  EXPECT_EQ(camera_.List()->changes_left, 63U);
  EXPECT_EQ(device_.counter.value, counter);
  EXPECT_EQ(device_.disk->num_steps(), steps);
  EK_ASSERT_OK(camera_.Put("token", "other"));
  EXPECT_EQ(device_.counter.value, counter + 1) << "a change costs one";
}

TEST_F(StoredValuesTest, OfOneWhoChangesThemTooOftenAreRefused) {
  int num_changes = 0;
  while (num_changes < 99 && camera_.Put("token", std::to_string(num_changes))) ++num_changes;
  EXPECT_EQ(num_changes, 64);
  EK_EXPECT_ERROR(camera_.Put("token", "more"), ErrorCode::kOverRate);
  EXPECT_EQ(camera_.Shows("token"), "63");
  EK_ASSERT_OK(robot_.Put("token", "another's budget is its own"));
  EK_ASSERT_OK(camera_.DeleteAll());  // whoever wants a secret gone has it gone
  EK_EXPECT_ERROR(camera_.Put("token", "more"), ErrorCode::kOverRate);
  device_.clock.Pass(2 * ChangeBudget::kInterval);
  EK_ASSERT_OK(camera_.Put("token", "two hours later, and two for the erasure"));
  EK_EXPECT_ERROR(camera_.Put("token", "more"), ErrorCode::kOverRate);
  Restart();
  EXPECT_EQ(camera_.List()->changes_left, ChangeBudget::kChangesAtStart) << "a restart brings no new budget";
}

TEST_F(StoredValuesTest, MoreOrLargerThanMayBeAreRefused) {
  const Buffer largest(formats::kMaxStoredValueSize, 7);
  for (const char* name : {"a", "b", "c"}) EK_ASSERT_OK(camera_.Put(name, largest));
  EK_EXPECT_ERROR(camera_.Put("d", largest), ErrorCode::kTooLarge);
  EK_ASSERT_OK(camera_.Put("d", ByteView(largest).first(16'000)));
  EXPECT_LE(camera_.List()->bytes_used, formats::kMaxStoredValuesSize);
  for (std::size_t i = 0; i < formats::kMaxStoredValues; ++i) EK_ASSERT_OK(robot_.Put("v" + std::to_string(i), ""));
  device_.clock.Pass(1'000'000);
  EK_EXPECT_ERROR(robot_.Put("one-more", ""), ErrorCode::kTooLarge);
  EXPECT_EQ(robot_.List()->changes_left, 64U) << "what is refused costs nothing";
  EK_ASSERT_OK(robot_.Put("v0", "another value in its place"));
}

TEST_F(StoredValuesTest, OfSixteenApplicationsHaveRoomAndWhoErasesThemMakesRoom) {
  for (std::uint32_t user = 1000; user < 1000 + core::kMaxApplications; ++user) {
    EK_ASSERT_OK((Application{&device_, user}).Put("token", std::to_string(user)));
  }
  const Application late{&device_, 2000};
  EK_EXPECT_ERROR(late.Put("token", "late"), ErrorCode::kTooLarge);
  EXPECT_EQ(late.Shows("token"), "not-found");
  EK_ASSERT_OK(camera_.DeleteAll());
  EK_EXPECT_ERROR(late.Put("token", "late"), ErrorCode::kTooLarge);  // the erased one still owes its changes
  device_.clock.Pass(2 * ChangeBudget::kInterval);
  EK_ASSERT_OK(late.Put("token", "late"));
  EXPECT_EQ(late.Shows("token"), "late");
  EXPECT_EQ(camera_.Shows("token"), "not-found");
  EXPECT_EQ(robot_.Shows("token"), "1001");
  EK_EXPECT_ERROR(camera_.Put("token", "back"), ErrorCode::kTooLarge);
}

TEST_F(StoredValuesTest, OfAnOlderDiskAreDenied) {
  EK_ASSERT_OK(camera_.Put("token", "revoked"));
  const auto older = device_.disk->Clone();
  EK_ASSERT_OK(camera_.Put("token", "of now"));
  const auto newer = device_.disk->Clone();
  PutBack(*older);
  EXPECT_EQ(camera_.Shows("token"), "denied");
  PutBack(*newer);
  EXPECT_EQ(camera_.Shows("token"), "of now") << "the control: its own disk";
  const Buffer file_of_before = *older->ContentsOf("values.0");
  WhileOff([&] { FileAt(0) = file_of_before; });
  ExpectDenied(camera_);
  WhileOff([&] { FileAt(0) = *newer->ContentsOf("values.0"); });
  EXPECT_EQ(camera_.Shows("token"), "of now");
}

TEST_F(StoredValuesTest, OfAnotherApplicationOrDeviceAreDenied) {
  EK_ASSERT_OK(camera_.Put("token", "of the camera"));
  EK_ASSERT_OK(robot_.Put("token", "of the robot"));
  TestDevice other;
  ASSERT_TRUE(other.Start());
  EK_ASSERT_OK(other.Initialise(publisher_.Bundle()));
  EK_ASSERT_OK((Application{&other, 1000}).Put("token", "of the camera"));
  const Buffer cameras = FileAt(0);
  const Buffer robots = FileAt(1);
  WhileOff([&] { std::swap(FileAt(0), FileAt(1)); });
  ExpectDenied(camera_);
  ExpectDenied(robot_);
  WhileOff([&] {
    FileAt(0) = *other.disk->ContentsOf("values.0");
    FileAt(1) = robots;
  });
  ExpectDenied(camera_);
  EXPECT_EQ(robot_.Shows("token"), "of the robot") << "the control: only what was put back is denied";
  WhileOff([&] { FileAt(0) = cameras; });
  EXPECT_EQ(camera_.Shows("token"), "of the camera");
}

// The state root alone would tell; this is what holds without it.
TEST_F(StoredValuesTest, AreSealedForTheirUserAndPlace) {
  EK_ASSERT_OK(camera_.Put("token", "value"));
  const core::Vault vault = core::Vault::Unlock(fixture::TestProvider(), *device_.anchor).value();
  const auto open = [&](Buffer binding) { return vault.OpenSecret(formats::label::kStoredValues, binding, FileAt(0)); };
  const auto body = open({0, 0, 3, 0xe8, 0});
  EK_ASSERT_OK(body);
  const auto values = formats::DecodeStoredValues(body->Reveal());
  EK_ASSERT_OK(values);
  EXPECT_EQ((*values)[0].name, "token");
  EK_EXPECT_ERROR(open({0, 0, 3, 0xe9, 0}), ErrorCode::kDenied);
  EK_EXPECT_ERROR(open({0, 0, 3, 0xe8, 1}), ErrorCode::kDenied);
}

TEST_F(StoredValuesTest, ThatAreDamagedAreDeniedUntilTheirOwnerErasesThem) {
  EK_ASSERT_OK(camera_.Put("token", "value"));
  EK_ASSERT_OK(robot_.Put("token", "of the robot"));
  const Buffer whole = FileAt(0);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    FileAt(0)[i] ^= 0x10;
    EXPECT_EQ(camera_.Shows("token"), "denied") << "byte " << i;
    FileAt(0) = Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(camera_.Shows("token"), "denied") << "cut to " << i;
    FileAt(0) = whole;
  }
  EXPECT_EQ(camera_.Shows("token"), "value") << "the control: whole again";
  FileAt(0).assign(1U << 20, 0);
  ExpectDenied(camera_);
  EK_ASSERT_OK(device_.disk->Remove("values.0"));
  ExpectDenied(camera_);
  EXPECT_EQ(robot_.Shows("token"), "of the robot");
  EK_ASSERT_OK(camera_.DeleteAll());
  EXPECT_EQ(camera_.Shows("token"), "not-found");
  EK_ASSERT_OK(camera_.Put("token", "anew"));
  EXPECT_EQ(camera_.Shows("token"), "anew");
}

TEST_F(StoredValuesTest, AreGoneWithTheVault) {
  EK_ASSERT_OK(camera_.Put("token", "value"));
  Restart();
  EXPECT_EQ(camera_.Shows("token"), "value") << "the control";
  device_.Stop();
  EK_ASSERT_OK(device_.anchor->EraseVault());
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(camera_.Shows("token"), "denied");
}

TEST_F(StoredValuesTest, AreNowhereInPlaintext) {
  const std::string value = "a value that nobody else is to see";
  EK_ASSERT_OK(camera_.Put("name-of-a-secret", value));
  EK_EXPECT_ERROR(camera_.Delete("name-of-no-secret"), ErrorCode::kNotFound);
  for (int i = 0; i < 99; ++i)
    static_cast<void>(camera_.Put("name-of-a-secret", value + std::to_string(i)).has_value());
  const Buffer disk = device_.disk->AllContents();
  const std::string contents(disk.begin(), disk.end());
  for (const char* text : {"nobody else", "name-of-a-secret"}) {
    EXPECT_EQ(contents.find(text), std::string::npos) << text;
    EXPECT_FALSE(device_.journal.Mentions(text)) << text;
  }
  EXPECT_TRUE(device_.journal.Mentions("put value: over-rate"));
  EXPECT_FALSE(device_.journal.Mentions("delete values")) << "what is not there is an answer, and no refusal";
}

TEST_F(StoredValuesTest, NeedADeviceThatIsInitialised) {
  TestDevice fresh;
  ASSERT_TRUE(fresh.Start());
  const Application early{&fresh, 1000};
  EK_EXPECT_ERROR(early.Put("token", "value"), ErrorCode::kNotInitialised);
  EK_EXPECT_ERROR(early.List(), ErrorCode::kNotInitialised);
  EXPECT_EQ(fresh.disk->ContentsOf("values.0"), nullptr);
}

TEST_F(StoredValuesTest, OnADiskThatIsFullAreTheOldOnes) {
  EK_ASSERT_OK(camera_.Put("token", "old"));
  device_.disk->FullFrom(device_.disk->num_steps());
  EK_EXPECT_ERROR(camera_.Put("token", "new"), ErrorCode::kNoSpace);
  EXPECT_EQ(camera_.Shows("token"), "old");
  device_.disk->Heal();
  EK_ASSERT_OK(camera_.Put("token", "new"));
  EXPECT_EQ(camera_.Shows("token"), "new");
}

}  // namespace
}  // namespace edgekeep::keep
