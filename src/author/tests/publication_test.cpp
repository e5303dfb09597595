// What is published, and how it stays fresh and whole.
#include "../replace_public.h"
#include "../repository_files.h"
#include "../repository_lock.h"
#include "edgekeep/release/holders.h"
#include "edgekeep/release/limits.h"
#include "edgekeep/release/verified_release.h"
#include "publications.h"

namespace edgekeep::author {
namespace {

TEST_F(Publications, StayFreshForAsLongAsTheyAreRenewed) {
  const auto published = Publish(TestContext());
  EK_ASSERT_DONE(published);
  const auto early = Renew(After(5));
  EK_ASSERT_DONE(early);
  EXPECT_FALSE(early->renewed_snapshot);
  EXPECT_EQ(early->state.snapshot_version, published->snapshot_version);
  // The snapshot would end within what this timestamp promises.
  const auto in_time = Renew(After(24));
  EK_ASSERT_DONE(in_time);
  EXPECT_TRUE(in_time->renewed_snapshot);
  EXPECT_EQ(in_time->state.snapshot_version, published->snapshot_version + 1);
  EK_ASSERT_DONE(Verify(After(30)));
  ExpectFailure(Verify(After(31)), ErrorCode::kExpired);
  EK_ASSERT_DONE(Renew(After(31)));
  EK_ASSERT_DONE(Verify(After(37)));
  // Nobody renewed: both have ended, and come back.
  ExpectFailure(Verify(After(100)), ErrorCode::kExpired);
  const auto late = Renew(After(100));
  EK_ASSERT_DONE(late);
  EXPECT_EQ(late->state.snapshot_version, in_time->state.snapshot_version + 1);
  EXPECT_EQ(late->state.targets_version, published->targets_version);
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

// Signed by enough people and by the service, without the tools: what stands by the targets is not what was judged.
TEST_F(Publications, AreVerifiedAsDevicesDo) {
  ProposalRequest request = Request();
  request.folder = directory_ / "epoch-5";
  request.security_epoch = 5;
  EK_ASSERT_DONE(author::Propose(TestContext(), request, root_, members().author));
  const auto publish = [&](const std::string& statement_epoch) {
    // In the statement others follow, by the targets it is the last.
    ProposeFalsely(request.folder, [&](Texts& texts) {
      ReplaceAll(texts.content, R"("security-epoch": 5,)", R"("security-epoch": )" + statement_epoch + ",");
    });
    const auto folder = SigningFolder::Open(TestContext(), directory_ / "false");
    EK_ASSERT_DONE(folder);
    for (const ReleaseKeys* keys : {&members().first, &members().second}) {
      EK_ASSERT_DONE(folder->Sign(TestContext(), *keys));
    }
    const auto targets = folder->Assemble(TestContext(), {root_});
    const auto snapshot = SignService(TestContext(), root_, {"snapshot", "targets.json", 1, kDay},
                                      *DescriptionOf(TestContext(), 1, *targets), members().service);
    const auto timestamp = SignService(TestContext(), root_, {"timestamp", "snapshot.json", 1, kDay},
                                       *DescriptionOf(TestContext(), 1, *snapshot), members().service);
    EK_ASSERT_DONE(ReplacePublicFile(MetadataPath(Repository(), 1, "targets"), *targets));
    EK_ASSERT_DONE(ReplacePublicFile(MetadataPath(Repository(), 1, "snapshot"), *snapshot));
    EK_ASSERT_DONE(ReplacePublicFile(TimestampPath(Repository()), *timestamp));
  };
  publish("4");
  ExpectFailure(Verify(TestContext()), ErrorCode::kMalformed, "a target of another security epoch");
  ExpectFailure(PublishedRelease(TestContext(), Repository(), root_), ErrorCode::kMalformed, "another security epoch");
  publish("5");
  EK_ASSERT_DONE(Verify(TestContext()));
  const auto published = PublishedRelease(TestContext(), Repository(), root_);
  EK_ASSERT_DONE(published);
  EXPECT_TRUE(*published);
}

// Approved by those who stay: only devices ask a release's author to be one of the root's people.
TEST_F(Publications, OfARootLeaveNoReleaseBehindThatDevicesRefuse) {
  EK_ASSERT_DONE(Publish(TestContext()));
  const auto changed_root = [&](const std::string& name, const std::vector<std::string>& removed) {
    const std::string folder = directory_ / name;
    const RootChange change{.replace = {}, .remove = removed, .add = {}, .expires = {kNow.value + 500 * kDay}};
    EXPECT_TRUE(StartRootChange(TestContext(), folder, root_, change));
    const auto review = ReviewRoot(TestContext(), folder, root_);
    for (const ReleaseKeys* keys : {&members().first, &members().second}) {
      EXPECT_TRUE(SignRoot(TestContext(), folder, root_, review->digest, *keys));
    }
    return FinishRoot(TestContext(), folder, root_).value();
  };
  const std::string targets = ReadFileText(MetadataPath(Repository(), 1, "targets"));
  const std::string without = changed_root("without-author", {"alice"});
  EXPECT_TRUE(release::CheckApprovals(TestContext().provider, AsBytes(without), AsBytes(targets), kReleaseClasses));
  const Status on_devices = release::CheckReleasedTargets(TestContext().provider, AsBytes(without), AsBytes(targets));
  ASSERT_FALSE(on_devices);
  EXPECT_EQ(on_devices.error().code(), ErrorCode::kUntrusted);
  ExpectFailure(PublishRoot(TestContext(), Repository(), without, &members().service), ErrorCode::kUntrusted,
                "devices refuse the current release under this root");
  EXPECT_FALSE(std::filesystem::exists(MetadataPath(Repository(), 2, "root")));
  EK_ASSERT_DONE(Verify(TestContext()));
  EK_ASSERT_DONE(PublishRoot(TestContext(), Repository(), changed_root("renewal", {}), &members().service));  // control
  EK_ASSERT_DONE(Verify(TestContext()));
}

struct Lie {
  const char* what;
  bool in_manifest;
  const char* from;
  const char* to;
};

// People read the manifest, notaries and auditors the statement, devices the targets: what they say must be one.
TEST_F(Publications, AreNotReviewedWhereAnAuthorSaysTwoThings) {
  const std::vector<Lie> lies = {
      {"says something else of them", true, R"("length":100)", R"("length":101)"},
      {"says something else of them", true, R"("kind":"file")", R"("kind":"grant")"},
      {"lists other files", true, "note.txt", "nota.txt"},
      {"another release", true, R"("version":"1")", R"("version":"2")"},
      {"another release", true, R"("sequence":1)", R"("sequence":2)"},
      {"another release", true, R"("author":"alice")", R"("author":"bob")"},
      {"another release", true, R"("channel":"stable")", R"("channel":"beta")"},
      {"other components", true, R"("files":)", R"("components":["zlib 1.3"],"files":)"},
      {"other inputs or outputs", true, R"("product":)", R"("interface":{"inputs":[],"outputs":[]},"product":)"},
      {"another size than the files", false, R"("size": 100)", R"("size": 99)"},
      {"something else than it is", false, R"("kind": "file")", R"("kind": "sealed-file")"},
      {"not the manifest", false, R"("manifest": "acme/label-ocr/stable/1/release.json")",
       R"("manifest": "acme/label-ocr/stable/1/note.txt")"},
      {"not the manifest", false, R"("kind": "manifest")", R"("kind": "file")"},
      {"not in canonical form", true, R"("version":"1")", R"("version": "1")"},
  };
  for (const Lie& lie : lies) {
    ProposeFalsely(directory_ / "proposal", [&](Texts& texts) {
      ReplaceAll(lie.in_manifest ? texts.manifest : texts.content, lie.from, lie.to);
    });
    ExpectFailure(ReviewFalse(), ErrorCode::kBadSignature, lie.what);
  }
  ProposeFalsely(directory_ / "proposal", [](Texts&) {});
  EK_ASSERT_DONE(ReviewFalse());
}

// A bill among the files is read by whoever reviews; without one the components are the author's word.
TEST_F(Publications, AreComparedWithTheirBillOfMaterials) {
  WriteAll(directory_ / "files/bom.json", [] {
    const std::string_view bill = R"({"bomFormat":"CycloneDX","components":[{"name":"zlib","version":"1.3"}]})";
    return Buffer(bill.begin(), bill.end());
  }());
  ProposalRequest request = Request();
  request.folder = directory_ / "with-bill";
  request.sbom = directory_ / "files/bom.json";
  request.files.push_back(request.sbom);
  EK_ASSERT_DONE(author::Propose(TestContext(), request, root_, members().author));
  const auto other = [](Texts& texts) {
    ReplaceAll(texts.manifest, R"(["zlib 1.3"])", R"(["zlib 9.9"])");
    ReplaceAll(texts.content, HexSha256(R"(["zlib 1.3"])"), HexSha256(R"(["zlib 9.9"])"));
  };
  ProposeFalsely(request.folder, other);
  ExpectFailure(ReviewFalse(), ErrorCode::kBadSignature, "has other components than the author states");
  ProposeFalsely(request.folder, [&](Texts& texts) {
    other(texts);
    ReplaceAll(texts.manifest, R"("kind":"sbom")", R"("kind":"file")");
    ReplaceAll(texts.content, R"("kind": "sbom")", R"("kind": "file")");
  });
  const auto review = ReviewFalse();
  EK_ASSERT_DONE(review);
  ASSERT_EQ(review->facts.size(), 1U);
  EXPECT_EQ(review->facts[0].text, "zlib 9.9");
  EXPECT_EQ(review->facts[0].seen_in, "") << "the author's word";
  const auto checked = ReviewProposal(TestContext(), request.folder, Means());
  EK_ASSERT_DONE(checked);
  EXPECT_EQ(checked->facts.at(0).seen_in, "bom.json");
}

// Nothing that devices refuse for its size is approved and published first.
TEST_F(Publications, AreNoLargerThanDevicesTake) {
  const std::string largest(release::kDeviceLimits.targets_bytes, 'x');
  EK_ASSERT_DONE(CheckDevicesTake("targets", largest, "here"));  // control
  ExpectFailure(CheckDevicesTake("targets", largest + 'x', "here"), ErrorCode::kTooLarge, "devices take 524288");
  ExpectFailure(CheckDevicesTake("targets", largest, "here", 1), ErrorCode::kTooLarge, "with all signatures");
  ExpectFailure(CheckDevicesTake("root", largest, "here"), ErrorCode::kTooLarge, "devices take 131072");
}

}  // namespace
}  // namespace edgekeep::author
