// Full and read-only disks: one clear error, nothing half-written, whichever command meets them.
#include <fstream>

#include "workbench.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

// Mounts in a namespace of their own, which ends with the command; what it left is listed before.
class Disk : public Workbench {
 protected:
  void SetUp() override {
    fs::create_directory(disk_);
    const Outcome mounted = OnDisk("mount -t tmpfs -o size=64k none \"$DISK\"", {"/bin/true"});
    if (mounted.exit_code != 0) GTEST_SKIP() << "SKIP Disk: cannot mount here: " << mounted.err;
  }

  // Runs `command` where `mount`, a shell command that finds the mount point in $DISK, was run before. Standard output
  // ends with the names in $DISK.
  Outcome OnDisk(const std::string& mount, const std::vector<std::string>& command) const {
    std::vector<std::string> arguments{
        "/usr/bin/env",
        "DISK=" + disk_.string(),
        "/usr/bin/unshare",
        "--mount",
        "/bin/sh",
        "-c",
        mount + R"( || exit 99; "$@"; code=$?; echo "left:" $(ls -A "$DISK"); exit $code)",
        "sh"};
    arguments.insert(arguments.end(), command.begin(), command.end());
    return RunProgram(arguments);
  }

  Outcome Publish(const std::string& mount, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), Binary("edgekeep-publisher"));
    arguments.insert(arguments.end(), {"--passphrase-file", publisher().passphrase_file()});
    return OnDisk(mount, arguments);
  }

  std::vector<std::string> Seal(const fs::path& model) const {
    return {"seal",      model, "--product", "acme/label-ocr", "--version-sequence", "1",
            "--version", "1.0", "-o",        disk_ / "x.eks",  "--publisher",        publisher().directory()};
  }

  static void ExpectNothingLeft(const Outcome& outcome) {
    EXPECT_NE(outcome.out.find("left:\n"), std::string::npos) << outcome.out;
  }

  const fs::path disk_ = directory_ / "disk";
  const std::string tiny_ = "mount -t tmpfs -o size=1m none \"$DISK\"";
  const std::string full_ =
      tiny_ + " && mkdir \"$DISK/in\" && head -c 2m /dev/zero >\"$DISK/in/fill\" 2>/dev/null; true";
  const std::string read_only_ = "mount -t tmpfs -o ro none \"$DISK\"";
};

TEST_F(Disk, ControlThereIsRoomForASmallModel) {
  const Outcome outcome = Publish(tiny_, Seal(Model(5000)));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("left: x.eks\n"), std::string::npos) << outcome.out;
}

TEST_F(Disk, FullWhileSealing) {
  const Outcome outcome = Publish(tiny_, Seal(Model(3 << 20)));
  ExpectRefused(outcome, {"the disk is full", "x.eks", "make room", "nothing was left behind"});
  ExpectNothingLeft(outcome);
}

// ext2 cannot reserve room, so the disk fills up in the middle of the segments.
TEST_F(Disk, FullInTheMiddleOfSealing) {
  const fs::path image = directory_ / "image";
  const std::string ext2 = "truncate -s 4M '" + image.string() + "' && /sbin/mke2fs -q -t ext2 -F '" + image.string() +
                           "' && mount -o loop '" + image.string() + "' \"$DISK\" && rmdir \"$DISK/lost+found\"";
  if (OnDisk(ext2, {"/bin/true"}).exit_code != 0) GTEST_SKIP() << "SKIP FullInTheMiddleOfSealing: no loop mounts here";
  const Outcome outcome = Publish(ext2, Seal(Model(5 << 20)));
  ExpectRefused(outcome, {"the disk is full (write)", "x.eks"});
  ExpectNothingLeft(outcome);
}

TEST_F(Disk, FullWhileMakingAPublisher) {
  const Outcome outcome = Publish(full_, {"publisher", "init", disk_ / "p", "--name", "acme"});
  ExpectRefused(outcome, {"the disk is full", "/p"});
  EXPECT_NE(outcome.out.find("left: in\n"), std::string::npos) << outcome.out;
}

TEST_F(Disk, FullWhileGrantingAndLicensing) {
  const fs::path sealed = publisher().Seal(Model(), "acme/label-ocr");
  const Outcome grant =
      Publish(full_, {"grant", sealed, "-o", disk_ / "g.ekg", "--publisher", publisher().directory()});
  ExpectRefused(grant, {"the disk is full", "g.ekg"});
  EXPECT_NE(grant.out.find("left: in\n"), std::string::npos) << grant.out;
  const Outcome licence =
      Publish(full_, {"licence", "issue", "--device", DeviceRequest(), "--product", "acme/label-ocr", "-o",
                      disk_ / "d.lic", "--publisher", publisher().directory()});
  ExpectRefused(licence, {"the disk is full", "d.lic"});
}

// Of two places, the one that is full.
TEST_F(Disk, FullWhileExportingALog) {
  const fs::path log = directory_ / "log";
  const Outcome made = RunProgram({Binary("edgekeep-publisher"), "log", "init", log, "--origin", "log.example/acme",
                                   "--key-file-memory", "19", "--passphrase-file", publisher().passphrase_file()});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const Outcome full = OnDisk(full_, {Binary("edgekeep-publisher"), "log", "export", log, disk_ / "copy"});
  ExpectRefused(full, {"the disk is full", "/copy"});
  EXPECT_NE(full.out.find("left: in\n"), std::string::npos) << full.out;
  EXPECT_EQ(OnDisk(tiny_, {Binary("edgekeep-publisher"), "log", "export", log, disk_ / "copy"}).exit_code, 0)
      << "control";
}

TEST_F(Disk, ReadOnly) {
  const Outcome sealed = Publish(read_only_, Seal(Model(5000)));
  ExpectRefused(sealed, {"the disk is read-only", "x.eks", "nothing was left behind"});
  ExpectNothingLeft(sealed);
  ExpectRefused(Publish(read_only_, {"publisher", "init", disk_ / "p", "--name", "acme"}), {"the disk is read-only"});
}

}  // namespace
}  // namespace edgekeep::test
