// Against golang.org/x/mod/sumdb, which signed notes and tiles come from: each side verifies what the other made.
#include <cstdio>
#include <fstream>
#include <sstream>

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
    std::printf("SKIP go log: no Go compiler here (golang-go, golang-golang-x-mod-dev)\n");
    GTEST_SKIP();
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

}  // namespace
}  // namespace edgekeep::release::log
