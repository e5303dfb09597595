// The keep as the spawner starts it.
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>

#include "lent_spawner.h"

namespace edgekeep::attack {
namespace {

class KeepConfinement : public testing::Test {
 protected:
  void SetUp() override {
    if (!CanRunSpawner()) GTEST_SKIP() << "SKIP keep confinement: needs root and the users edgekeep-*";
    spawner_ = std::make_unique<LentSpawner>();
  }

  struct stat StatOf(const std::string& path) const {
    struct stat found{};
    EXPECT_EQ(lstat((spawner_->root() + path).c_str(), &found), 0) << path;
    return found;
  }

  std::unique_ptr<LentSpawner> spawner_;
};

TEST_F(KeepConfinement, IsAnOrdinaryUserWithoutPrivileges) {
  const pid_t keep = spawner_->keep_pid();
  const std::string uid = std::to_string(getpwnam("edgekeep-keep")->pw_uid);
  EXPECT_EQ(StatusField(keep, "Uid"), uid + "\t" + uid + "\t" + uid + "\t" + uid);
  EXPECT_EQ(StatusField(keep, "Groups"), "");
  for (const char* field : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
    EXPECT_EQ(StatusField(keep, field), "0000000000000000") << field;
  }
  EXPECT_EQ(StatusField(keep, "NoNewPrivs"), "1");
}

TEST_F(KeepConfinement, HasItsOwnNetwork) {
  const std::string of_keep = "/proc/" + std::to_string(spawner_->keep_pid()) + "/ns/";
  for (const char* name : {"net", "ipc", "uts"}) {
    EXPECT_NE(std::filesystem::read_symlink(of_keep + name),
              std::filesystem::read_symlink("/proc/self/ns/" + std::string(name)))
        << name;
  }
}

TEST_F(KeepConfinement, HoldsNoDescriptorTheSpawnerHappenedToHave) {
  const std::string directory = "/proc/" + std::to_string(spawner_->keep_pid()) + "/fd";
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::string target = std::filesystem::read_symlink(entry.path());
    EXPECT_NE(target, "/") << entry.path();
    EXPECT_NE(target, "/etc/passwd") << entry.path();
  }
}

TEST_F(KeepConfinement, DirectoriesBelongToWhoNeedsThem) {
  const uid_t keep = getpwnam("edgekeep-keep")->pw_uid;
  EXPECT_EQ(StatOf("/var/lib/edgekeep/keep").st_uid, keep);
  EXPECT_EQ(StatOf("/var/lib/edgekeep/keep").st_mode & 07777, 0700U);
  EXPECT_EQ(StatOf("/run/edgekeep").st_uid, keep);
  EXPECT_EQ(StatOf("/run/edgekeep").st_mode & 07777, 0755U);
  EXPECT_EQ(StatOf("/var/lib/edgekeep").st_uid, 0U);
  EXPECT_EQ(StatOf("/var/lib/edgekeep/cell-root").st_mode & 07777, 0700U);
}

}  // namespace
}  // namespace edgekeep::attack
