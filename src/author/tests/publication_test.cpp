// What is published, and how it stays fresh and whole.
#include "edgekeep/author/publication.h"

#include "../repository_lock.h"
#include "support.h"

namespace edgekeep::author {
namespace {

constexpr std::uint64_t kDay = 86400;

ReleaseKeys MakeMember(const Directory& directory, const std::string& name) {
  const std::string path = directory / name;
  if (!CreateReleaseKeys(TestContext(), {path, name, Profile::kGeneral}, TestPassphrase())) std::abort();
  return OpenReleaseKeys(TestContext(), path, TestPassphrase()).value();
}

// A repository with its root, and a first proposal that everybody approved. Keys are made once.
class Publications : public testing::Test {
 protected:
  struct Members {
    Directory directory;
    ReleaseKeys author = MakeMember(directory, "alice"), first = MakeMember(directory, "bob"),
                second = MakeMember(directory, "carol"), service = MakeMember(directory, "online");
  };

  static const Members& members() {
    static const Members made;
    return made;
  }

  void SetUp() override {
    const std::vector<PublicHolder> people = {members().author.holder, members().first.holder, members().second.holder};
    const RootContent content{.root = {people, 2},
                              .targets = {people, 2},
                              .snapshot = {{members().service.holder}, 1},
                              .timestamp = {{members().service.holder}, 1},
                              .expires = {kNow.value + 400 * kDay}};
    EK_ASSERT_DONE(StartRoot(TestContext(), directory_ / "ceremony", content));
    const auto review = ReviewRoot(TestContext(), directory_ / "ceremony", "");
    EK_ASSERT_DONE(review);
    for (const ReleaseKeys* keys : {&members().first, &members().second}) {
      EK_ASSERT_DONE(SignRoot(TestContext(), directory_ / "ceremony", "", review->digest, *keys));
    }
    const auto root = FinishRoot(TestContext(), directory_ / "ceremony", "");
    EK_ASSERT_DONE(root);
    root_ = *root;
    EK_ASSERT_DONE(PublishRoot(TestContext(), Repository(), root_, nullptr));
    Propose();
  }

  void Propose() {
    std::filesystem::create_directory(directory_ / "files");
    WriteAll(directory_ / "files/note.txt", Pattern(100));
    ProposalRequest request;
    request.repository = Repository();
    request.folder = directory_ / "proposal";
    request.product = Product();
    request.version.display = VersionText::From("1").value();
    request.version.sequence = {1};
    request.files = {directory_ / "files/note.txt"};
    request.expires = {kNow.value + 300 * kDay};
    EK_ASSERT_DONE(author::Propose(TestContext(), request, root_, members().author));
    const auto review = ReviewProposal(TestContext(), request.folder, Means());
    EK_ASSERT_DONE(review);
    for (const ReleaseKeys* keys : {&members().first, &members().second}) {
      EK_ASSERT_DONE(Approve(TestContext(), request.folder, Means(), review->digest, *keys));
    }
  }

  std::string Repository() const { return directory_ / "repository"; }

  ReviewMeans Means() const { return {root_, Repository(), directory_ / "files", {}, {}}; }

  Outcome<RepositoryState> Publish(const Context& context) const {
    return author::Publish(context, {.folder = directory_ / "proposal"}, Means(), members().service);
  }

  Outcome<RepositoryState> Renew(const Context& context) const {
    return RenewTimestamp(context, Repository(), root_, 7 * kDay, members().service);
  }

  Outcome<RepositoryState> Verify(const Context& context) const {
    return VerifyRepository(context, Repository(), root_, Freshness::kOfAll);
  }

  static Context After(std::uint64_t days) {
    Context context = TestContext();
    context.now.value += days * kDay;
    return context;
  }

  Directory directory_;
  std::string root_;
};

TEST_F(Publications, StayFreshForAsLongAsTheyAreRenewed) {
  const auto published = Publish(TestContext());
  EK_ASSERT_DONE(published);
  const auto early = Renew(After(5));
  EK_ASSERT_DONE(early);
  EXPECT_EQ(early->snapshot_version, published->snapshot_version);
  // The snapshot would end within what this timestamp promises.
  const auto in_time = Renew(After(24));
  EK_ASSERT_DONE(in_time);
  EXPECT_EQ(in_time->snapshot_version, published->snapshot_version + 1);
  EK_ASSERT_DONE(Verify(After(30)));
  ExpectFailure(Verify(After(31)), ErrorCode::kExpired);
  EK_ASSERT_DONE(Renew(After(31)));
  EK_ASSERT_DONE(Verify(After(37)));
  // Nobody renewed: both have ended, and come back.
  ExpectFailure(Verify(After(100)), ErrorCode::kExpired);
  const auto late = Renew(After(100));
  EK_ASSERT_DONE(late);
  EXPECT_EQ(late->snapshot_version, in_time->snapshot_version + 1);
  EXPECT_EQ(late->targets_version, published->targets_version);
}

// A renewal between a publication's reading and its last rename would put a timestamp of the release before over it.
TEST_F(Publications, AndRenewalsAndRootsWaitForEachOther) {
  EK_ASSERT_DONE(Publish(TestContext()));
  const auto lock = RepositoryLock::Take(TestContext(), Repository());
  EK_ASSERT_DONE(lock);
  const Buffer before = ReadAll(Repository() + "/metadata/timestamp.json");
  Context impatient = TestContext();
  int asked = 0;
  impatient.stop_requested = [&] { return ++asked > 0; };
  ExpectFailure(Renew(impatient), ErrorCode::kPeerGone);
  ExpectFailure(Publish(impatient), ErrorCode::kPeerGone);
  ExpectFailure(PublishRoot(impatient, Repository(), root_, nullptr), ErrorCode::kPeerGone);
  EXPECT_EQ(asked, 3);
  ExpectFailure(RepositoryLock::Take(TestContext(), Repository(), std::chrono::milliseconds(0)), ErrorCode::kBusy,
                "somebody else publishes");
  EXPECT_EQ(ReadAll(Repository() + "/metadata/timestamp.json"), before);
}

TEST_F(Publications, GoOnWhenTheActBeforeThemHasEnded) {
  {
    EK_ASSERT_DONE(RepositoryLock::Take(TestContext(), Repository()));
  }
  const auto published = Publish(TestContext());
  EK_ASSERT_DONE(published);
  // As a cut leaves it: a snapshot that no timestamp named gives way.
  WriteAll(Repository() + "/metadata/" + std::to_string(published->snapshot_version + 1) + ".snapshot.json",
           Pattern(50));
  EK_ASSERT_DONE(Renew(After(25)));
  EK_ASSERT_DONE(PublishRoot(TestContext(), Repository(), root_, nullptr));
}

}  // namespace
}  // namespace edgekeep::author
