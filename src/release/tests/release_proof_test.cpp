// spec/vectors/release-proof.json, made by an independent implementation (tools/vectors/log): each refusal stands
// beside a proof in which the missing piece is there.
#include "edgekeep/release/release_proof.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "edgekeep/base/hex.h"
#include "edgekeep/release/trust_policy.h"
#include "fixture/person.h"
#include "fixture/repository.h"

namespace edgekeep::release {
namespace {

using Json = nlohmann::json;
using ByteVector = std::vector<std::uint8_t>;
using fixture::TestProvider;

const Json& Checks() {
  static const Json checks = [] {
    const char* source = std::getenv("EDGEKEEP_SOURCE");
    std::ifstream file(std::string(source != nullptr ? source : ".") + "/spec/vectors/release-proof.json");
    return Json::parse(file).at("checks");
  }();
  return checks;
}

ByteVector BytesOf(const Json& hex) {
  const auto& text = hex.get_ref<const std::string&>();
  ByteVector bytes(text.size() / 2);
  EXPECT_TRUE(FromHex(text, bytes));
  return bytes;
}

// Whom the reader of one vector believes.
class Reader {
 public:
  explicit Reader(const Json& check)
      : policy_(log::Policy::Parse(TestProvider(), check.at("policy").get<std::string>()).value()),
        classes_(check.at("classes").get<ByteVector>()),
        min_witnesses_(check.at("min_witnesses")),
        without_verdict_(check.at("without_verdict")) {
    for (const Json& key : check.at("notary")) keys_.push_back(BytesOf(key.at(1)));
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      EXPECT_TRUE(notary_.keys.PushBack({.algorithm = check.at("notary").at(i).at(0), .bytes = keys_[i]}));
    }
    for (const Json& name : check.at("dependent")) dependent_.push_back(name.get_ref<const std::string&>());
    if (!check.at("not_after").is_null()) not_after_ = UnixTime{check.at("not_after")};
  }

  Result<VerifiedReleaseProof> Verify(const ByteVector& proof, const ByteVector& release) const {
    return VerifyReleaseProof(TestProvider(),
                              {.log = policy_,
                               .notaries = {&notary_, 1},
                               .required_classes = classes_,
                               .min_independent_witnesses = min_witnesses_,
                               .dependent_cosigners = dependent_,
                               .not_after = not_after_,
                               .danger_without_verdict = without_verdict_},
                              proof, release);
  }

 private:
  log::Policy policy_;
  std::vector<ByteVector> keys_;
  formats::Holder notary_{.name = "notary", .keys = {}};
  ByteVector classes_;
  std::vector<std::string_view> dependent_;
  std::size_t min_witnesses_;
  std::optional<UnixTime> not_after_;
  bool without_verdict_;
};

const Json& Named(const std::string& name) {
  for (const Json& check : Checks()) {
    if (check.at("name") == name) return check;
  }
  throw std::out_of_range(name);
}

TEST(ReleaseProofTest, GetsItsVerdictAndSaysWhatIsMissing) {
  EXPECT_GT(Checks().size(), 30U);
  for (const Json& check : Checks()) {
    const auto verified = Reader(check).Verify(BytesOf(check.at("proof")), BytesOf(check.at("release")));
    EXPECT_EQ(verified ? "trusted" : NameOf(verified.error().code()), check.at("verdict")) << check.at("name");
    EXPECT_EQ(verified ? "" : verified.error().where(), check.at("says")) << check.at("name");
  }
}

TEST(ReleaseProofTest, SaysWhenAndWhere) {
  const Json& check = Named("hybrid");
  const auto verified = Reader(check).Verify(BytesOf(check.at("proof")), BytesOf(check.at("release")));
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->index(), 2U);
  EXPECT_EQ(verified->logged_at().value, 1790000002U);
  EXPECT_EQ(verified->num_approvals(), 2U);
  EXPECT_EQ(verified->num_independent_witnesses(), 1U);
  EXPECT_EQ(verified->checkpoint().head().size, 8U);
  EXPECT_TRUE(verified->has_verdict());
}

TEST(ReleaseProofTest, WithoutADemandedVerdictSaysSo) {
  const Json& check = Named("no verdict, where none is demanded");
  const auto verified = Reader(check).Verify(BytesOf(check.at("proof")), BytesOf(check.at("release")));
  ASSERT_TRUE(verified);
  EXPECT_FALSE(verified->has_verdict());
}

TEST(ReleaseProofTest, TellsWhatWasFound) {
  const ByteVector proof = BytesOf(Named("an unfavourable verdict").at("proof"));
  const auto verdict = ReadVerdict(proof);
  ASSERT_TRUE(verdict);
  ASSERT_EQ(verdict->findings.size(), 1U);
  EXPECT_EQ(verdict->findings[0].reason, formats::VerdictReason::kNoQuorum);
  EXPECT_EQ(verdict->findings[0].detail, "1 of 2 approvals");
  EXPECT_EQ(ReadVerdict(BytesOf(Named("no verdict").at("proof"))).error().code(), ErrorCode::kNotFound);
}

// Both are files that people hand in: one in place of the other is told by name.
TEST(ReleaseProofTest, IsNoTrustPolicyNorTheOtherWayRound) {
  const Json& check = Checks().front();
  const ByteVector proof = BytesOf(check.at("proof"));
  const auto policy = VerifyTrustPolicy(TestProvider(), proof, {});
  ASSERT_FALSE(policy);
  EXPECT_STREQ(policy.error().where(), "a release proof (.ekp) in place of a trust policy (.ektp)");
  fixture::Person alice("alice");
  const auto object = fixture::SignedBy({&alice}, formats::typ::kTrustPolicy, ByteVector{0xa0});
  const auto verified = Reader(check).Verify(ByteVector(object.begin(), object.end()), BytesOf(check.at("release")));
  ASSERT_FALSE(verified);
  EXPECT_STREQ(verified.error().where(), "a trust policy (.ektp) in place of a release proof (.ekp)");
}

TEST(ReleaseProofTest, TruncationAndAFlipInAnyByteAreRefused) {
  const Json& check = Named("classical");
  const Reader reader(check);
  const ByteVector proof = BytesOf(check.at("proof"));
  const ByteVector release = BytesOf(check.at("release"));
  ASSERT_TRUE(reader.Verify(proof, release)) << "control";
  for (std::size_t at = 0; at < proof.size(); ++at) {
    EXPECT_FALSE(reader.Verify({proof.begin(), proof.begin() + static_cast<std::ptrdiff_t>(at)}, release)) << at;
    ByteVector flipped = proof;
    flipped[at] ^= static_cast<std::uint8_t>(1U << (at % 8));
    EXPECT_FALSE(reader.Verify(flipped, release)) << at;
  }
}

}  // namespace
}  // namespace edgekeep::release
