// What a desk refuses though it is signed rightly, and what it keeps and spends.
#include "submission_fixture.h"

namespace edgekeep::log {
namespace {

// Whom a root dismissed has signed roots before, with others.
TEST_F(Submission, CeremoniesSayWhatTheirRootSaysOnceAndInOrder) {
  const AuditPeople& people = People();
  formats::KeyCeremony seized = CeremonyOf(0);
  seized.metadata_version = 7;
  seized.threshold = 1;
  seized.holders = {};
  ASSERT_TRUE(seized.holders.PushBack("mallory"));
  formats::KeyCeremony version = CeremonyOf(0), threshold = CeremonyOf(0), role = CeremonyOf(0);
  version.metadata_version = 7;
  threshold.threshold = 1;
  role.role = "timestamp";
  formats::KeyCeremony holders = CeremonyOf(0);
  holders.holders[2] = "mallory";
  std::vector<std::string> contents;
  for (const formats::KeyCeremony& one : {seized, version, threshold, role, holders}) {
    contents.push_back(Encoded(formats::EncodeKeyCeremony, one));
    EXPECT_EQ(Send({SignedBy(contents.back(), people.anna, people.bert)}), "untrusted");
  }
  const std::string first = SignedBy(CeremonyContent(0), people.anna, people.bert);
  EXPECT_EQ(Send({first}), "1 of 1") << "control";
  formats::KeyCeremony again = CeremonyOf(0);
  again.kind = formats::CeremonyKind::kReplaced;
  const std::string variant = Encoded(formats::EncodeKeyCeremony, again);
  EXPECT_EQ(Send({SignedBy(variant, people.anna, people.bert)}), "forbidden") << "said already";
  ReplaceBert();
  ReplaceBert();
  trust_.roots[2].digest.mutable_view()[0] = 3;
  trust_.roots[2].version = 3;
  SubmissionDesk desk = DeskOf(storage_);
  const auto by_both = [&](const std::string& content) { return SignedBy(content, people.anna, people.cora); };
  EXPECT_EQ(Send(desk, {by_both(CeremonyContent(2))}), "forbidden") << "root 2 comes before";
  formats::KeyCeremony other = CeremonyOf(1);
  other.kind = formats::CeremonyKind::kReplaced;
  EXPECT_EQ(Send(desk, {by_both(CeremonyContent(1)), by_both(Encoded(formats::EncodeKeyCeremony, other))}),
            "forbidden");
  EXPECT_EQ(Send(desk, {by_both(CeremonyContent(1)), by_both(CeremonyContent(1, "targets"))}), "2 of 3");
  EXPECT_EQ(Send(desk, {first}), "0 of 3");
  // Bert's former key, and a role that the log was told nothing of.
  EXPECT_EQ(Send(desk, {SignedBy(CeremonyContent(0, "targets"), people.anna, people.bert)}), "forbidden");
  EXPECT_EQ(Send(desk, {by_both(CeremonyContent(2))}), "1 of 4") << "control";
}

TEST_F(AuditTest, NamesCeremoniesThatSayWhatTheirRootDoesNot) {
  const AuditPeople& people = People();
  FirstCeremony();
  ReplaceBert();
  formats::KeyCeremony false_one = CeremonyOf(1);
  false_one.threshold = 1;
  const std::string content = Encoded(formats::EncodeKeyCeremony, false_one);
  const std::vector<const sealing::SigningKey*> keys = {&people.anna.classical, &people.anna.post_quantum,
                                                        &people.cora.classical, &people.cora.post_quantum};
  Append(content, Person::SignWith(content, keys), 10);
  EXPECT_EQ(Concerns(), "false-ceremony@1 missing-ceremony") << "nobody's keys count by it";
  EXPECT_EQ(NotaryFinds(20), "untrusted");
  Ceremony(1, keys, 30);
  EXPECT_EQ(Concerns(), "false-ceremony@1");
  EXPECT_EQ(NotaryFinds(40), "") << "control";
}

TEST_F(Submission, OfTheRootsQuorumKeepsThoseWhoSigned) {
  const AuditPeople& people = People();
  const Person stranger{"stranger"};
  // Cora signed in one class: that counts for nothing.
  const std::vector<const sealing::SigningKey*> more = {&stranger.classical, &stranger.post_quantum,
                                                        &people.cora.classical};
  ReplaceBert();
  ASSERT_EQ(Send({SignedBy(RepairOfTime(), people.anna, people.bert, more)}), "1 of 1");
  ASSERT_EQ(Send({SignedBy(CeremonyContent(1), people.anna, people.bert,
                           {&stranger.classical, &people.bert_again.classical, &people.bert_again.post_quantum})}),
            "1 of 2");
  const auto kept = [&](std::uint64_t index, const std::string& content) {
    const auto found = ReadStatement(storage_, kPublicPrefix, index, AsBytes(content)).value();
    return formats::DecodeSignedObject(formats::typ::kLogEntry, AsBytes(found.bytes))->signatures.size();
  };
  EXPECT_EQ(kept(0, RepairOfTime()), 4U);
  EXPECT_EQ(kept(1, CeremonyContent(1)), 6U) << "the quorum before, and its own";
  EXPECT_EQ(Send({SignedBy(RepairOfTime(), people.anna, people.bert)}), "0 of 2") << "what was kept is enough";
  EXPECT_EQ(Send({SignedBy(CeremonyContent(1), people.anna, people.cora)}), "0 of 2");
}

// Verdicts name an entry of a log: those of another log do not fit here (replay_test.cpp).
TEST_F(Submission, VerdictsAreOnReleasesOfThisLogThatHaveNone) {
  const auto send = [&](const std::vector<std::string>& contents) {
    std::vector<std::string> statements;
    for (const std::string& content : contents) statements.push_back(People().notary.Sign(content));
    return Send(statements);
  };
  EXPECT_EQ(send({VerdictOn(1)}), "forbidden") << "nothing is there";
  ASSERT_EQ(Send({People().anna.Sign(ReleaseOf(1))}), "1 of 1");
  EXPECT_EQ(send({VerdictOn(2)}), "forbidden") << "another release";
  EXPECT_EQ(send({VerdictOn(1, 2)}), "forbidden") << "judged in a longer log";
  EXPECT_EQ(send({VerdictOn(1), VerdictOn(1, 1, "another reason")}), "forbidden") << "two at once";
  EXPECT_EQ(send({VerdictOn(1)}), "1 of 2") << "control";
  EXPECT_EQ(send({VerdictOn(1, 1, "another reason")}), "forbidden") << "a second one";
  EXPECT_EQ(send({VerdictOn(1)}), "0 of 2");
}

TEST_F(Submission, RefusesWhatBelongsIntoNoLogOfReleasesAndWhatIsMalformed) {
  const AuditPeople& people = People();
  for (const std::string type : {"edgekeep/log/provisioned", "edgekeep/log/voided"}) {
    const std::string head = type.size() < 24 ? std::string(1, static_cast<char>(0x60 + type.size()))
                                              : std::string("\x78") + static_cast<char>(type.size());
    const std::string content = std::string("\xa1\x00", 2) + head + type;
    EXPECT_EQ(Send({SignedBy(content, people.anna, people.cora)}), "unsupported") << type;
  }
  EXPECT_EQ(Send({SignedBy(RepairOfTime() + "x", people.anna, people.cora)}), "untrusted");
  EXPECT_EQ(Send({people.notary.Sign(VerdictOn(1) + "x")}), "untrusted");
  EXPECT_EQ(Send({SignedBy(RepairOfTime(), people.anna, people.cora)}), "1 of 1") << "control";
}

TEST_F(Submission, ReadsNoLogThatIsShorterThanItWas) {
  ASSERT_EQ(Send(Proposed()), "3 of 3");
  Admission admission(Cryptography(), trust_);
  const auto view = [&](std::uint64_t size) {
    return LogView{Cryptography(), storage_, kPublicPrefix, kOrigin, {.size = size, .root = {}}};
  };
  ASSERT_TRUE(admission.Read(view(3)));
  EXPECT_EQ(admission.Read(view(2)).error().code(), ErrorCode::kBadState);
  EXPECT_TRUE(admission.Read(view(3))) << "control";
}

TEST_F(Submission, SaysOfTheStatementsOfThisSubmissionAlone) {
  SubmissionDesk desk = DeskOf(storage_);
  EXPECT_FALSE(desk.refused());
  const Person stranger{"bert"};
  EXPECT_EQ(Send(desk, {People().anna.Sign(ReleaseOf(1)), stranger.Sign(ApprovalBy("bert"))}), "untrusted");
  EXPECT_EQ(desk.refused(), 1U);
  ASSERT_TRUE(storage_.Write("public/checkpoint", AsBytes(std::string("junk"))));
  EXPECT_EQ(Send(desk, Proposed()), "malformed");
  EXPECT_FALSE(desk.refused()) << "the log's own damage";
}

TEST_F(Submission, OnePersonEntersSoMuchAndNoMore) {
  const std::vector<std::string> bert(EntryRates::kAtOnce, "bert");
  EXPECT_TRUE(rates_.Allows(bert, kNow));
  EXPECT_TRUE(rates_.Take(bert, kNow));
  EXPECT_FALSE(rates_.Allows({"bert"}, kNow));
  EXPECT_FALSE(rates_.Take({"bert"}, kNow));
  EXPECT_EQ(Send({People().bert.Sign(ApprovalBy("bert"))}), "over-rate");
  EXPECT_EQ(Send({People().anna.Sign(ReleaseOf(1))}), "1 of 1") << "others may";
  EXPECT_FALSE(rates_.Take({"bert"}, {kNow.value + EntryRates::kSecondsEach - 1}));
  EXPECT_TRUE(rates_.Take({"bert"}, {kNow.value + EntryRates::kSecondsEach}));
  EXPECT_FALSE(rates_.Take({"bert"}, {kNow.value + EntryRates::kSecondsEach}));
  EXPECT_FALSE(rates_.Take({"cora", "bert"}, {kNow.value + EntryRates::kSecondsEach}));
  EXPECT_TRUE(rates_.Take(std::vector<std::string>(EntryRates::kAtOnce, "cora"), kNow)) << "all or none";
  EXPECT_FALSE(rates_.Take({"bert"}, {0})) << "a clock that goes back gives nothing";
  EXPECT_TRUE(rates_.Take(bert, {kNow.value * 2}));
  EXPECT_FALSE(rates_.Take({"bert"}, {kNow.value * 2})) << "what nobody used is not saved up";
}

// Whoever brings an entry spends what its signer has: only for what is entered then.
TEST_F(Submission, SpendsNothingForWhatIsNotEnteredAndDoesNotOpenTheLogForWhatIsTooMuch) {
  constexpr std::uint64_t kAhead = 86400;
  const std::vector<std::string> sent = {People().bert.Sign(ApprovalBy("bert"))};
  Append(ReleaseOf(1), People().anna.Sign(ReleaseOf(1)), kAhead);
  for (std::uint64_t i = 0; i < 3; ++i) EXPECT_EQ(Send(sent), "not-yet-valid") << "this clock is behind";
  EXPECT_TRUE(rates_.Allows(std::vector<std::string>(EntryRates::kAtOnce, "bert"), kNow));
  std::size_t opens = 0;
  SubmissionDesk desk(Cryptography(), trust_, storage_, [&] {
    ++opens;
    return OpenerOf(storage_)();
  });
  ASSERT_TRUE(rates_.Take(std::vector<std::string>(EntryRates::kAtOnce, "bert"), {kNow.value + kAhead}));
  EXPECT_EQ(Send(desk, sent, kAhead), "over-rate");
  EXPECT_EQ(opens, 0U);
  EXPECT_EQ(Send(desk, sent, kAhead + EntryRates::kSecondsEach), "1 of 2") << "control";
  EXPECT_EQ(opens, 1U);
  EXPECT_FALSE(rates_.Allows({"bert"}, {kNow.value + kAhead + EntryRates::kSecondsEach})) << "spent";
}

}  // namespace
}  // namespace edgekeep::log
