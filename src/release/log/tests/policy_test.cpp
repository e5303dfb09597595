#include "edgekeep/release/log/policy.h"

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "reference_tree.h"
#include "signing.h"

namespace edgekeep::release::log {
namespace {

constexpr std::uint64_t kCosignedAt = 1790000000;

class PolicyTest : public testing::Test {
 protected:
  // `rest` may name w0 to w4.
  Policy PolicyWith(const std::string& rest) const {
    std::string text = "log " + log_.vkey() + "\n";
    for (std::size_t i = 0; i < witnesses_.size(); ++i) {
      text += "witness w" + std::to_string(i) + " " + witnesses_[i].vkey() + "\n";
    }
    auto policy = Policy::Parse(Cryptography(), text + rest);
    EXPECT_TRUE(policy) << policy.error().where();
    return std::move(policy).value();
  }

  // Cosigned by the witnesses of these numbers, each a second later than the one before.
  std::string Cosigned(const std::vector<std::size_t>& numbers) const {
    std::vector<std::string> lines = {log_.Line(text_)};
    for (std::size_t i = 0; i < numbers.size(); ++i)
      lines.push_back(witnesses_[numbers[i]].Line(text_, kCosignedAt + i));
    return NoteOf(text_, lines);
  }

  std::string Verdict(const Policy& policy, const std::vector<std::size_t>& numbers) const {
    return NameOfError(policy.Verify(Cryptography(), Cosigned(numbers)));
  }

  NoteSigner log_{"log.example", SignatureType::kEd25519};
  std::vector<NoteSigner> witnesses_ = [] {
    std::vector<NoteSigner> witnesses;
    for (int i = 0; i < 5; ++i) {
      witnesses.emplace_back("w.example/" + std::to_string(i), SignatureType::kEd25519Cosignature);
    }
    return witnesses;
  }();
  std::string text_ = CheckpointText("log.example", 5, RootOf(LeavesOf(5)));
};

TEST_F(PolicyTest, EverySetOfWitnessesIsJudgedByTheGroups) {
  const Policy policy = PolicyWith("group x 2 w0 w1 w2\ngroup y any w3 w4\ngroup both all x y\nquorum both\n");
  for (unsigned set = 0; set < 32; ++set) {
    std::vector<std::size_t> numbers;
    for (std::size_t i = 0; i < 5; ++i) {
      if ((set >> i & 1) != 0) numbers.push_back(i);
    }
    const bool suffices = std::popcount(set & 7) >= 2 && (set & 24) != 0;
    EXPECT_EQ(Verdict(policy, numbers), suffices ? "trusted" : "untrusted") << set;
  }
}

// spec/vectors/tlog-policy.json, made by another reader of policies (tools/vectors/log/policies.py).
TEST_F(PolicyTest, EverySetOfWitnessesIsJudgedAsByAnotherReader) {
  const char* source = std::getenv("EDGEKEEP_SOURCE");
  std::ifstream file(std::string(source != nullptr ? source : ".") + "/spec/vectors/tlog-policy.json");
  const auto policies = nlohmann::json::parse(file).at("policies");
  ASSERT_GT(policies.size(), 10U);
  for (const auto& one : policies) {
    const std::string text = one.at("policy");
    const Policy policy = PolicyWith(text);
    const std::set<unsigned> satisfied_by = one.at("satisfied_by");
    for (unsigned set = 0; set < 32; ++set) {
      std::vector<std::size_t> numbers;
      for (std::size_t i = 0; i < 5; ++i) {
        if ((set >> i & 1) != 0) numbers.push_back(i);
      }
      EXPECT_EQ(Verdict(policy, numbers), satisfied_by.contains(set) ? "trusted" : "untrusted") << set << " " << text;
    }
  }
}

TEST_F(PolicyTest, DuplicateLinesCountOnce) {
  const Policy policy = PolicyWith("group two 2 w0 w1\nquorum two\n");
  EXPECT_EQ(Verdict(policy, {0, 0, 0}), "untrusted");
  EXPECT_EQ(Verdict(policy, {0, 1, 0}), "trusted");
}

TEST_F(PolicyTest, KnowsThePartiesOfItsLines) {
  const Policy policy = PolicyWith("quorum w3\n");
  ASSERT_EQ(policy.parties().size(), 6U);
  EXPECT_TRUE(policy.parties()[0].is_log);
  EXPECT_EQ(policy.parties()[4].name, "w3");
  const auto trusted = policy.Verify(Cryptography(), Cosigned({3})).value();
  EXPECT_EQ(trusted.origin(), "log.example");
  EXPECT_TRUE(trusted.signed_at(4));
  EXPECT_FALSE(trusted.signed_at(1));
}

// One cosigner that says 2099 neither counts where the caller has a clock nor moves the quorum's time.
TEST_F(PolicyTest, CosignatureFromTheFuture) {
  constexpr std::uint64_t k2099 = 4070908800;
  const Policy policy = PolicyWith("group two 2 w0 w1 w2\nquorum two\n");
  const std::string two =
      NoteOf(text_, {log_.Line(text_), witnesses_[0].Line(text_, kCosignedAt), witnesses_[1].Line(text_, k2099)});
  const std::string three = two + witnesses_[2].Line(text_, kCosignedAt + 5);
  EXPECT_EQ(NameOfError(policy.Verify(Cryptography(), two, UnixTime{kCosignedAt + 60})), "untrusted");
  EXPECT_EQ(policy.Verify(Cryptography(), two)->cosigned_at().value, kCosignedAt);
  EXPECT_EQ(policy.Verify(Cryptography(), three, UnixTime{kCosignedAt + 60})->cosigned_at().value, kCosignedAt);
  EXPECT_EQ(policy.Verify(Cryptography(), three)->cosigned_at().value, kCosignedAt + 5);
  const std::string mended = two + witnesses_[1].Line(text_, kCosignedAt + 9);
  EXPECT_EQ(policy.Verify(Cryptography(), mended, UnixTime{kCosignedAt + 60})->cosigned_at().value, kCosignedAt)
      << "its clock was set right, and its old line is still there";
  // Control: two that lie together are a quorum, which is why a device bounds the jump as well.
  const std::string lies =
      NoteOf(text_, {log_.Line(text_), witnesses_[0].Line(text_, k2099), witnesses_[1].Line(text_, k2099)});
  EXPECT_EQ(policy.Verify(Cryptography(), lies)->cosigned_at().value, k2099);
}

// Where nobody is demanded, anybody on the list would move whoever goes by the time.
TEST_F(PolicyTest, WithoutAQuorumNobodyStatesATime) {
  const std::string note = NoteOf(text_, {log_.Line(text_), witnesses_[0].Line(text_, kCosignedAt)});
  EXPECT_EQ(PolicyWith("quorum none\n").Verify(Cryptography(), note)->cosigned_at().value, 0U);
  EXPECT_EQ(PolicyWith("quorum w0\n").Verify(Cryptography(), note)->cosigned_at().value, kCosignedAt) << "control";
}

TEST_F(PolicyTest, KnowsWhetherAQuorumNeedsMoreThanTheseNames) {
  const std::array<std::string_view, 2> notarys = {"w.example/0", "w.example/1"};
  const NoteSigner logs_own("log.example", SignatureType::kEd25519Cosignature);
  const auto demands_more = [&](const std::string& rest) { return PolicyWith(rest).DemandsAnyBut(notarys); };
  EXPECT_FALSE(demands_more("quorum none\n"));
  EXPECT_FALSE(demands_more("quorum w0\n"));
  EXPECT_TRUE(demands_more("quorum w2\n"));
  EXPECT_FALSE(demands_more("group g 2 w0 w1 w2\nquorum g\n"));
  EXPECT_TRUE(demands_more("group g 3 w0 w1 w2\nquorum g\n"));
  EXPECT_FALSE(demands_more("witness own " + logs_own.vkey() + "\ngroup g all own w0\nquorum g\n"));
}

TEST_F(PolicyTest, LogMustSignInEveryClassThatThePolicyNamesForIt) {
  const NoteSigner quantum("log.example", SignatureType::kMlDsa44Cosignature);
  const NoteSigner next("log.example", SignatureType::kEd25519);
  const Policy policy = PolicyWith("log " + quantum.vkey() + "\nlog " + next.vkey() + "\nquorum none\n");
  const std::string line = log_.Line(text_);
  const std::string post_quantum = quantum.Line(text_, kCosignedAt);
  EXPECT_EQ(NameOfError(policy.Verify(Cryptography(), NoteOf(text_, {line}))), "bad-signature");
  EXPECT_EQ(NameOfError(policy.Verify(Cryptography(), NoteOf(text_, {post_quantum}))), "bad-signature");
  EXPECT_EQ(NameOfError(policy.Verify(Cryptography(), NoteOf(text_, {line, post_quantum}))), "trusted");
  // Another key of the same class serves as well: that is how keys are changed.
  EXPECT_EQ(NameOfError(policy.Verify(Cryptography(), NoteOf(text_, {next.Line(text_), post_quantum}))), "trusted");
}

TEST_F(PolicyTest, OneLogsKeyDoesNotSpeakForAnother) {
  const NoteSigner other("other.example", SignatureType::kEd25519);
  const Policy policy = PolicyWith("log " + other.vkey() + "\nquorum none\n");
  EXPECT_EQ(NameOfError(policy.Verify(Cryptography(), NoteOf(text_, {log_.Line(text_)}))), "trusted");
  EXPECT_EQ(NameOfError(policy.Verify(Cryptography(), NoteOf(text_, {other.Line(text_)}))), "bad-signature");
}

TEST_F(PolicyTest, TruncationAtEveryByteIsRefused) {
  const std::string text =
      "log " + log_.vkey() + " https://log/\nwitness w " + witnesses_[0].vkey() + "\ngroup g any w\n# end\nquorum g\n";
  ASSERT_TRUE(Policy::Parse(Cryptography(), text));
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(Policy::Parse(Cryptography(), text.substr(0, size))) << size;
  }
}

TEST_F(PolicyTest, TooLargeIsRefusedUnread) {
  const std::string comment = "#" + std::string(kMaxPolicySize, 'x') + "\n";
  EXPECT_EQ(Policy::Parse(Cryptography(), comment + "quorum none\n").error().code(), ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace edgekeep::release::log
