// Against golang.org/x/mod/sumdb, which signed notes and tiles come from: each side verifies what the other made.
#include <fstream>
#include <sstream>

#include "binaries.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/release/log/log_proof.h"
#include "files.h"
#include "program.h"
#include "reference_tree.h"
#include "temporary_directory.h"

namespace edgekeep::release::log {
namespace {

constexpr int kSize = 40;

std::string Text(const std::filesystem::path& path) {
  const auto bytes = test::ReadFile(path);
  return {bytes.begin(), bytes.end()};
}

void Write(const std::filesystem::path& path, const std::string& text) {
  test::WriteFile(path, {text.begin(), text.end()});
}

class GoLog : public testing::Test {
 protected:
  void SetUp() override {
    if (std::filesystem::exists(EDGEKEEP_GO_PEER)) return;
    GTEST_SKIP() << "SKIP go log: no Go compiler here (golang-go, golang-golang-x-mod-dev)";
  }

  test::Outcome Peer(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all = {EDGEKEEP_GO_PEER};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return test::RunProgram(all);
  }

  std::string Path(const std::string& name) const { return directory_ / name; }

  MerklePath Hashes(const std::string& name) const {
    const std::string text = Text(directory_ / name) + "\n";
    std::string_view rest = text;
    return TakePath(rest).value();
  }

  test::TemporaryDirectory directory_;
};

TEST_F(GoLog, WhatGoMadeVerifies) {
  ASSERT_EQ(Peer({"make", directory_.path(), std::to_string(kSize)}).exit_code, 0);
  const auto key = VerifierKey::Parse(Cryptography(), Text(directory_ / "vkey")).value();
  std::vector<TreeHead> heads;
  for (std::size_t size = 1; size <= kSize; ++size) {
    const std::string note = Text(directory_ / ("checkpoint." + std::to_string(size)));
    const auto checkpoint = VerifyCheckpoint(Cryptography(), note, {&key, 1});
    ASSERT_TRUE(checkpoint) << checkpoint.error().where();
    heads.push_back({.size = checkpoint->checkpoint().size, .root = checkpoint->checkpoint().root});
    EXPECT_EQ(heads.back(), HeadOf(LeavesOf(size)));
  }
  const Leaves leaves = LeavesOf(kSize);
  for (std::size_t size = 1; size <= kSize; ++size) {
    for (std::size_t i = 0; i < size; ++i) {
      const std::string to = "." + std::to_string(size);
      const auto inclusion = Hashes("inclusion." + std::to_string(i) + to);
      EXPECT_TRUE(VerifyInclusion(Cryptography(), i, leaves[i], inclusion.view(), heads[size - 1])) << i << to;
      const auto consistency = Hashes("consistency." + std::to_string(i + 1) + to);
      EXPECT_TRUE(VerifyConsistency(Cryptography(), heads[i], heads[size - 1], consistency.view())) << i + 1 << to;
    }
  }
}

TEST_F(GoLog, GoVerifiesACheckpointWithCosignaturesItDoesNotKnow) {
  const NoteSigner log("log.example", SignatureType::kEd25519);
  const NoteSigner quantum("log.example", SignatureType::kMlDsa44Cosignature);
  const NoteSigner witness("witness.example", SignatureType::kEd25519Cosignature);
  const std::string text = CheckpointText("log.example", 5, RootOf(LeavesOf(5)));
  const std::string note =
      NoteOf(text, {log.Line(text), quantum.Line(text, 1790000000), witness.Line(text, 1790000001)});
  Write(directory_ / "note", note);
  const test::Outcome opened = Peer({"open", log.vkey(), Path("note")});
  EXPECT_EQ(opened.exit_code, 0) << opened.err;
  EXPECT_EQ(opened.out, text);
  // Control: another size under the same signatures.
  Write(directory_ / "note", "log.example\n6" + note.substr(note.find("5") + 1));
  EXPECT_EQ(Peer({"open", log.vkey(), Path("note")}).exit_code, 1);
}

// Go reads the directory that `edgekeep log export` makes: every entry and every size by a proof of its own.
TEST_F(GoLog, GoReadsAnExportedLog) {
  constexpr int kEntries = 300;
  Write(directory_ / "passphrase", "correct horse battery staple\n");
  std::filesystem::permissions(directory_ / "passphrase", std::filesystem::perms{0600});
  const auto publisher = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), test::Binary("edgekeep-publisher"));
    return test::RunProgram(arguments).exit_code;
  };
  ASSERT_EQ(publisher({"log", "init", Path("log"), "--origin", "log.example", "--key-file-memory", "19",
                       "--key-file-passes", "2", "--passphrase-file", Path("passphrase")}),
            0);
  std::vector<std::string> append = {"log", "append", Path("log"), "--passphrase-file", Path("passphrase")};
  for (int i = 0; i < kEntries; ++i) {
    std::string content(100, '\0');
    const std::string holder = "h" + std::to_string(i);
    CborWriter out({reinterpret_cast<std::uint8_t*>(content.data()), content.size()});
    ASSERT_TRUE(formats::EncodeApproval({.release = {}, .holder = holder}, out));
    const std::string name = "entry" + std::to_string(i);
    Write(directory_ / name, content.substr(0, out.written().size()));
    append.push_back(Path(name));
  }
  ASSERT_EQ(publisher(append), 0);
  ASSERT_EQ(publisher({"log", "export", Path("log"), Path("exported")}), 0);
  const std::string policy = Text(directory_ / "log/keys/key.policy");
  const std::string vkey = policy.substr(4, policy.find('\n') - 4);
  const test::Outcome read = Peer({"read", vkey, Path("exported")});
  EXPECT_EQ(read.exit_code, 0) << read.err;
  EXPECT_EQ(read.out, std::to_string(kEntries) + "\n");
  test::FlipBit(directory_ / "exported/tile/entries/000", 1000);
  EXPECT_EQ(Peer({"read", vkey, Path("exported")}).exit_code, 1) << "control: one changed bit";
}

}  // namespace
}  // namespace edgekeep::release::log
