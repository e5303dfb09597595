// Power may go at any instant of an act that changes a repository: what is served afterwards can be verified, and
// whoever acts again goes on.
#include <cstdlib>
#include <filesystem>

#include "cut_disk.h"
#include "edgekeep/author/proposal_entries.h"
#include "edgekeep/author/published_proof.h"
#include "one_leaf_log.h"
#include "publications.h"

namespace edgekeep::author {
namespace {

class PublicationCuts : public Publications {
 protected:
  using Act = std::function<Done(const std::string& repository)>;

  // What cuts during `act` may leave of the repository.
  std::set<DiskState> StatesOf(const Act& act) const {
    CutDisk disk(Repository());
    const Done done = act(Repository());
    EXPECT_TRUE(done) << done.error().what << ": " << done.error().where;
    std::set<DiskState> states = disk.states();
    EXPECT_GE(states.size(), 5U);
    return states;
  }

  std::string After(const DiskState& state) const {
    std::string repository = directory_ / "after";
    std::filesystem::remove_all(repository);
    Restore(state, repository);
    return repository;
  }

  ReviewMeans MeansIn(const std::string& repository) const { return {root_, repository, directory_ / "files", {}, {}}; }

  release::ProofDemands Demands() const {
    return {.log = policy_, .required_classes = kReleaseClasses, .danger_without_verdict = true};
  }

  // With the proof that it is in the log.
  Done PublishIn(const std::string& repository) const {
    const ReviewMeans means = MeansIn(repository);
    EK_TRY_ASSIGN(const auto entries, ReadProposalEntries(TestContext(), directory_ / "proposal", means));
    const release::ProofDemands demands = Demands();
    const PublicationRequest request{.folder = directory_ / "proposal",
                                     .proof = log_.Prove(AsBytes(entries.front().content)),
                                     .proof_demands = &demands};
    const auto published = author::Publish(TestContext(), request, means, members().service);
    return published ? Done() : Done(published.error());
  }

  OneLeafLog log_;
  const release::log::Policy policy_ = log_.Policy();

  Outcome<RepositoryState> VerifyIn(const std::string& repository, std::uint64_t days = 0) const {
    return VerifyRepository(Publications::After(days), repository, root_, Freshness::kOfAll);
  }
};

// Acting again costs most: after each state where time is no matter, else after every fourth.
bool IsActedAgainAfter(int number) {
  return number % 4 == 0 || std::getenv("EDGEKEEP_LONG") != nullptr;
}

TEST_F(PublicationCuts, LeaveTheReleaseBeforeOrTheNewOneWhole) {
  int num_old = 0, num_new = 0;
  for (const DiskState& state : StatesOf([this](const std::string& repository) { return PublishIn(repository); })) {
    const std::string repository = After(state);
    const auto found = VerifyIn(repository);
    EK_ASSERT_DONE(found);
    if (found->targets_version == 0) {
      if (!IsActedAgainAfter(num_old++)) continue;
      EK_ASSERT_DONE(PublishIn(repository));
      EK_ASSERT_DONE(VerifyIn(repository));
      continue;
    }
    ++num_new;
    EK_ASSERT_DONE(VerifyPublishedProof(TestContext(), repository, *found, Demands()));
    std::size_t num_files = 0;
    for (const auto& [path, contents] : state) {
      if (!path.starts_with("targets/") || path.ends_with('/')) continue;
      ++num_files;
      EXPECT_NE(path.find(HexSha256(contents)), std::string::npos) << path;
    }
    EXPECT_EQ(num_files, 2U) << "the file and the manifest";
  }
  EXPECT_GT(num_old, 0);
  EXPECT_GT(num_new, 0);
}

TEST_F(PublicationCuts, ControlAReleaseWithoutItsProofIsMissed) {
  EK_ASSERT_DONE(Publish(TestContext()));
  ExpectFailure(VerifyPublishedProof(TestContext(), Repository(), *VerifyIn(Repository()), Demands()),
                ErrorCode::kNotFound, "no proof that it is in the log");
}

TEST_F(PublicationCuts, OfARenewalLeaveTheReleaseVerified) {
  EK_ASSERT_DONE(Publish(TestContext()));
  const Context later = Publications::After(25);  // the snapshot is renewed as well
  const auto renew = [&](const std::string& repository) {
    const auto renewed = RenewTimestamp(later, repository, root_, 7 * kDay, members().service);
    return renewed ? Done() : Done(renewed.error());
  };
  int num_old = 0, num_new = 0;
  for (const DiskState& state : StatesOf(renew)) {
    const std::string repository = After(state);
    const auto found = VerifyIn(repository);
    EK_ASSERT_DONE(found);
    (found->timestamp_version == 1 ? num_old : num_new) += 1;
    EK_ASSERT_DONE(renew(repository));
    EK_ASSERT_DONE(VerifyIn(repository, 30));
  }
  EXPECT_GT(num_old, 0);
  EXPECT_GT(num_new, 0);
}

// Between the new root and what its new service signed there is nothing that old files could be verified by: the act is
// finished by doing it again.
TEST_F(PublicationCuts, OfANewRootAreGoneOnFrom) {
  EK_ASSERT_DONE(Publish(TestContext()));
  const Directory keys;
  ASSERT_TRUE(CreateReleaseKeys(TestContext(), {keys / "new", "online", Profile::kGeneral}, TestPassphrase()));
  const ReleaseKeys service = OpenReleaseKeys(TestContext(), keys / "new", TestPassphrase()).value();
  const std::string folder = directory_ / "change";
  EK_ASSERT_DONE(
      StartRootChange(TestContext(), folder, root_,
                      {.replace = {service.holder}, .remove = {}, .add = {}, .expires = {kNow.value + 400 * kDay}}));
  const auto review = ReviewRoot(TestContext(), folder, root_);
  EK_ASSERT_DONE(review);
  for (const ReleaseKeys* holder : {&members().first, &members().second}) {
    EK_ASSERT_DONE(SignRoot(TestContext(), folder, root_, review->digest, *holder));
  }
  const auto root = FinishRoot(TestContext(), folder, root_);
  EK_ASSERT_DONE(root);
  const auto publish = [&](const std::string& repository) {
    return PublishRoot(TestContext(), repository, *root, &service);
  };
  int num_old = 0, num_new = 0;
  for (const DiskState& state : StatesOf(publish)) {
    const std::string repository = After(state);
    const auto found = VerifyIn(repository);
    if (found) (found->root_version == 1 ? num_old : num_new) += 1;
    EK_ASSERT_DONE(publish(repository));
    const auto mended = VerifyIn(repository);
    EK_ASSERT_DONE(mended);
    EXPECT_EQ(mended->root_version, 2U);
  }
  EXPECT_GT(num_old, 0);
  EXPECT_GT(num_new, 0);
}

}  // namespace
}  // namespace edgekeep::author
