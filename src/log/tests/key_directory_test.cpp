#include "edgekeep/log/key_directory.h"

#include <stdlib.h>

#include <filesystem>

#include "edgekeep/release/log/policy.h"
#include "log_fixture.h"

namespace edgekeep::log {
namespace {

constexpr formats::Argon2Costs kCheap{
    .memory_kib = formats::kMinArgon2MemoryKib, .passes = formats::kMinArgon2Passes, .lanes = 1};

class KeyDirectory : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() / "edgekeep-keys-XXXXXX";
    ASSERT_NE(::mkdtemp(path_.data()), nullptr);
  }

  void TearDown() override { std::filesystem::remove_all(path_); }

  static SecretBytes Passphrase(const char* words) { return SecretBytes::CopyOf(AsBytes(words)).value(); }

  std::string path_;
};

TEST_F(KeyDirectory, OpensWhatItMade) {
  for (const NoteRole role : {NoteRole::kLog, NoteRole::kWitness}) {
    const std::string directory = path_ + (role == NoteRole::kLog ? "/log" : "/witness");
    std::filesystem::create_directory(directory);
    const auto made = NoteKeys::Create(Cryptography(), directory, {role, "a.example/b"}, Passphrase("right"), kCheap);
    ASSERT_TRUE(made) << made.error().where();
    const auto opened = NoteKeys::Open(Cryptography(), directory, role, Passphrase("right"));
    ASSERT_TRUE(opened) << opened.error().where();
    EXPECT_EQ(PolicyLinesOf(role, opened->signers()), PolicyLinesOf(role, made->signers()));
    EXPECT_TRUE(release::log::Policy::Parse(Cryptography(), PolicyLinesOf(role, opened->signers())));
    EXPECT_EQ(NoteKeys::Open(Cryptography(), directory, role, Passphrase("wrong")).error().code(), ErrorCode::kDenied);
    const auto shown = NoteKeys::OpenPublic(Cryptography(), directory, role);
    ASSERT_TRUE(shown) << shown.error().where();
    EXPECT_EQ(PolicyLinesOf(role, shown->signers()), PolicyLinesOf(role, made->signers()));
    const std::string text = CheckpointText("a.example/b", {});
    EXPECT_TRUE(SignCheckpoint(Cryptography(), text, opened->signers(), kNow));
    EXPECT_EQ(SignCheckpoint(Cryptography(), text, shown->signers(), kNow).error().code(), ErrorCode::kBadState);
    const NoteRole other = role == NoteRole::kLog ? NoteRole::kWitness : NoteRole::kLog;
    EXPECT_EQ(NoteKeys::Open(Cryptography(), directory, other, Passphrase("right")).error().code(),
              ErrorCode::kWrongProduct);
  }
}

TEST_F(KeyDirectory, RefusesNamesThatNoNoteCanHold) {
  for (const char* name : {"", "a b", "a+b", "a\nb"}) {
    EXPECT_EQ(
        NoteKeys::Create(Cryptography(), path_, {NoteRole::kLog, name}, Passphrase("right"), kCheap).error().code(),
        ErrorCode::kBadArgument);
  }
  EXPECT_TRUE(std::filesystem::is_empty(path_));
}

}  // namespace
}  // namespace edgekeep::log
