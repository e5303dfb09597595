// Attacks on a real device with real programs; each is refused, and its control shows what the attack lacks.
#include <grp.h>
#include <gtest/gtest.h>
#include <pwd.h>

#include <cstring>
#include <filesystem>

#include "binaries.h"
#include "device.h"
#include "files.h"
#include "publisher.h"

namespace edgekeep::test {
namespace {

constexpr const char* kProduct = "acme/label-direction";

class Attack : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = WhyNoDevice(); !reason.empty()) GTEST_SKIP() << reason;
    device_.Start();
    request_ = device_.Initialise(publisher().trust_bundle());
    licence_ = publisher().Licence(request_, kProduct);
  }

  static Publisher& publisher() { return Publisher::Shared(); }

  // The direction model is the smallest of the real ones.
  static const std::filesystem::path& Sealed() {
    static const std::filesystem::path sealed =
        publisher().Seal(OcrModel("ch_ppocr_mobile_v2.0_cls_infer.onnx"), kProduct);
    return sealed;
  }

  static const std::filesystem::path& Grant() {
    static const std::filesystem::path grant = publisher().Grant(Sealed());
    return grant;
  }

  Outcome Install(const std::filesystem::path& sealed, const std::filesystem::path& grant,
                  const std::filesystem::path& licence) const {
    return device_.Edgekeep({"install", sealed, grant, licence});
  }

  Outcome Open() const { return device_.Edgekeep({"run", kProduct, "--random", "1"}); }

  void InstallRightly() {
    const Outcome outcome = Install(Sealed(), Grant(), licence_);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    ASSERT_EQ(Open().exit_code, 0);
  }

  static void ExpectRefused(const Outcome& outcome, const std::string& name) {
    EXPECT_EQ(outcome.exit_code, 1) << outcome.out;
    EXPECT_NE(outcome.err.find(name), std::string::npos) << "expected '" << name << "' in: " << outcome.err;
  }

  Device device_;
  std::filesystem::path request_;
  std::filesystem::path licence_;
};

TEST_F(Attack, StateDirectoryCopiedToSecondDevice) {
  InstallRightly();
  device_.Stop();
  Device second;
  second.Start();  // makes its own anchor
  second.Initialise(publisher().trust_bundle());
  second.Stop();
  std::filesystem::remove_all(second.state());
  ASSERT_EQ(RunProgram({"/bin/cp", "-a", device_.state(), second.state()}).exit_code, 0);
  second.Start();
  EXPECT_EQ(second.Edgekeep({"run", kProduct, "--random", "1"}).exit_code, 1);
  device_.Start();  // control: the same bytes on their own device
  EXPECT_EQ(Open().exit_code, 0);
}

TEST_F(Attack, LicenceOfAnotherDevice) {
  Device other;
  other.Start();
  const std::filesystem::path foreign = publisher().Licence(other.Initialise(publisher().trust_bundle()), kProduct);
  ExpectRefused(Install(Sealed(), Grant(), foreign), "wrong-device");
  EXPECT_EQ(Install(Sealed(), Grant(), licence_).exit_code, 0);
}

TEST_F(Attack, ExpiredLicence) {
  const std::filesystem::path expired =
      publisher().Licence(request_, kProduct, {"--not-before", "2001-01-01", "--expires", "2002-01-01"});
  ExpectRefused(Install(Sealed(), Grant(), expired), "expired");
  EXPECT_EQ(Install(Sealed(), Grant(), licence_).exit_code, 0);
}

TEST_F(Attack, LicenceNotYetValid) {
  const std::filesystem::path early = publisher().Licence(request_, kProduct, {"--not-before", "2090-01-01"});
  ExpectRefused(Install(Sealed(), Grant(), early), "not-yet-valid");
}

TEST_F(Attack, LicenceWithEditedTerms) {
  const std::filesystem::path expired =
      publisher().Licence(request_, kProduct, {"--not-before", "2001-01-01", "--expires", "2002-01-01"});
  std::vector<std::uint8_t> bytes = ReadFile(expired);
  // exp is a 4-byte unsigned in the claims: the end of 2002-01-01 becomes a day in 2070.
  const std::vector<std::uint8_t> end = {0x1A, 0x3C, 0x32, 0x4D, 0x80};
  const auto found = std::search(bytes.begin(), bytes.end(), end.begin(), end.end());
  ASSERT_NE(found, bytes.end());
  *(found + 1) = 0xBC;
  const std::filesystem::path edited = publisher().Fresh(".lic");
  WriteFile(edited, bytes);
  ExpectRefused(Install(Sealed(), Grant(), edited), "bad-signature");
}

TEST_F(Attack, SealedFileByStranger) {
  Publisher stranger("acme");  // even one who took the publisher's name
  const std::filesystem::path sealed = stranger.Seal(OcrModel("ch_ppocr_mobile_v2.0_cls_infer.onnx"), kProduct);
  ExpectRefused(Install(sealed, stranger.Grant(sealed), licence_), "untrusted");
  ExpectRefused(Install(sealed, Grant(), licence_), "untrusted");
}

TEST_F(Attack, GrantOfAnotherSealedFile) {
  const std::filesystem::path other = publisher().Seal(OcrModel("ch_ppocr_mobile_v2.0_cls_infer.onnx"), kProduct, 2);
  ExpectRefused(Install(other, Grant(), licence_), "wrong-product");
  EXPECT_EQ(Install(other, publisher().Grant(other), licence_).exit_code, 0);
}

TEST_F(Attack, OlderVersionAfterANewerOne) {
  const std::filesystem::path newer = publisher().Seal(OcrModel("ch_ppocr_mobile_v2.0_cls_infer.onnx"), kProduct, 2);
  ASSERT_EQ(Install(newer, publisher().Grant(newer), licence_).exit_code, 0);
  ExpectRefused(Install(Sealed(), Grant(), licence_), "wrong-version");
}

TEST_F(Attack, FlippedByteInEachFileHandedIn) {
  for (const std::filesystem::path& file : {Sealed(), Grant(), licence_}) {
    for (const std::uint64_t offset : OffsetsAcross(file, 9)) {
      const std::filesystem::path bad = FlippedCopy(file, offset);
      const auto choose = [&](const std::filesystem::path& good) { return good == file ? bad : good; };
      EXPECT_EQ(Install(choose(Sealed()), choose(Grant()), choose(licence_)).exit_code, 1)
          << file.extension() << " flipped at " << offset;
    }
  }
  EXPECT_EQ(Install(Sealed(), Grant(), licence_).exit_code, 0);  // control
}

TEST_F(Attack, FlippedByteInTrustBundleAndRequest) {
  Device fresh;
  fresh.Start();
  for (const std::uint64_t offset : OffsetsAcross(publisher().trust_bundle(), 9)) {
    const std::filesystem::path bad = FlippedCopy(publisher().trust_bundle(), offset);
    EXPECT_EQ(fresh.Edgekeep({"device", "init", "--trust", bad}).exit_code, 1) << offset;
  }
  for (const std::uint64_t offset : OffsetsAcross(request_, 9)) {
    const Outcome issue = publisher().Command({"licence", "issue", "--device", FlippedCopy(request_, offset),
                                               "--product", kProduct, "-o", publisher().Fresh(".lic")});
    EXPECT_EQ(issue.exit_code, 1) << offset;
  }
  fresh.Initialise(publisher().trust_bundle());  // control
}

TEST_F(Attack, FlippedByteInEachStoredFile) {
  InstallRightly();
  int flipped = 0;
  for (const std::filesystem::path& file : FilesBelow(device_.state())) {
    const std::string name = file.filename();
    // Nothing trusts the journal and the clock's floor; canonical packages and records have tests of their own below.
    if (name == "journal" || name == "time" || name.starts_with("canonical") || name.starts_with("record")) continue;
    for (const std::uint64_t offset : OffsetsAcross(file, 5)) {
      device_.Stop();
      FlipBit(file, offset);
      device_.Start();
      EXPECT_EQ(Open().exit_code, 1) << file << " flipped at " << offset;
      ++flipped;
      if (file.filename().string().starts_with("prepared")) {
        EXPECT_EQ(Open().exit_code, 0) << "a damaged prepared form is refused once, then remade";
        break;
      }
      device_.Stop();
      FlipBit(file, offset);
      device_.Start();
    }
  }
  EXPECT_GE(flipped, 10);
  EXPECT_EQ(Open().exit_code, 0);  // control: mended
}

// The canonical package is read only where there is no prepared form.
TEST_F(Attack, FlippedByteInTheCanonicalPackage) {
  InstallRightly();
  int flipped = 0;
  for (const std::filesystem::path& file : FilesBelow(device_.state())) {
    const std::string name = file.filename();
    if (!name.starts_with("canonical")) continue;
    for (const std::uint64_t offset : OffsetsAcross(file, 5)) {
      std::filesystem::remove(file.parent_path() / ("prepared" + name.substr(std::strlen("canonical"))));
      FlipBit(file, offset);
      EXPECT_EQ(Open().exit_code, 1) << file << " flipped at " << offset;
      FlipBit(file, offset);
      ++flipped;
    }
  }
  EXPECT_GE(flipped, 5);
  EXPECT_EQ(Open().exit_code, 0);  // control: mended
}

TEST_F(Attack, FlippedByteInTheCommitRecords) {
  InstallRightly();
  std::vector<std::filesystem::path> records;
  for (const std::filesystem::path& file : FilesBelow(device_.state())) {
    if (file.filename().string().starts_with("record")) records.push_back(file);
  }
  ASSERT_EQ(records.size(), 2U);
  FlipBit(records[0], 40);
  EXPECT_EQ(Open().exit_code, 0) << "one of two is enough";
  FlipBit(records[1], 50);
  EXPECT_EQ(Open().exit_code, 1);
  FlipBit(records[1], 50);
  EXPECT_EQ(Open().exit_code, 0);  // control: mended
}

TEST_F(Attack, AnotherUserKnocks) {
  InstallRightly();
  const passwd* nobody = ::getpwnam("nobody");
  ASSERT_NE(nobody, nullptr);
  ProgramOptions as_nobody{.as_user = nobody->pw_uid};
  ExpectRefused(device_.Edgekeep({"status"}, as_nobody), "forbidden");
  ExpectRefused(device_.Edgekeep({"run", kProduct, "--random", "1"}, as_nobody), "forbidden");
  as_nobody.groups = {::getgrnam("edgekeep")->gr_gid};  // control: the same user in the group may use models
  EXPECT_EQ(device_.Edgekeep({"run", kProduct, "--random", "1"}, as_nobody).exit_code, 0);
  ExpectRefused(device_.Edgekeep({"status"}, as_nobody), "forbidden");
}

}  // namespace
}  // namespace edgekeep::test
