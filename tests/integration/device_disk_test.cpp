// A real device whose state directory lies on a small disk: installing where it is full or read-only says so once and
// changes nothing; what is installed opens all the same.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>

#include "binaries.h"
#include "device.h"
#include "files.h"
#include "publisher.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

class DeviceDisk : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = WhyNoDevice(); !reason.empty()) GTEST_SKIP() << reason;
    fs::create_directories(disk());
    // The mount is this program's and its children's own, and ends with them.
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("disk", disk().c_str(), "tmpfs", 0, "size=8m,mode=0755") != 0) {
      GTEST_SKIP() << "SKIP device disk: cannot mount here: " << std::strerror(errno);
    }
    mounted_ = true;
    device_.Start();
    licence_ = publisher().Licence(device_.Initialise(publisher().trust_bundle()), kDirectionProduct);
    ASSERT_EQ(Install(1).exit_code, 0);
    ASSERT_EQ(Open().exit_code, 0);
  }

  void TearDown() override {
    if (!mounted_) return;
    device_.Stop();
    EXPECT_EQ(::umount2(disk().c_str(), MNT_DETACH), 0);
  }

  static Publisher& publisher() { return Publisher::Shared(); }

  fs::path disk() const { return device_.root() / "var/lib/edgekeep"; }

  static const fs::path& Model() {
    static const fs::path model = OcrModel("ch_ppocr_mobile_v2.0_cls_infer.onnx");
    return model;
  }

  Outcome Install(int version) const {
    static std::map<int, std::pair<fs::path, fs::path>> offers;
    if (!offers.contains(version)) {
      const fs::path sealed = publisher().Seal(Model(), kDirectionProduct, version);
      offers[version] = {sealed, publisher().Grant(sealed)};
    }
    const auto& [sealed, grant] = offers[version];
    return device_.Edgekeep({"install", sealed, grant, licence_});
  }

  Outcome Open() const { return device_.Edgekeep({"run", kDirectionProduct, "--random", "1"}); }

  // Every stored file but the journal, with what is in it.
  std::map<fs::path, std::vector<std::uint8_t>> Stored() const {
    std::map<fs::path, std::vector<std::uint8_t>> stored;
    for (const fs::path& file : FilesBelow(device_.state())) {
      if (file != device_.journal()) stored[file] = ReadFile(file);
    }
    return stored;
  }

  std::uint64_t FreeBytes() const {
    struct statvfs facts{};
    EXPECT_EQ(::statvfs(disk().c_str(), &facts), 0);
    return facts.f_bavail * facts.f_frsize;
  }

  // Fills the disk up to this many bytes.
  void LeaveFree(std::uint64_t bytes) {
    fs::remove(filling());
    const std::uint64_t free = FreeBytes();
    ASSERT_GT(free, bytes);
    WriteFile(filling(), std::vector<std::uint8_t>(free - bytes, 0xFF));
    ASSERT_LE(FreeBytes(), bytes);
  }

  fs::path filling() const { return disk() / "filling"; }

  void SetReadOnly(bool read_only) const {
    ASSERT_EQ(::mount(nullptr, disk().c_str(), nullptr, MS_REMOUNT | (read_only ? MS_RDONLY : 0), nullptr), 0)
        << std::strerror(errno);
  }

  // One line that names the error; nothing on the disk is new, changed or plain, and the old version opens.
  void ExpectNothingChanged(const Outcome& install, const std::string& error,
                            const std::map<fs::path, std::vector<std::uint8_t>>& before) const {
    EXPECT_EQ(install.exit_code, 1) << install.out;
    EXPECT_NE(install.err.find(" failed, " + error + ":"), std::string::npos) << install.err;
    EXPECT_EQ(std::count(install.err.begin(), install.err.end(), '\n'), 1) << install.err;
    EXPECT_TRUE(device_.KeepIsTheSame());
    EXPECT_TRUE(Stored() == before) << "what is stored changed";
    ExpectNoPlaintext();
    EXPECT_EQ(Open().exit_code, 0);
    ExpectVersion("1.0");
  }

  void ExpectVersion(const std::string& version) const {
    const Outcome status = device_.Edgekeep({"status"});
    EXPECT_NE(status.out.find(std::string(kDirectionProduct) + "  " + version + " "), std::string::npos) << status.out;
  }

  void ExpectNoPlaintext() const {
    const std::vector<std::uint8_t> model = ReadFile(Model());
    const std::vector<std::uint8_t> weights(model.begin() + 200000, model.begin() + 200064);
    ASSERT_TRUE(Contains(Model(), weights));
    for (const fs::path& file : FilesBelow(device_.root())) {
      EXPECT_FALSE(Contains(file, weights)) << "plaintext in " << file;
    }
  }

  Device device_;
  fs::path licence_;
  bool mounted_ = false;
};

// From no room at all to room for all but the last file of an install.
TEST_F(DeviceDisk, FullWhileInstallingChangesNothing) {
  const auto before = Stored();
  const std::uint64_t whole = [&] {
    std::uint64_t bytes = 0;
    for (const auto& [file, contents] : before) {
      const bool is_slot_file = file.stem() == "canonical" || file.stem() == "prepared";
      if (is_slot_file) bytes += (contents.size() + 4095) / 4096 * 4096;
    }
    return bytes;
  }();
  ASSERT_GT(whole, 1U << 20);
  for (const std::uint64_t free : {std::uint64_t{0}, std::uint64_t{65536}, whole / 2, whole - 4096, whole}) {
    SCOPED_TRACE(std::to_string(free) + " bytes free");
    LeaveFree(free);
    ExpectNothingChanged(Install(2), "no-space", before);
  }
  fs::remove(filling());  // control: with room it installs
  EXPECT_EQ(Install(2).exit_code, 0);
  EXPECT_EQ(Open().exit_code, 0);
  ExpectVersion("2.0");
}

TEST_F(DeviceDisk, ReadOnlyWhileInstallingChangesNothing) {
  const auto before = Stored();
  SetReadOnly(true);
  ExpectNothingChanged(Install(2), "read-only", before);
  SetReadOnly(false);  // control
  EXPECT_EQ(Install(2).exit_code, 0);
  ExpectVersion("2.0");
}

TEST_F(DeviceDisk, FullWhileStartingOpensWhatIsInstalled) {
  LeaveFree(0);
  device_.Stop();
  device_.Start();
  EXPECT_EQ(Open().exit_code, 0);
  ExpectVersion("1.0");
}

TEST_F(DeviceDisk, ReadOnlyWhileStartingOpensWhatIsInstalled) {
  device_.Stop();
  SetReadOnly(true);
  device_.Start();
  EXPECT_EQ(Open().exit_code, 0);
  ExpectVersion("1.0");
}

}  // namespace
}  // namespace edgekeep::test
