// Attacks on a real device with real programs; each is refused, and its control shows what the attack lacks.
#include <grp.h>
#include <pwd.h>

#include <algorithm>

#include "attacked_device.h"
#include "files.h"

namespace edgekeep::test {
namespace {

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
  test::ExpectRefused(second, second.Edgekeep({"run", kProduct, "--random", "1"}), "denied");
  device_.Start();  // control: the same bytes on their own device
  EXPECT_EQ(Open().exit_code, 0);
}

// The thief has the device, but not the inside of its anchor.
TEST_F(Attack, OlderStateDirectoryPutBack) {
  InstallRightly();
  const auto older = device_.state().string() + ".older";
  const auto newer = device_.state().string() + ".newer";
  device_.Stop();
  ASSERT_EQ(RunProgram({"/bin/cp", "-a", device_.state(), older}).exit_code, 0);
  device_.Start();
  InstallRightly();
  device_.Stop();
  std::filesystem::rename(device_.state(), newer);
  std::filesystem::rename(older, device_.state());
  device_.Start();
  ExpectRefused(Open(), "denied");
  device_.Stop();
  std::filesystem::remove_all(device_.state());
  std::filesystem::rename(newer, device_.state());  // control: the state of now
  device_.Start();
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
  const std::filesystem::path sealed = stranger.Seal(DirectionModel(), kProduct);
  ExpectRefused(Install(sealed, stranger.Grant(sealed), licence_), "untrusted");
  ExpectRefused(Install(sealed, Grant(), licence_), "untrusted");
}

TEST_F(Attack, GrantOfAnotherSealedFile) {
  const std::filesystem::path other = publisher().Seal(DirectionModel(), kProduct, 2);
  ExpectRefused(Install(other, Grant(), licence_), "wrong-product");
  EXPECT_EQ(Install(other, publisher().Grant(other), licence_).exit_code, 0);
}

TEST_F(Attack, OlderVersionAfterANewerOne) {
  const std::filesystem::path newer = publisher().Seal(DirectionModel(), kProduct, 2);
  ASSERT_EQ(Install(newer, publisher().Grant(newer), licence_).exit_code, 0);
  ExpectRefused(Install(Sealed(), Grant(), licence_), "wrong-version");
}

// What stands in front of a file names itself; a body that was tampered with is denied, a signed object's signature
// wrong.
TEST_F(Attack, FlippedByteInEachFileHandedIn) {
  for (const std::filesystem::path& file : {Sealed(), Grant(), licence_}) {
    for (const std::uint64_t offset : OffsetsAcross(file, 9)) {
      SCOPED_TRACE(file.extension().string() + " flipped at " + std::to_string(offset));
      const std::filesystem::path bad = FlippedCopy(file, offset);
      const auto choose = [&](const std::filesystem::path& good) { return good == file ? bad : good; };
      const char* const expected = offset == 0 ? "malformed" : file == Sealed() ? "denied" : "bad-signature";
      ExpectRefused(Install(choose(Sealed()), choose(Grant()), choose(licence_)), expected);
    }
  }
  EXPECT_EQ(Install(Sealed(), Grant(), licence_).exit_code, 0);  // control
}

TEST_F(Attack, FlippedByteInTrustBundle) {
  Device fresh;
  fresh.Start();
  for (const std::uint64_t offset : OffsetsAcross(publisher().trust_bundle(), 9)) {
    SCOPED_TRACE(offset);
    const std::filesystem::path bad = FlippedCopy(publisher().trust_bundle(), offset);
    test::ExpectRefused(fresh, fresh.Edgekeep({"device", "init", "--trust", bad}),
                        offset == 0 ? "malformed" : "bad-signature");
  }
  fresh.Initialise(publisher().trust_bundle());  // control
}

TEST_F(Attack, FlippedByteInDeviceRequest) {
  const auto issue = [](const std::filesystem::path& request) {
    return publisher().Command(
        {"licence", "issue", "--device", request, "--product", kProduct, "-o", publisher().Fresh(".lic")});
  };
  for (const std::uint64_t offset : OffsetsAcross(request_, 9)) {
    const Outcome outcome = issue(FlippedCopy(request_, offset));
    EXPECT_EQ(outcome.exit_code, 1) << offset;
    const char* const expected =
        offset == 0 ? "damaged, or not a file of this kind" : "a required signature is missing or wrong";
    EXPECT_NE(outcome.err.find(expected), std::string::npos) << offset << ": " << outcome.err;
  }
  EXPECT_EQ(issue(request_).exit_code, 0);  // control
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
