#include "edgekeep/signer/passphrase.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "support.h"

namespace edgekeep::signer {
namespace {

class PassphraseFiles : public testing::Test {
 protected:
  Result<SecretBytes> Read(const std::string& text, mode_t mode = 0600) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << text;
    ::chmod(path_.c_str(), mode);
    return ReadPassphraseFile(path_);
  }

  void ExpectPassphrase(const std::string& text, std::string_view expected) {
    const auto read = Read(text);
    ASSERT_TRUE(read) << read.error().where();
    EXPECT_EQ(AsText(read->Reveal()), expected);
  }

  Directory directory_;
  std::string path_ = directory_ / "passphrase";
};

TEST_F(PassphraseFiles, AreOneLineWithOrWithoutItsEnd) {
  ExpectPassphrase("a b", "a b");
  ExpectPassphrase("a b\n", "a b");
  ExpectPassphrase("a b\r\n", "a b");
  ExpectPassphrase(" \xc3\xa4 \n", " \xc3\xa4 ");
  ExpectPassphrase(std::string(kMaxPassphraseSize, 'x') + "\n", std::string(kMaxPassphraseSize, 'x'));
}

TEST_F(PassphraseFiles, RefuseEmptyLinesMoreLinesAndEndlessOnes) {
  for (const std::string& text :
       {std::string(), std::string("\n"), std::string("a\nb"), std::string("a\n\n"), std::string("a\0b", 3)}) {
    EXPECT_EQ(Read(text).error().code(), ErrorCode::kMalformed);
  }
  EXPECT_EQ(Read(std::string(kMaxPassphraseSize + 1, 'x')).error().code(), ErrorCode::kTooLarge);
  EXPECT_EQ(Read(std::string(1 << 20, 'x')).error().code(), ErrorCode::kTooLarge);
}

TEST_F(PassphraseFiles, RefuseModesThatLetOthersRead) {
  EXPECT_EQ(Read("a b", 0644).error().code(), ErrorCode::kForbidden);
}

TEST(PassphraseDescriptor, ReadsToTheEnd) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ASSERT_EQ(::write(ends[1], "from a pipe\n", 12), 12);
  ::close(ends[1]);
  const SecretBytes passphrase = ReadPassphraseDescriptor(ends[0]).value();
  EXPECT_EQ(AsText(passphrase.Reveal()), "from a pipe");
  ::close(ends[0]);
}

TEST(PassphraseDescriptor, RefusesAnEndlessOneAndABadOne) {
  const int zero = ::open("/dev/zero", O_RDONLY);
  EXPECT_EQ(ReadPassphraseDescriptor(zero).error().code(), ErrorCode::kTooLarge);
  ::close(zero);
  EXPECT_FALSE(ReadPassphraseDescriptor(987));
}

TEST(NewPassphrase, MustNotBeShort) {
  EXPECT_FALSE(CheckNewPassphrase(Secret("eleven char")));
  EXPECT_TRUE(CheckNewPassphrase(Secret("twelve chars")));
}

}  // namespace
}  // namespace edgekeep::signer
