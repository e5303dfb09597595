#include "edgekeep/author/publisher.h"

#include <sys/stat.h>

#include "edgekeep/author/epoch_keys.h"
#include "support.h"

namespace edgekeep::author {
namespace {

namespace fs = std::filesystem;

mode_t ModeOfFile(const std::string& path) {
  struct stat status;
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777;
}

class Publishers : public testing::Test {
 protected:
  Directory directory_;
  std::string path_ = directory_ / "acme";
};

TEST_F(Publishers, HaveKeysThatOnlyTheirOwnerMayRead) {
  EK_ASSERT_DONE(NewTestPublisher(path_));
  EXPECT_EQ(ModeOfFile(path_), 0700U);
  EXPECT_EQ(ModeOfFile(path_ + "/epochs"), 0700U);
  for (const char* name : {"author-ed25519.ekk", "author-mldsa65.ekk", "licensor-ed25519.ekk", "licensor-mldsa65.ekk",
                           "licensor-kem.ekk"}) {
    EXPECT_EQ(ModeOfFile(path_ + "/" + name), 0600U) << name;
  }
  EXPECT_TRUE(fs::exists(path_ + "/publisher.ekt"));
  EXPECT_EQ(directory_.Entries().size(), 1U);
}

TEST_F(Publishers, OpenAgainWithTheSameFingerprint) {
  const Publisher made = NewTestPublisher(path_).value();
  const Publisher opened = Publisher::Open(TestContext(), path_).value();
  EXPECT_EQ(opened.trust().publisher, "acme");
  EXPECT_EQ(opened.fingerprint(), made.fingerprint());
  EXPECT_EQ(opened.OpenAuthor(TestContext(), TestPassphrase())->keys.size(), 2U);
  EXPECT_EQ(opened.OpenLicensor(TestContext(), TestPassphrase())->keys.size(), 2U);
  EK_ASSERT_DONE(opened.OpenLicensorKem(TestContext(), TestPassphrase()));
}

TEST_F(Publishers, LaterKeyFilesCostWhatTheFirstDid) {
  Context dear = TestContext();
  dear.key_file_costs = {.memory_kib = 20U * 1024, .passes = 3, .lanes = 1};
  const Publisher publisher = Publisher::Create(dear, {path_, "acme", Profile::kGeneral}, TestPassphrase()).value();
  EpochKeys epochs = EpochKeys::OpenOrCreate(TestContext(), publisher, Product(), TestPassphrase()).value();
  const auto expect_dear = [&] {
    const auto costs = signer::CostsOfKeyFile(path_ + "/epochs/acme__label-ocr.ekk");
    ASSERT_TRUE(costs.has_value());
    EXPECT_EQ(costs->memory_kib, 20U * 1024);
    EXPECT_EQ(costs->passes, 3U);
  };
  expect_dear();
  EK_ASSERT_DONE(epochs.BeginNext(TestContext(), TestPassphrase()));
  expect_dear();
}

TEST_F(Publishers, TakeOtherAlgorithmsByProfile) {
  const Publisher publisher = NewTestPublisher(path_, "acme", Profile::kCnsa2).value();
  EXPECT_TRUE(fs::exists(path_ + "/author-p256.ekk"));
  EXPECT_TRUE(fs::exists(path_ + "/author-mldsa87.ekk"));
  const HolderKeys author = publisher.OpenAuthor(TestContext(), TestPassphrase()).value();
  EXPECT_EQ(author.keys[0]->algorithm(), crypto::AlgorithmId::kEcdsaP256Sha256);
  EXPECT_EQ(author.keys[1]->algorithm(), crypto::AlgorithmId::kMlDsa87);
}

TEST_F(Publishers, RefuseNamesThatAreNone) {
  for (const char* name : {"", "Acme", "acme corp", "acme/ocr", "acm\xc3\xa9"}) {
    ExpectFailure(NewTestPublisher(path_, name), ErrorCode::kBadArgument, "name");
  }
  EXPECT_TRUE(directory_.Entries().empty());
}

TEST_F(Publishers, AreNeverMadeOverAnotherOne) {
  const Publisher first = NewTestPublisher(path_).value();
  ExpectFailure(NewTestPublisher(path_), ErrorCode::kAlreadyExists);
  EXPECT_EQ(Publisher::Open(TestContext(), path_)->fingerprint(), first.fingerprint());
}

TEST_F(Publishers, LeaveNothingWhenInterrupted) {
  for (int allowed = 0; allowed < 5; ++allowed) {
    int asked = 0;
    Context context = TestContext();
    context.stop_requested = [&] { return asked++ == allowed; };
    ExpectFailure(Publisher::Create(context, {path_, "acme", Profile::kGeneral}, TestPassphrase()),
                  ErrorCode::kPeerGone);
    EXPECT_TRUE(directory_.Entries().empty());
  }
}

TEST_F(Publishers, RefuseAWrongPassphrase) {
  const SecretBytes wrong = SecretBytes::CopyOf(AsBytes("incorrect horse battery staple")).value();
  ExpectFailure(TestPublisher().OpenAuthor(TestContext(), wrong), ErrorCode::kDenied, "wrong passphrase");
  ExpectFailure(TestPublisher().OpenLicensorKem(TestContext(), wrong), ErrorCode::kDenied, "wrong passphrase");
}

// Somebody exchanges a key file for one of their own making: same purpose, same passphrase, another key.
TEST_F(Publishers, RefuseKeysThatTheTrustBundleDoesNotName) {
  EK_ASSERT_DONE(NewTestPublisher(path_));
  EK_ASSERT_DONE(NewTestPublisher(directory_ / "other"));
  for (const char* name : {"author-mldsa65.ekk", "licensor-kem.ekk"}) {
    fs::copy_file(directory_ / "other/" + name, path_ + "/" + name, fs::copy_options::overwrite_existing);
  }
  const Publisher publisher = Publisher::Open(TestContext(), path_).value();
  ExpectFailure(publisher.OpenAuthor(TestContext(), TestPassphrase()), ErrorCode::kWrongProduct, "another key");
  ExpectFailure(publisher.OpenLicensorKem(TestContext(), TestPassphrase()), ErrorCode::kWrongProduct, "another key");
}

TEST_F(Publishers, RefuseAKeyFileForAnotherHolder) {
  EK_ASSERT_DONE(NewTestPublisher(path_));
  fs::copy_file(path_ + "/licensor-ed25519.ekk", path_ + "/author-ed25519.ekk", fs::copy_options::overwrite_existing);
  const Publisher publisher = Publisher::Open(TestContext(), path_).value();
  ExpectFailure(publisher.OpenAuthor(TestContext(), TestPassphrase()), ErrorCode::kWrongProduct, "another purpose");
}

TEST_F(Publishers, RefuseADamagedTrustBundle) {
  EK_ASSERT_DONE(NewTestPublisher(path_));
  Buffer bundle = ReadAll(path_ + "/publisher.ekt");
  bundle[bundle.size() / 2] ^= 1;
  WriteAll(path_ + "/publisher.ekt", bundle);
  EXPECT_FALSE(Publisher::Open(TestContext(), path_));
  bundle.resize(100);
  WriteAll(path_ + "/publisher.ekt", bundle);
  ExpectFailure(Publisher::Open(TestContext(), path_), ErrorCode::kMalformed);
}

TEST_F(Publishers, SayWhenThereIsNone) {
  ExpectFailure(Publisher::Open(TestContext(), directory_ / "missing"), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace edgekeep::author
