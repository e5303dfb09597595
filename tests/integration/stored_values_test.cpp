// What applications store, on a whole device: through libedgekeep, by several users, past restarts, kills and whoever
// holds the disk.
#include "edgekeep/stored_values.hpp"

#include <grp.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>

#include "binaries.h"
#include "device.h"
#include "eventually.h"
#include "files.h"
#include "publisher.h"
#include "steps.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

constexpr uid_t kCamera = 4201;
constexpr uid_t kRobot = 4202;

// One device for all of these tests: each has values of its own.
class StoredValuesOnDevice : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!WhyNoDevice().empty()) return;
    device_ = new Device();
    device_->UseNoSpareCell();
    device_->Start();
    device_->Initialise(Publisher::Shared().trust_bundle());
  }

  static void TearDownTestSuite() { delete std::exchange(device_, nullptr); }

  void SetUp() override {
    if (const std::string reason = WhyNoDevice(); !reason.empty()) GTEST_SKIP() << reason;
  }

  static app::Client Client() { return *app::Client::Open({.root = device_->root().c_str(), .timeout_ms = 30'000}); }

  // The example, as one of the device's applications.
  static Outcome As(uid_t user, const std::string& command) {
    return RunProgram({"/bin/sh", "-c", command, Binary("stored-value"), device_->root()},
                      {.as_user = user, .groups = {::getgrnam("edgekeep")->gr_gid}});
  }

  static void Put(uid_t user, const std::string& value) {
    const Outcome put = As(user, "printf %s '" + value + "' | \"$0\" \"$1\" put token");
    ASSERT_EQ(put.exit_code, 0) << put.err;
  }

  static std::string Get(uid_t user) {
    const Outcome got = As(user, "exec \"$0\" \"$1\" get token");
    if (got.exit_code == 0) return got.out;
    return got.err.substr(0, got.err.find(':', sizeof "stored-value:"));
  }

  // The file that changes when this user changes what it has stored.
  static fs::path FileOf(uid_t user) {
    const auto contents = [] {
      std::map<fs::path, std::vector<std::uint8_t>> all;
      for (const fs::path& file : FilesBelow(device_->state() / "store")) {
        if (file.stem() == "values") all[file] = ReadFile(file);
      }
      return all;
    };
    const auto before = contents();
    Put(user, "something else");
    for (const auto& [file, bytes] : contents()) {
      if (!before.contains(file) || before.at(file) != bytes) return file;
    }
    ADD_FAILURE() << "no file changed";
    return {};
  }

  template <typename Change>
  static void WhileOff(Change change) {
    device_->Stop();
    change();
    device_->Start();
  }

  // The state repeats the last change: it forgets that where its first copy is taken away.
  template <typename Change>
  static void WhileOffAndForgotten(Change change) {
    WhileOff([&] {
      fs::remove(device_->state() / "store/state.0");
      change();
    });
  }

  static Device* device_;
};

Device* StoredValuesOnDevice::device_ = nullptr;

TEST_F(StoredValuesOnDevice, ComeBackThroughTheLibraryAndAfterARestart) {
  const app::Client client = Client();
  const app::StoredValues values(client);
  const std::string value("root's\0own", 10);
  const auto put = values.Put("token", value);
  ASSERT_TRUE(put) << put.error().where();
  const auto got = values.Get("token");
  ASSERT_TRUE(got) << got.error().where();
  EXPECT_EQ(got->text(), value);
  WhileOff([] {});
  EXPECT_EQ(values.Get("token")->text(), value);
  ASSERT_EQ(values.List()->size(), 1U);
  EXPECT_TRUE(values.Delete("token"));
  EXPECT_EQ(values.Get("token").error().code(), EK_NOT_FOUND);
}

TEST_F(StoredValuesOnDevice, OfAnotherUserAreNotThere) {
  Put(kCamera, "of the camera");
  EXPECT_EQ(Get(kRobot), "stored-value: not-found");
  const Outcome list = As(kRobot, "exec \"$0\" \"$1\" list");
  EXPECT_EQ(list.out, "0 bytes of 65536, 64 changes left\n") << list.err;
  EXPECT_NE(As(kRobot, "exec \"$0\" \"$1\" delete token").exit_code, 0);
  Put(kRobot, "of the robot");
  EXPECT_EQ(Get(kCamera), "of the camera");
  const Outcome stranger = RunProgram({Binary("stored-value"), device_->root(), "get", "token"}, {.as_user = kCamera});
  EXPECT_NE(stranger.err.find("forbidden"), std::string::npos) << "outside of the group: " << stranger.err;
}

TEST_F(StoredValuesOnDevice, PutBackSwappedOrDamagedOnesAreDenied) {
  const fs::path cameras = FileOf(kCamera);
  const fs::path robots = FileOf(kRobot);
  Put(kCamera, "revoked");
  Put(kRobot, "of the robot");
  device_->Stop();
  const fs::path older = device_->state().string() + ".older";
  const fs::path newer = device_->state().string() + ".newer";
  ASSERT_EQ(RunProgram({"/bin/cp", "-a", device_->state(), older}).exit_code, 0);
  device_->Start();
  Put(kCamera, "of now");
  WhileOff([&] {
    fs::rename(device_->state(), newer);
    fs::rename(older, device_->state());
  });
  EXPECT_EQ(Get(kCamera), "stored-value: denied") << "the whole disk of before";
  const std::vector<std::uint8_t> file_of_before = ReadFile(cameras);
  WhileOff([&] {
    fs::remove_all(device_->state());
    fs::rename(newer, device_->state());
  });
  EXPECT_EQ(Get(kCamera), "of now") << "control: the disk of now";
  const std::vector<std::uint8_t> file_of_now = ReadFile(cameras);
  WhileOffAndForgotten([&] { WriteFile(cameras, file_of_before); });
  EXPECT_EQ(Get(kCamera), "stored-value: denied") << "its file of before";
  EXPECT_EQ(Get(kRobot), "of the robot");
  WriteFile(cameras, file_of_now);
  EXPECT_EQ(Get(kCamera), "of now") << "control: its file of now";
  const auto swap = [&] {
    fs::rename(cameras, cameras.string() + ".aside");
    fs::rename(robots, cameras);
    fs::rename(cameras.string() + ".aside", robots);
  };
  swap();
  EXPECT_EQ(Get(kCamera), "stored-value: denied") << "another application's file";
  EXPECT_EQ(Get(kRobot), "stored-value: denied");
  swap();
  EXPECT_EQ(Get(kRobot), "of the robot") << "control: renamed back";
  FlipBit(cameras, file_of_now.size() / 2);
  EXPECT_EQ(Get(kCamera), "stored-value: denied");
  EXPECT_TRUE(device_->KeepIsTheSame()) << "what was refused ended nothing";
}

// What the audit of a process, or of all that is this device's, finds of a value.
std::size_t NumFound(const Device& device, const std::string& value, const std::vector<std::string>& what) {
  std::string hex;
  for (const char c : value) hex += std::string(1, "0123456789abcdef"[c >> 4]) + "0123456789abcdef"[c & 15];
  std::vector<std::string> words = {"audit-memory", "--tag", hex, "--json"};
  words.insert(words.end(), what.begin(), what.end());
  const Outcome audit = device.Edgekeep(words);
  const std::string member = "\"found\": ";
  const std::size_t at = audit.out.find(member);
  EXPECT_NE(at, std::string::npos) << audit.out << audit.err;
  return at == std::string::npos ? 0 : std::stoul(audit.out.substr(at + member.size()));
}

TEST_F(StoredValuesOnDevice, AreNeitherInTheKeepsMemoryNorOnItsDisk) {
  const app::Client client = Client();
  const app::StoredValues values(client);
  const std::string value = "a value that is to be gone " + std::to_string(::getpid());
  ASSERT_TRUE(values.Put("canary", value));
  ASSERT_EQ(values.Get("canary")->text(), value);
  const std::string large = value + std::string(EK_MAX_VALUE_SIZE - value.size(), '.');
  for (const char* name : {"a", "b", "c", "d"}) static_cast<void>(values.Put(name, large).has_value());
  EXPECT_EQ(values.Put("e", large).error().code(), EK_TOO_LARGE) << "a request that is refused";
  EXPECT_GE(NumFound(*device_, value, {"--pid", std::to_string(::getpid())}), 1U) << "control: the audit finds it here";
  const std::string keep = std::to_string(device_->ProcessesNamed("edgekeep-keep").at(0));
  EXPECT_EQ(NumFound(*device_, value, {"--pid", keep, "--path", device_->root()}), 0U);
  EXPECT_TRUE(values.DeleteAll());
}

TEST_F(StoredValuesOnDevice, AreTheOldOrTheNewOneWhereverTheKeepIsKilled) {
  if (!fs::exists(kStrace)) GTEST_SKIP() << "SKIP stored values killed midway: strace is missing; run script/bootstrap";
  const app::Client client = Client();
  const app::StoredValues values(client);
  const auto traced = [&](const std::string& inject, const std::string& value) {
    const pid_t keep = device_->ProcessesNamed("edgekeep-keep").at(0);
    const fs::path log = device_->root() / "steps";
    std::vector<std::string> words = {kStrace,
                                      "-f",
                                      "-q",
                                      "-e",
                                      "signal=none",
                                      "-e",
                                      "trace=openat,rename,renameat,renameat2,fsync,fdatasync,pwrite64,write,sendmsg"};
    if (!inject.empty()) words.insert(words.end(), {"-e", inject});
    words.insert(words.end(), {"-o", log, "-p", std::to_string(keep)});
    const Background tracer = Background::Start(words, log.string() + ".messages");
    EXPECT_TRUE(Eventually([&] {
      std::ifstream status("/proc/" + std::to_string(keep) + "/status");
      for (std::string line; std::getline(status, line);) {
        if (line == "TracerPid:\t" + std::to_string(tracer.pid())) return true;
      }
      return false;
    }));
    return values.Put("token", value).has_value();
  };
  ASSERT_TRUE(traced("", "0"));
  const std::vector<Step> steps = StepsIn(device_->root() / "steps");
  ASSERT_FALSE(steps.empty());
  // A keep that is killed again and again is started after growing pauses.
  const std::size_t stride = std::getenv("EDGEKEEP_LONG") != nullptr ? 1 : (steps.size() + 2) / 3;
  int refused = 0;
  std::string before = "0";
  for (std::size_t i = stride / 2; i < steps.size(); i += stride) {
    const std::string after = std::to_string(i + 1);
    const bool done = traced(KillingAt(steps[i]), after);
    ASSERT_TRUE(Eventually([&] { return values.Get("token").has_value(); })) << NameOf(steps[i]);
    const std::string found(values.Get("token")->text());
    EXPECT_TRUE(found == after || (!done && found == before)) << NameOf(steps[i]) << ": " << found;
    refused += done ? 0 : 1;
    before = found;
  }
  EXPECT_GT(refused, 0) << "no kill ever hit: the test tests nothing";
  std::printf("put: %zu steps, killed at every %zu, %d not acknowledged\n", steps.size(), stride, refused);
}

}  // namespace
}  // namespace edgekeep::test
