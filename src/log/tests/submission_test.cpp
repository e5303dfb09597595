// What is sent to a log by whoever: entries that count, each once, wherever power is cut; and nothing else.
#include "submission_fixture.h"

namespace edgekeep::log {
namespace {

TEST_F(Submission, EntersWhatCountsEachOnce) {
  SubmissionDesk desk = DeskOf(storage_);
  EXPECT_EQ(Send(desk, Proposed()), "3 of 3");
  EXPECT_EQ(Send(desk, Proposed()), "0 of 3");
  EXPECT_EQ(Send(Proposed()), "0 of 3") << "one that begins anew reads the log";
  const std::string verdict = People().notary.Sign(VerdictOn(1));
  EXPECT_EQ(Send(desk, {verdict, People().bert.Sign(ApprovalBy("bert")), verdict}), "1 of 4");
  // Another signature over the same content is the same entry.
  EXPECT_EQ(Send(desk, {People().notary.Sign(VerdictOn(1))}), "0 of 4");
  const AuditPeople& people = People();
  EXPECT_EQ(Send(desk, {SignedBy(RepairOfTime(), people.anna, people.cora)}), "1 of 5") << "the root's quorum";
}

TEST_F(Submission, KeepsNobodysSignaturesButTheSigners) {
  const std::string content = ApprovalBy("bert");
  const Person stranger{"stranger"};
  const std::string more = Person::SignWith(
      content, {&People().bert.classical, &stranger.classical, &People().bert.post_quantum, &stranger.post_quantum});
  ASSERT_EQ(Send({more}), "1 of 1");
  const auto kept = ReadStatement(storage_, kPublicPrefix, 0, AsBytes(content)).value();
  EXPECT_EQ(formats::DecodeSignedObject(formats::typ::kLogEntry, AsBytes(kept.bytes))->signatures.size(), 2U);
}

TEST_F(Submission, RefusesWhatDoesNotCount) {
  const AuditPeople& people = People();
  const Person stranger{"bert"};
  const std::string one_holder = Person::SignWith(RepairOfTime(), {&people.anna.classical, &people.anna.post_quantum});
  std::string bent = people.bert.Sign(ApprovalBy("bert"));
  bent[bent.size() / 2] = static_cast<char>(bent[bent.size() / 2] ^ 1);
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a stranger under a holder's name", stranger.Sign(ApprovalBy("bert"))},
      {"a holder under another's name", people.cora.Sign(ApprovalBy("bert"))},
      {"somebody whom no root names", stranger.Sign(ApprovalBy("stranger"))},
      {"one class", Person::SignWith(ApprovalBy("bert"), {&people.bert.classical})},
      {"the other class", Person::SignWith(ApprovalBy("bert"), {&people.bert.post_quantum})},
      {"keys of a root to come", people.bert_again.Sign(ApprovalBy("bert"))},
      {"a verdict by a holder", people.anna.Sign(VerdictOn(1))},
      {"an approval by the notary", people.notary.Sign(ApprovalBy("bert"))},
      {"one of the root's quorum of two", one_holder},
      {"a bent signature", bent}};
  for (const auto& [what, statement] : cases) {
    EXPECT_EQ(Send({people.anna.Sign(ReleaseOf(1)), statement}), "untrusted") << what;
    SubmissionDesk desk = DeskOf(storage_);
    EXPECT_EQ(Send(desk, {people.anna.Sign(ReleaseOf(1)), statement}), "untrusted") << what;
    EXPECT_EQ(desk.refused(), 1U) << what;
    const auto object = formats::DecodeSignedObject(formats::typ::kLogEntry, AsBytes(statement)).value();
    EXPECT_EQ(CountIn(storage_, std::string(AsText(object.payload))), 0U) << what;
  }
  EXPECT_EQ(CountIn(storage_, ReleaseOf(1)), 0U) << "all or none";
  EXPECT_EQ(Send({"nonsense"}), "malformed");
  // Control: the log itself takes them from whoever may append.
  for (const auto& [what, statement] : cases) {
    const auto object = formats::DecodeSignedObject(formats::typ::kLogEntry, AsBytes(statement)).value();
    const NewEntry entry{std::string(AsText(object.payload)), statement};
    EXPECT_TRUE(OpenerOf(storage_)()->log->Append({entry}, kNow)) << what;
  }
  // What lies there without its signer keeps nobody out.
  EXPECT_EQ(Send(Proposed()), "3 of 13");
}

TEST_F(Submission, NobodysVerdictWhereNoNotaryIsNamed) {
  ASSERT_EQ(Send({People().anna.Sign(ReleaseOf(1))}), "1 of 1");
  const std::string verdict = People().notary.Sign(VerdictOn(1));
  const std::vector<TrustedNotary> notaries = std::exchange(trust_.notaries, {});
  EXPECT_EQ(Send({verdict}), "untrusted");
  trust_.notaries = {{.holder = People().notary.AsHolder(), .until = 0}};
  EXPECT_EQ(Send({verdict}), "untrusted") << "a former one";
  trust_.notaries = notaries;
  // Another one had the same name before.
  const Person former{"notary"};
  trust_.notaries.push_back({.holder = former.AsHolder(), .until = 0});
  EXPECT_EQ(Send({verdict}), "1 of 2") << "control";
}

TEST_F(Submission, KeysCountFromTheirCeremonyOn) {
  const AuditPeople& people = People();
  FirstCeremony();
  ReplaceBert();
  EXPECT_EQ(Send({people.bert_again.Sign(ApprovalBy("bert"))}), "untrusted");
  EXPECT_EQ(Send({people.bert.Sign(ApprovalBy("bert"))}), "1 of 2");
  const std::string content = CeremonyContent(1);
  SubmissionDesk desk = DeskOf(storage_);
  EXPECT_EQ(Send(desk, {SignedBy(content, people.anna, people.bert_again)}), "untrusted") << "the root before did not";
  EXPECT_EQ(Send(desk, {SignedBy(content, people.anna, people.cora)}), "1 of 3");
  EXPECT_EQ(Send(desk, {people.bert.Sign(ApprovalBy("bert", 2))}), "untrusted");
  EXPECT_EQ(Send(desk, {people.bert_again.Sign(ApprovalBy("bert", 2))}), "1 of 4");
}

// Whoever reads a log can send what is in it. Only what does not count for its time is entered again, and once.
TEST_F(Submission, ReplaysEnterNothing) {
  constexpr std::uint64_t kAhead = 30ULL * 86400;
  const std::vector<std::string> sent = {People().anna.Sign(ReleaseOf(1)), People().notary.Sign(VerdictOn(1)),
                                         People().bert.Sign(ApprovalBy("bert"))};
  Append(ReleaseOf(1), sent[0], 0);
  Append(VerdictOn(1), sent[1], kAhead);
  Append(ApprovalBy("bert"), sent[2], kAhead);
  EXPECT_EQ(Send(sent, kAhead), "0 of 3");
  clock_ = LogClock::kVouched;
  Append(ApprovalBy("cora"), People().cora.Sign(ApprovalBy("cora")), 10);
  EXPECT_EQ(Send(sent, 20), "1 of 5");
  EXPECT_EQ(CountIn(storage_, ApprovalBy("bert")), 2U);
  EXPECT_EQ(Send(sent, 30), "0 of 5");
}

// The same content by two at once, and a ceremony that comes between looking and appending.
TEST_F(Submission, JudgesAnewWhereSomebodyAppendedMeanwhile) {
  const std::string statement = People().bert.Sign(ApprovalBy("bert"));
  const auto meanwhile = [&](const std::string& content, const std::string& signed_content) {
    return SubmissionDesk(Cryptography(), trust_, storage_, [=, this]() -> Result<LockedLog> {
      auto opened = OpenerOf(storage_)();
      EXPECT_TRUE(opened->log->Append({{content, signed_content}}, kNow));
      return opened;
    });
  };
  SubmissionDesk twice = meanwhile(ApprovalBy("bert"), statement);
  EXPECT_EQ(Send(twice, {statement}), "0 of 1");
  ReplaceBert();
  const std::string content = CeremonyContent(1);
  const AuditPeople& people = People();
  SubmissionDesk dismissed = meanwhile(content, SignedBy(content, people.anna, people.cora));
  EXPECT_EQ(Send(dismissed, {people.bert.Sign(ApprovalBy("bert", 2))}), "untrusted");
  EXPECT_EQ(CountIn(storage_, ApprovalBy("bert", 2)), 0U);
}

TEST_F(Submission, EntersNothingWhereAnotherProcessAppendsOrTheRootHasExpired) {
  SubmissionDesk busy(Cryptography(), trust_, storage_,
                      []() -> Result<LockedLog> { return Error(ErrorCode::kBusy, "log directory: in use"); });
  EXPECT_EQ(Send(busy, Proposed()), "busy");
  trust_.roots.back().expires = kNow;
  EXPECT_EQ(Send(Proposed()), "expired");
  trust_.roots.back().expires = {kNow.value + 1};
  EXPECT_EQ(Send(Proposed()), "3 of 3") << "control";
}

// What was acknowledged stays, and whoever was not answered sends it again: each content is there once.
TEST_F(Submission, LosesAndDoublesNothingWhereverPowerIsCut) {
  const std::vector<std::string> contents = {ApprovalBy("bert"), ApprovalBy("cora")};
  const std::vector<std::string> sent = {People().bert.Sign(contents[0]), People().cora.Sign(contents[1])};
  const auto before = storage_.Copy();
  std::uint64_t cuts = 0;
  for (bool is_whole = false; !is_whole; ++cuts) {
    for (const std::uint64_t seed : {0U, 2U}) {
      const auto disk = before->Copy();
      disk->CutAt(cuts);
      SubmissionDesk desk = DeskOf(*disk);
      is_whole = Send(desk, sent) == "2 of 2";
      const auto after = disk->AfterCut(seed);
      SubmissionDesk again = DeskOf(*after);
      const std::string said = Send(again, sent);
      EXPECT_TRUE(said == "0 of 2" || (!is_whole && said == "2 of 2")) << cuts << " " << seed << " " << said;
      for (const std::string& content : contents) EXPECT_EQ(CountIn(*after, content), 1U) << cuts << " " << seed;
    }
  }
  EXPECT_GT(cuts, 10U);
}

TEST(SubmissionFormat, ReadsWhatItWritesAndNothingElse) {
  const std::vector<std::string> statements = {"a", std::string(300, 'b')};
  const std::string body = WriteSubmission(statements).value();
  EXPECT_EQ(body.substr(0, 9), std::string("\0\0\0\1a\0\0\1\x2c", 9));
  const auto read = ReadSubmission(body).value();
  EXPECT_TRUE(std::ranges::equal(read, statements));
  for (std::size_t size = 0; size < body.size(); ++size) {
    if (size == 5) continue;  // one statement
    EXPECT_EQ(ReadSubmission(body.substr(0, size)).error().code(), ErrorCode::kMalformed) << size;
  }
  EXPECT_EQ(ReadSubmission(std::string(4, '\0')).error().code(), ErrorCode::kMalformed);
  EXPECT_EQ(ReadSubmission("\xff\xff\xff\xff x").error().code(), ErrorCode::kMalformed);
  EXPECT_TRUE(WriteSubmission(std::vector<std::string>(kMaxSubmitted, "a")));
  EXPECT_EQ(WriteSubmission(std::vector<std::string>(kMaxSubmitted + 1, "a")).error().code(), ErrorCode::kTooLarge);
  std::string many;
  for (std::size_t i = 0; i <= kMaxSubmitted; ++i) many += std::string("\0\0\0\1a", 5);
  EXPECT_EQ(ReadSubmission(many).error().code(), ErrorCode::kTooLarge);
  const std::string largest = WriteSubmission(std::vector{std::string(kMaxSubmission - 4, 'a')}).value();
  EXPECT_EQ(ReadSubmission(largest)->size(), 1U);
  EXPECT_EQ(ReadSubmission(largest + "a").error().code(), ErrorCode::kTooLarge);
  EXPECT_EQ(WriteSubmission(std::vector{std::string(kMaxSubmission - 3, 'a')}).error().code(), ErrorCode::kTooLarge);
  EXPECT_FALSE(WriteSubmission({}));
  EXPECT_FALSE(WriteSubmission(std::vector<std::string>{""}));
}

TEST(SubmissionFormat, OfAnswersIsOneTextForEach) {
  const Submitted read = ReadSubmitted(WriteSubmitted({.added = 3, .size = 70})).value();
  EXPECT_EQ(read.added, 3U);
  EXPECT_EQ(read.size, 70U);
  for (const char* text : {"", "added 3\n", "added 3\nsize 70", "added 3\nsize 70\nmore", "added 03\nsize 70\n",
                           "added 3\nsize 2\n", "added -1\nsize 70\n", "added \nsize 70\n", "size 70\nadded 3\n",
                           "added 99999999999999999999\nsize 70\n", "added 3 \nsize 70\n"}) {
    EXPECT_FALSE(ReadSubmitted(text)) << text;
  }
}

}  // namespace
}  // namespace edgekeep::log
