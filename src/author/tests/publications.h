// A repository with its root, and a first proposal that everybody approved, for tests of what is published.
#pragma once
#include "../log_signing.h"
#include "../metadata_json.h"
#include "edgekeep/author/publication.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/json/text.h"
#include "edgekeep/release/release_statement.h"
#include "support.h"

namespace edgekeep::author {

inline constexpr std::uint64_t kDay = 86400;

inline ReleaseKeys MakeMember(const Directory& directory, const std::string& name) {
  const std::string path = directory / name;
  if (!CreateReleaseKeys(TestContext(), {path, name, Profile::kGeneral}, TestPassphrase())) std::abort();
  return OpenReleaseKeys(TestContext(), path, TestPassphrase()).value();
}

inline std::string ReadFileText(const std::string& path) {
  const Buffer bytes = ReadAll(path);
  return {bytes.begin(), bytes.end()};
}

// Every `from`, of which there must be one.
inline void ReplaceAll(std::string& text, const std::string& from, const std::string& to) {
  if (text.find(from) == std::string::npos) std::abort();
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

inline std::string HexSha256(const std::string& text) {
  return HexText(crypto::Sha256(TestContext().provider, {AsBytes(text)})->view());
}

// Keys are made once.
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

  ProposalRequest Request() const {
    ProposalRequest request;
    request.repository = Repository();
    request.folder = directory_ / "proposal";
    request.product = Product();
    request.version.display = VersionText::From("1").value();
    request.version.sequence = {1};
    request.files = {directory_ / "files/note.txt"};
    request.expires = {kNow.value + 300 * kDay};
    return request;
  }

  void Propose() {
    std::filesystem::create_directory(directory_ / "files");
    WriteAll(directory_ / "files/note.txt", Pattern(100));
    const ProposalRequest request = Request();
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

  Outcome<Renewal> Renew(const Context& context) const {
    return RenewTimestamp(context, Repository(), root_, 7 * kDay, members().service);
  }

  Outcome<RepositoryState> Verify(const Context& context) const {
    return VerifyRepository(context, Repository(), root_, Freshness::kOfAll);
  }

  struct Texts {
    std::string manifest, content;
  };

  // The proposal in `folder` as an author writes it who has tools of their own, in a new folder: rightly signed.
  void ProposeFalsely(const std::string& folder, const std::function<void(Texts&)>& lie) {
    const std::string manifest = ReadFileText(folder + "/release.json");
    Texts texts{manifest, ReadFileText(folder + "/content.json")};
    lie(texts);
    if (texts.manifest != manifest) {
      ReplaceAll(texts.content, HexSha256(manifest), HexSha256(texts.manifest));
      ReplaceAll(texts.content, "\"length\": " + std::to_string(manifest.size()) + "\n",
                 "\"length\": " + std::to_string(texts.manifest.size()) + "\n");
    }
    const std::string path = directory_ / "false";
    std::filesystem::remove_all(path);
    const auto file = json::Parse(texts.content);
    ASSERT_TRUE(file);
    const json::Object& content = **(*file->AsObject())->Find("signed")->AsObject();
    EK_ASSERT_DONE(SigningFolder::Create(path, content, {{"release.json", texts.manifest}}));
    const auto statement = release::ReleaseStatement::Read(TestContext().provider, AsBytes(texts.content));
    ASSERT_TRUE(statement);
    EK_ASSERT_DONE(AddReleaseEntry(TestContext(), path, statement->content(), members().author));
  }

  Outcome<ProposalReview> ReviewFalse() const { return ReviewProposal(TestContext(), directory_ / "false", Means()); }

  static Context After(std::uint64_t days) {
    Context context = TestContext();
    context.now.value += days * kDay;
    return context;
  }

  Directory directory_;
  std::string root_;
};

}  // namespace edgekeep::author
