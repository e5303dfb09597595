#include "edgekeep/log/verdict_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::log {
namespace {

const crypto::Provider& JudgingCryptography() {
  static const auto provider = crypto::NewOpenSslProvider().value();
  return *provider;
}

class NotaryKey final : public sealing::SigningKey {
 public:
  crypto::AlgorithmId algorithm() const override { return crypto::AlgorithmId::kEd25519; }

  ByteView public_key() const override { return pair_.public_key.view(); }

  Result<Bytes> Sign(ByteView message) const override {
    return JudgingCryptography().Sign(algorithm(), pair_.private_key.Reveal(), message);
  }

 private:
  crypto::KeyPair pair_ = JudgingCryptography().GenerateSigningKey(crypto::AlgorithmId::kEd25519).value();
};

class VerdictFilesTest : public testing::Test {
 protected:
  VerdictFilesTest() { std::filesystem::create_directory(directory_); }

  ~VerdictFilesTest() override { std::filesystem::remove_all(directory_); }

  VerdictFiles Of(const std::string& origin) const {
    return VerdictFiles::Open(JudgingCryptography(), directory_, origin).value();
  }

  // On release 7, with something found where it is not favourable.
  GivenVerdict On(const std::string& origin, bool is_favourable) const {
    formats::Verdict verdict{.release_index = 7, .tree_size = 8, .log = origin};
    const formats::VerdictFinding finding{.reason = formats::VerdictReason::kNoQuorum, .detail = "1 of 2 approvals"};
    EXPECT_TRUE(is_favourable ? verdict.approvals.PushBack({}) : verdict.findings.PushBack(finding));
    std::vector<std::uint8_t> buffer(65536);
    CborWriter payload(buffer);
    EXPECT_TRUE(formats::EncodeVerdict(verdict, payload));
    const sealing::SigningKey* const keys[] = {&key_};
    const Bytes statement =
        sealing::SignObject(JudgingCryptography(), formats::typ::kLogEntry, payload.written(), keys).value();
    return {7, {}, {"", std::string(AsText(statement.view()))}};
  }

  std::string FileAt(const std::string& name) const { return directory_ + "/" + name; }

  NotaryKey key_;
  std::string directory_ =
      (std::filesystem::temp_directory_path() / ("verdicts." + std::to_string(::getpid()))).string();
};

TEST_F(VerdictFilesTest, AnotherLogsVerdictIsNoneAndInNobodysWay) {
  VerdictFiles first = Of("log.example/first"), second = Of("log.example/second");
  EXPECT_EQ(first.PathOf(7), FileAt("verdict-7.ekl")) << "control: the usual name";
  EXPECT_FALSE(first.Find(7)) << "control: none yet";
  ASSERT_TRUE(first.Add(On("log.example/first", false)));
  EXPECT_EQ(first.Find(7), false);
  EXPECT_FALSE(second.Find(7));
  ASSERT_TRUE(second.Add(On("log.example/second", true)));
  EXPECT_EQ(second.Find(7), true);
  EXPECT_EQ(first.Find(7), false) << "the first one's is as it was";
  EXPECT_TRUE(std::filesystem::exists(second.PathOf(7)));
  EXPECT_NE(second.PathOf(7), first.PathOf(7));
  for (VerdictFiles* one : {&first, &second}) {
    const Status again = one->Add(On("log.example/first", true));
    ASSERT_FALSE(again) << "nothing is overwritten";
    EXPECT_EQ(again.error().code(), ErrorCode::kAlreadyExists);
  }
  std::filesystem::remove(FileAt("verdict-7.ekl"));
  EXPECT_EQ(second.Find(7), true) << "nothing is judged twice, whatever becomes of the other log's";
}

TEST_F(VerdictFilesTest, WhatCannotBeReadMayBeFavourable) {
  std::ofstream(FileAt("verdict-7.ekl")) << "no verdict";
  EXPECT_EQ(Of("log.example/first").Find(7), true);
  EXPECT_FALSE(Of("log.example/first").Add(On("log.example/first", true)));
}

}  // namespace
}  // namespace edgekeep::log
