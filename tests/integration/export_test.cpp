// Programs that can load a model from a file only, on a whole device (docs/guides/programs-that-load-files.md).
#include <grp.h>
#include <gtest/gtest.h>
#include <pwd.h>

#include <algorithm>

#include "binaries.h"
#include "device.h"
#include "eventually.h"
#include "files.h"
#include "publisher.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTagged = "acme/tagged";
constexpr const char* kExternal = "acme/external";
// Of the tagged model: 2 × 256² weights.
constexpr const char* kTaggedShape = "1x1x256";
constexpr std::size_t kTags = 2 * 256 * 256;

// One device for all of these tests: none of them changes it.
class Export : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!WhyNoDevice().empty()) return;
    files_ = new TemporaryDirectory();
    device_ = new Device();
    device_->Start();
    request_ = device_->Initialise(Publisher::Shared().trust_bundle());
    Make({"mlp", Plain("tagged.onnx"), "--tagged", "--set", "layers=2", "--set", "width=256", "--set", "batch=1"});
    Make({"external", Plain("external.onnx")});
    Install(kTagged, Plain("tagged.onnx"), {"--allow-export"});
    Install(kExternal, Plain("external.onnx"), {"--allow-export"}, {Plain("weights/matrix.bin")});
  }

  static void TearDownTestSuite() {
    delete std::exchange(device_, nullptr);
    delete std::exchange(files_, nullptr);
  }

  void SetUp() override {
    if (const std::string reason = WhyNoDevice(); !reason.empty()) GTEST_SKIP() << reason;
  }

  static fs::path Plain(const std::string& name) { return *files_ / name; }

  static void Make(std::vector<std::string> words) {
    words.insert(words.begin(), {"/usr/bin/python3", "-B", SourceDirectory() / "tools/testmodels/make.py"});
    const Outcome made = RunProgram(words);
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }

  // A package of the model and what lies beside it.
  static void Install(const std::string& product, const fs::path& model, const std::vector<std::string>& terms,
                      const std::vector<fs::path>& beside = {}) {
    Publisher& publisher = Publisher::Shared();
    const fs::path sealed = publisher.Seal(model, product, 1, beside);
    const Outcome install =
        device_->Edgekeep({"install", sealed, publisher.Grant(sealed), publisher.Licence(request_, product, terms)});
    ASSERT_EQ(install.exit_code, 0) << install.err;
  }

  static Outcome Exec(const std::string& product, std::vector<std::string> words, const ProgramOptions& options = {}) {
    words.insert(words.begin(), {"exec", product, "--"});
    return device_->Edgekeep(std::move(words), options);
  }

  static ProgramOptions AsNobody(const std::vector<gid_t>& groups) {
    return {.as_user = ::getpwnam("nobody")->pw_uid, .groups = groups};
  }

  static Outcome LoadByPath(const fs::path& model, const fs::path& output) {
    return RunProgram({"/usr/bin/env", "ONNXRUNTIME=" + EngineLibrary().string(), Binary("load-by-path"), model,
                       kTaggedShape, output});
  }

  static TemporaryDirectory* files_;
  static Device* device_;
  static fs::path request_;
};

TemporaryDirectory* Export::files_ = nullptr;
Device* Export::device_ = nullptr;
fs::path Export::request_;

TEST_F(Export, ProgramReadsTheVeryBytesThatWereSealed) {
  const Outcome same = Exec(kTagged, {"cmp", "{model}", Plain("tagged.onnx")});
  EXPECT_EQ(same.exit_code, 0) << same.out << same.err;
  EXPECT_EQ(Exec(kTagged, {"cmp", "-s", "{model}", Plain("external.onnx")}).exit_code, 1) << "control: cmp tells";
}

TEST_F(Export, FilesBesideTheModelToo) {
  const Outcome same =
      Exec(kExternal, {"sh", "-c", "cmp \"$1\" \"$2\" && cmp \"$3\" \"$4\"", "sh", "{model}", Plain("external.onnx"),
                       "{file:weights/matrix.bin}", Plain("weights/matrix.bin")});
  EXPECT_EQ(same.exit_code, 0) << same.out << same.err;
  const Outcome none = Exec(kExternal, {"cat", "{file:weights/other.bin}"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_NE(none.err.find("failed, not-found: the package has no such file"), std::string::npos) << none.err;
}

TEST_F(Export, UnmodifiedOnnxRuntimeProgramComputesTheSameBits) {
  ASSERT_EQ(LoadByPath(Plain("tagged.onnx"), *files_ / "plain.raw").exit_code, 0);
  const Outcome exec = Exec(kTagged, {"/usr/bin/env", "ONNXRUNTIME=" + EngineLibrary().string(), Binary("load-by-path"),
                                      "{model}", kTaggedShape, *files_ / "exported.raw"});
  ASSERT_EQ(exec.exit_code, 0) << exec.err;
  const std::vector<std::uint8_t> plain = ReadFile(*files_ / "plain.raw");
  EXPECT_EQ(plain.size(), 256 * sizeof(float));
  EXPECT_EQ(ReadFile(*files_ / "exported.raw"), plain);
}

TEST_F(Export, IsForbiddenWithoutTheClaim) {
  Install("acme/kept", Plain("tagged.onnx"), {});
  const Outcome refused = Exec("acme/kept", {"cat", "{model}"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.out, "");
  EXPECT_NE(refused.err.find("failed, forbidden: licence: does not allow export"), std::string::npos) << refused.err;
  EXPECT_NE(device_->JournalText().find("export acme/kept: forbidden"), std::string::npos);
  EXPECT_EQ(device_->Edgekeep({"run", "acme/kept", "--random", "1"}).exit_code, 0) << "control: it is licensed";
}

TEST_F(Export, IsForMembersOfTheGroup) {
  const Outcome stranger = Exec(kTagged, {"cat", "{model}"}, AsNobody({}));
  EXPECT_EQ(stranger.exit_code, 1);
  EXPECT_NE(stranger.err.find("failed, forbidden: app.sock is for members of group edgekeep"), std::string::npos)
      << stranger.err;
  const std::string size = std::to_string(fs::file_size(Plain("tagged.onnx")));
  const Outcome member =
      Exec(kTagged, {"stat", "-L", "-c", "%s", "{model}"}, AsNobody({::getgrnam("edgekeep")->gr_gid}));
  EXPECT_EQ(member.out, size + "\n") << member.err;
  EXPECT_NE(device_->JournalText().find("handed plaintext out, to user 65534: acme/tagged"), std::string::npos);
}

// How many tags an audit of these finds, and nothing else that it dislikes.
std::size_t TagsFound(const Device& device, const std::vector<std::string>& what) {
  std::vector<std::string> words = {"audit-memory", "--tag", "3a59", "--json"};
  words.insert(words.end(), what.begin(), what.end());
  const Outcome audit = device.Edgekeep(words);
  const std::string member = "\"found\": ";
  const std::size_t at = audit.out.find(member);
  EXPECT_NE(at, std::string::npos) << audit.out << audit.err;
  return at == std::string::npos ? 0 : std::stoul(audit.out.substr(at + member.size()));
}

TEST_F(Export, PlaintextIsInTheProgramAloneAndNowhereWhenItEnded) {
  const fs::path log = *files_ / "log";
  Background program = Background::Start({Binary("edgekeep"), "--root", device_->root(), "exec", kTagged, "--", "sh",
                                          "-c", "echo started; read line < \"$2\"", "sh", "{model}", *files_ / "fifo"},
                                         log);
  ASSERT_EQ(RunProgram({"/usr/bin/mkfifo", *files_ / "fifo"}).exit_code, 0);
  ASSERT_TRUE(Eventually([&] { return Contains(log, {'s', 't', 'a', 'r', 't', 'e', 'd'}); }));
  EXPECT_GE(TagsFound(*device_, {"--pid", std::to_string(program.pid())}), kTags) << "control: the scan finds it";
  EXPECT_EQ(TagsFound(*device_, {}), 0U) << "the keep and its cells hold nothing any more";
  program.Signal(SIGKILL);
  EXPECT_TRUE(program.Wait(std::chrono::seconds(10)));
  EXPECT_EQ(TagsFound(*device_, {}), 0U);
}

}  // namespace
}  // namespace edgekeep::test
