// Operations policies on their way through a release.
#include "edgekeep/formats/operations_policy.h"
#include "publications.h"

namespace edgekeep::author {
namespace {

using formats::Isolation;
using formats::OperationsPolicy;

class OperationsReleases : public Publications {
 protected:
  void SetUp() override {
    Publications::SetUp();
    EK_ASSERT_DONE(Publish(TestContext()));
  }

  static OperationsPolicy PolicyOf(std::uint64_t version, Isolation floor) {
    return {
        .version = version, .authority = InlineString<63>::Truncated("acme"), .demands = {.isolation_floor = floor}};
  }

  void Write(const std::string& name, const OperationsPolicy& policy) {
    Buffer bytes(formats::kMaxOperationsPolicySize);
    CborWriter out(bytes);
    ASSERT_TRUE(formats::EncodeOperationsPolicy(policy, out));
    bytes.resize(out.written().size());
    WriteAll(directory_ / ("files/" + name), bytes);
  }

  // Of files that are written already, in a folder of its own.
  ProposalRequest RequestOf(std::uint64_t sequence, std::vector<std::string> names) {
    ProposalRequest request = Request();
    request.folder = directory_ / ("proposal-" + std::to_string(++num_folders_));
    request.product = ProductName::Parse("acme/operations-policy").value();
    request.version = {.sequence = {sequence}, .display = VersionText::From(std::to_string(sequence)).value()};
    request.files.clear();
    for (const std::string& name : names) request.files.push_back(directory_ / ("files/" + name));
    return request;
  }

  Done Try(const ProposalRequest& request) { return author::Propose(TestContext(), request, root_, members().author); }

  // Proposed and reviewed.
  ProposalReview Reviewed(const ProposalRequest& request) {
    const Done proposed = Try(request);
    EXPECT_TRUE(proposed) << proposed.error().what;
    const auto review = ReviewProposal(TestContext(), request.folder, Means());
    EXPECT_TRUE(review) << review.error().what;
    return review ? *review : ProposalReview();
  }

  // Proposed, approved by both, published.
  void Release(const ProposalRequest& request) {
    const ProposalReview review = Reviewed(request);
    for (const ReleaseKeys* keys : {&members().first, &members().second}) {
      EK_ASSERT_DONE(Approve(TestContext(), request.folder, Means(), review.digest, *keys));
    }
    EK_ASSERT_DONE(author::Publish(TestContext(), {.folder = request.folder}, Means(), members().service));
  }

  int num_folders_ = 0;
};

bool Says(const ProposalReview& review, const std::string& line) {
  return std::ranges::find(review.differences, line) != review.differences.end();
}

TEST_F(OperationsReleases, TellReviewersWhatIsDemandedAndWhatBecomesWeaker) {
  Write("first.ekop", PolicyOf(3, Isolation::kVm));
  const ProposalRequest first = RequestOf(3, {"first.ekop"});
  const ProposalReview review = Reviewed(first);
  ASSERT_EQ(review.files.size(), 1U);
  EXPECT_EQ(review.files[0].kind, "operations-policy");
  EXPECT_EQ(review.files[0].about, "operations policy 3 demands of every product: isolation vm");
  EXPECT_TRUE(Says(review, "demands more: isolation floor of every product: vm, was process"));
  std::filesystem::remove_all(first.folder);
  Release(first);
  Write("lower.ekop", PolicyOf(4, Isolation::kProcess));
  const ProposalReview lower = Reviewed(RequestOf(4, {"lower.ekop"}));
  EXPECT_TRUE(Says(lower, "DEMANDS LESS: isolation floor of every product: process, was vm"));
}

// Neither proposed nor, of an author with tools of their own, reviewed and so approved.
TEST_F(OperationsReleases, AreOneSeriesThatRisesByStepsThatDevicesTake) {
  Write("first.ekop", PolicyOf(3, Isolation::kVm));
  Release(RequestOf(3, {"first.ekop"}));
  for (const std::uint64_t version : {std::uint64_t{2}, std::uint64_t{1004}, UINT64_MAX}) {
    Write("next.ekop", PolicyOf(version, Isolation::kVm));
    ExpectFailure(Try(RequestOf(version, {"next.ekop"})), ErrorCode::kWrongVersion, "after operations policy 3");
  }
  Write("next.ekop", PolicyOf(1003, Isolation::kVm));
  ProposalRequest next = RequestOf(1003, {"next.ekop"});
  next.channel = "beta";
  ExpectFailure(Try(next), ErrorCode::kBadArgument, "in channel stable");
  next.channel = "stable";
  EK_ASSERT_DONE(Try(next));
  ProposeFalsely(next.folder, [](Texts&) {});
  EK_ASSERT_DONE(ReviewFalse());
  ProposeFalsely(next.folder, [](Texts& texts) {
    for (std::string* const text : {&texts.manifest, &texts.content}) {
      ReplaceAll(*text, "operations-policy/stable/1003", "operations-policy/beta/1003");
      ReplaceAll(*text, text == &texts.content ? R"("channel": "stable")" : R"("channel":"stable")",
                 text == &texts.content ? R"("channel": "beta")" : R"("channel":"beta")");
    }
  });
  ExpectFailure(ReviewFalse(), ErrorCode::kBadArgument, "in channel stable");
}

TEST_F(OperationsReleases, StandAloneAndUnderTheirOwnName) {
  Write("right.ekop", PolicyOf(3, Isolation::kVm));
  Write("other.ekop", PolicyOf(3, Isolation::kProcess));
  WriteAll(directory_ / "files/false.ekop", Pattern(100));
  const auto as = [&](std::uint64_t sequence, std::vector<std::string> names, const char* product) {
    ProposalRequest request = RequestOf(sequence, std::move(names));
    request.product = ProductName::Parse(product).value();
    return Try(request);
  };
  ExpectFailure(as(4, {"right.ekop"}, "acme/operations-policy"), ErrorCode::kWrongVersion,
                "in a release of sequence 4");
  ExpectFailure(as(3, {"right.ekop"}, "acme/label-ocr"), ErrorCode::kWrongProduct, "acme/operations-policy");
  ExpectFailure(as(3, {"right.ekop"}, "zeta/operations-policy"), ErrorCode::kWrongProduct, "acme/operations-policy");
  ExpectFailure(as(3, {"right.ekop", "note.txt"}, "acme/operations-policy"), ErrorCode::kBadArgument, "nothing else");
  ExpectFailure(as(3, {"right.ekop", "other.ekop"}, "acme/operations-policy"), ErrorCode::kBadArgument, "nothing else");
  ExpectFailure(as(3, {"note.txt"}, "acme/operations-policy"), ErrorCode::kBadArgument, "nothing else");
  ExpectFailure(as(3, {"false.ekop"}, "acme/operations-policy"), ErrorCode::kMalformed);
  EK_ASSERT_DONE(as(3, {"right.ekop"}, "acme/operations-policy"));
}

// An author with tools of their own calls it something else, or lays another file in its place.
TEST_F(OperationsReleases, AreReviewedAsWhatTheyAre) {
  Write("right.ekop", PolicyOf(3, Isolation::kVm));
  const ProposalRequest request = RequestOf(3, {"right.ekop"});
  EK_ASSERT_DONE(Try(request));
  ProposeFalsely(request.folder, [](Texts& texts) {
    ReplaceAll(texts.content, R"("kind": "operations-policy")", R"("kind": "file")");
  });
  ExpectFailure(ReviewFalse(), ErrorCode::kBadSignature, "something else than it is");
  ProposeFalsely(request.folder, [](Texts&) {});
  EK_ASSERT_DONE(ReviewFalse());
  Write("right.ekop", PolicyOf(3, Isolation::kTrustZone));
  ExpectFailure(ReviewFalse(), ErrorCode::kBadSignature, "not the file that is proposed");
}

}  // namespace
}  // namespace edgekeep::author
