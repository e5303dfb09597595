// An engine that changed under a device: its prepared forms are made anew, and the answers stay the same.
#include <gtest/gtest.h>

#include <fstream>

#include "binaries.h"
#include "device.h"
#include "eventually.h"
#include "files.h"
#include "publisher.h"

namespace edgekeep::test {
namespace {

namespace fs = std::filesystem;

class OtherEngine : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = WhyNoDevice(); !reason.empty()) GTEST_SKIP() << reason;
    device_.Start();
    Publisher& publisher = Publisher::Shared();
    const fs::path licence = publisher.Licence(device_.Initialise(publisher.trust_bundle()), kDirectionProduct);
    const fs::path sealed = publisher.Seal(OcrModel("ch_ppocr_mobile_v2.0_cls_infer.onnx"), kDirectionProduct);
    const Outcome install = device_.Edgekeep({"install", sealed, publisher.Grant(sealed), licence});
    ASSERT_EQ(install.exit_code, 0) << install.err;
  }

  // The same library for all that runs, and another one by its digest.
  fs::path EngineWithOneMoreByte() const {
    const fs::path copy = files_ / "libonnxruntime.so.1";
    fs::copy_file(EngineLibrary(), copy);
    std::ofstream(copy, std::ios::binary | std::ios::app) << 'x';
    return copy;
  }

  // All outputs for the same input, one after the other.
  std::vector<std::uint8_t> Answers(const std::string& name) const {
    const fs::path directory = files_ / name;
    const Outcome run =
        device_.Edgekeep({"run", kDirectionProduct, "--random", "7", "--threads", "1", "--output-dir", directory});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    std::vector<std::uint8_t> answers;
    for (const fs::path& file : FilesBelow(directory)) {
      const std::vector<std::uint8_t> bytes = ReadFile(file);
      answers.insert(answers.end(), bytes.begin(), bytes.end());
    }
    return answers;
  }

  // A text member of the status, the first of that name.
  std::string StatusOf(const std::string& member) const {
    const std::string text = device_.Edgekeep({"status", "--json"}).out;
    const std::string begin = "\"" + member + "\": \"";
    const std::size_t at = text.find(begin);
    EXPECT_NE(at, std::string::npos) << text;
    return text.substr(at + begin.size(), text.find('"', at + begin.size()) - at - begin.size());
  }

  bool PreparedFormIsCurrent() const { return StatusOf("engine_key") == StatusOf("prepared_for"); }

  fs::path PreparedFile() const {
    for (const fs::path& file : FilesBelow(device_.state())) {
      if (file.stem() == "prepared") return file;
    }
    ADD_FAILURE() << "no prepared form";
    return {};
  }

  TemporaryDirectory files_;
  Device device_;
};

TEST_F(OtherEngine, HasThePreparedFormRemadeAndAnswersTheSame) {
  const std::vector<std::uint8_t> answers = Answers("before");
  ASSERT_FALSE(answers.empty());
  const std::string key = StatusOf("engine_key");
  const std::vector<std::uint8_t> prepared = ReadFile(PreparedFile());
  ASSERT_TRUE(PreparedFormIsCurrent());

  device_.Stop();
  device_.Start();
  EXPECT_EQ(Answers("restarted"), answers);
  EXPECT_EQ(ReadFile(PreparedFile()), prepared) << "control: the same engine has nothing remade";

  device_.Stop();
  device_.UseEngine(EngineWithOneMoreByte());
  device_.Start();
  EXPECT_NE(StatusOf("engine_key"), key);
  EXPECT_FALSE(PreparedFormIsCurrent());
  // Nobody waits for the new form: the canonical package is served meanwhile.
  EXPECT_EQ(Answers("other"), answers);
  EXPECT_TRUE(Eventually([this] { return PreparedFormIsCurrent(); }));
  EXPECT_NE(ReadFile(PreparedFile()), prepared);
  EXPECT_EQ(Answers("remade"), answers);
}

}  // namespace
}  // namespace edgekeep::test
