#include "edgekeep/author/inspect.h"

#include "edgekeep/author/grant.h"
#include "support.h"

namespace edgekeep::author {
namespace {

class Inspections : public testing::Test {
 protected:
  void SetUp() override {
    WriteAll(directory_ / "model.bin", Pattern(5000));
    EK_ASSERT_DONE(
        Seal(TestContext(), TestPublisher(), TestPassphrase(), RequestFor(directory_ / "model.bin", sealed_)));
  }

  Outcome<SealInspection> Inspect(const std::string& trust = "") { return InspectSeal(TestContext(), sealed_, trust); }

  static std::string Trust() { return TestPublisher().directory() + "/publisher.ekt"; }

  Directory directory_;
  std::string sealed_ = directory_ / "a.eks";
};

TEST_F(Inspections, ShowWhatIsPublicWithoutSayingItIsTrue) {
  const SealInspection seal = Inspect().value();
  EXPECT_EQ(seal.header.product.view(), "acme/label-ocr");
  EXPECT_EQ(seal.record.sealed_at, kNow);
  EXPECT_EQ(seal.cipher, "AES-256-GCM");
  ASSERT_EQ(seal.signatures.size(), 2U);
  EXPECT_EQ(seal.signatures[0].algorithm, "Ed25519");
  EXPECT_EQ(seal.signatures[1].algorithm, "ML-DSA-65");
  EXPECT_FALSE(seal.verified);
}

TEST_F(Inspections, ShowThePolicyThatWasSealed) {
  EXPECT_TRUE(Inspect().value().header.policy.is_default());
  SealRequest request = RequestFor(directory_ / "model.bin", directory_ / "b.eks");
  request.policy.threads = 3;
  EK_ASSERT_DONE(Seal(TestContext(), TestPublisher(), TestPassphrase(), request));
  const SealInspection seal = InspectSeal(TestContext(), request.output, Trust()).value();
  EXPECT_TRUE(seal.header.policy == request.policy);
}

TEST_F(Inspections, VerifyAgainstATrustBundle) {
  const SealInspection seal = Inspect(Trust()).value();
  ASSERT_TRUE(seal.verified);
  EXPECT_EQ(seal.verified->publisher, "acme");
  EXPECT_EQ(seal.verified->fingerprint, TestPublisher().fingerprint());
}

TEST_F(Inspections, RefuseAnotherPublishersTrustBundle) {
  EK_ASSERT_DONE(NewTestPublisher(directory_ / "other"));
  ExpectFailure(Inspect(directory_ / "other/publisher.ekt"), ErrorCode::kUntrusted);
  ExpectFailure(Inspect(directory_ / "missing.ekt"), ErrorCode::kNotFound);
  ExpectFailure(Inspect(sealed_), ErrorCode::kMalformed);
}

TEST_F(Inspections, RefuseFilesOfAnotherKind) {
  sealed_ = Trust();
  ExpectFailure(Inspect(), ErrorCode::kMalformed);
  ExpectFailure(InspectLicence(TestContext(), sealed_, ""), ErrorCode::kUnsupported);
  sealed_ = directory_.path();
  ExpectFailure(Inspect(), ErrorCode::kBadArgument);
}

TEST_F(Inspections, RefuseEveryTruncation) {
  const Buffer good = ReadAll(sealed_);
  for (std::size_t size = 0; size < good.size(); size += size < 100 ? 1 : 997) {
    WriteAll(sealed_, Buffer(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
    ExpectFailure(Inspect(), ErrorCode::kMalformed);
  }
}

TEST(Failures, SayWhatWhereAndWhatToDo) {
  const Failure full = Describe(Error(ErrorCode::kNoSpace, "write"), "x.eks");
  EXPECT_EQ(full.what, "the disk is full (write)");
  EXPECT_EQ(full.where, "x.eks");
  EXPECT_NE(full.advice.find("nothing was left behind"), std::string::npos);
  EXPECT_EQ(Describe(Error(ErrorCode::kForbidden, "file open to other users"), "k").advice.find("chmod 600"), 0U);
}

TEST(Failures, HaveWordsForEveryCode) {
  for (std::uint16_t code = 1; code <= static_cast<std::uint16_t>(ErrorCode::kInternal); ++code) {
    const Failure failure = Describe(Error(static_cast<ErrorCode>(code)), "x");
    EXPECT_FALSE(failure.what.empty());
    EXPECT_FALSE(failure.advice.empty());
    EXPECT_EQ(failure.what.find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace edgekeep::author
