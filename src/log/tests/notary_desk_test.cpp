// The notary over a real log: one verdict for each release wherever power is cut, whatever stands between; and the
// proof of it.
#include "edgekeep/log/notary_desk.h"

#include <map>

#include "edgekeep/log/release_record.h"
#include "edgekeep/log/tiles.h"
#include "edgekeep/release/release_proof.h"
#include "faulty_storage.h"
#include "log_fixture.h"

namespace edgekeep::log {
namespace {

std::string ReleaseContent(std::uint64_t sequence) {
  return Encoded(formats::EncodeReleaseEntry, {.product = ProductName::Parse("acme/label-ocr").value(),
                                               .channel = "stable",
                                               .version = {{sequence}, VersionText::From("1.0").value()},
                                               .targets_version = sequence,
                                               .total_size = 1000,
                                               .author = "anna"});
}

class NotaryDesk : public testing::Test {
 protected:
  NotaryDesk() {
    for (const Person* one : {&anna_, &bert_, &cora_}) people_.push_back(one->AsHolder());
    for (const char* name : {"anna", "bert", "cora"}) policy_.holders.push_back({.name = name, .keys_expire = {}});
    policy_.notary = "notary";
    policy_.patience_seconds = 3600;
    EXPECT_TRUE(Log::Create(Cryptography(), storage_, keys_.LogSigners(), kNow));
  }

  static NewEntry By(const Person& person, const std::string& content) { return {content, person.Sign(content)}; }

  std::vector<NewEntry> Proposed(std::uint64_t sequence, const std::vector<const Person*>& approvers) const {
    const std::string release = ReleaseContent(sequence);
    std::vector<NewEntry> entries = {By(anna_, release)};
    for (const Person* one : approvers) {
      entries.push_back(
          By(*one, Encoded(formats::EncodeApproval, {.release = DigestOf(release), .holder = one->name})));
    }
    return entries;
  }

  // Returns the index of the first one.
  std::uint64_t Enter(const std::vector<NewEntry>& entries, std::uint64_t seconds = 0) {
    const auto appended =
        Log::Open(Cryptography(), storage_, keys_.LogSigners())->Append(entries, {kNow.value + seconds});
    EXPECT_TRUE(appended);
    return appended->first;
  }

  // A release's entry that ends too early, under a statement that is none.
  static NewEntry Jammed() {
    std::string content = ReleaseContent(2);
    content.resize(content.size() - 3);
    return {content, std::string(1000, 'x')};
  }

  LogView ViewOf(const Storage& storage, const Log& log) const {
    return {Cryptography(), storage, kPublicPrefix, std::string(log.origin()), log.head()};
  }

  LogTrust Trust() const {
    return {.roots = {{.version = 1,
                       .digest = {},
                       .expires = {kNow.value + 86400},
                       .holders = people_,
                       .root_holders = {"anna", "bert", "cora"},
                       .root_threshold = 2,
                       .policy = policy_}},
            .notaries = {{.holder = notary_holder_, .until = {}}},
            .required_classes = {kBothClasses.begin(), kBothClasses.end()}};
  }

  // A run of the notary's, ended by whatever goes wrong.
  Status Run(Storage& storage, const LogTrust& trust, UnixTime now = kNow) const {
    EK_TRY_ASSIGN(Log log, Log::Open(Cryptography(), storage, keys_.LogSigners()));
    EK_TRY_ASSIGN(Docket docket, ReadDocket(ViewOf(storage, log), trust));
    const auto append = [&](const GivenVerdict& verdict) -> Result<std::uint64_t> {
      EK_TRY_ASSIGN(const Appended appended, log.Append({verdict.entry}, now));
      return appended.first;
    };
    const NotaryKeys keys{"notary", {&notary_.classical, &notary_.post_quantum}};
    EK_TRY(GiveVerdicts({Cryptography(), keys, log.head().size, now}, docket, append));
    return {};
  }

  // "2: 1 favourable, 5: 1 refused": for each entry that is a release, how often it was judged, and how at last.
  std::string Verdicts(Storage& storage) const {
    const Log log = Log::Open(Cryptography(), storage, keys_.LogSigners()).value();
    std::map<std::uint64_t, std::pair<int, bool>> judged;
    const auto see = [&](const LoggedStatement& one) {
      const auto verdict = formats::DecodeVerdict(AsBytes(one.content));
      if (!verdict || one.signer != "notary") return;
      ++judged[verdict->release_index].first;
      judged[verdict->release_index].second = verdict->is_favourable();
    };
    EXPECT_TRUE(ReadStatements(ViewOf(storage, log), Trust(), see));
    std::string text;
    for (const auto& [index, one] : judged) {
      text += std::to_string(index) + ": " + std::to_string(one.first) + (one.second ? " favourable, " : " refused, ");
    }
    return text;
  }

  Person anna_{"anna"};
  Person bert_{"bert"};
  Person cora_{"cora"};
  Person notary_{"notary"};
  formats::Holder notary_holder_ = notary_.AsHolder();
  std::vector<formats::Holder> people_;
  NotaryPolicy policy_;
  TestKeys keys_{kOrigin};
  FaultyStorage storage_;
};

TEST_F(NotaryDesk, GivesEachReleaseOneVerdictWhereverPowerIsCut) {
  Enter(Proposed(1, {&bert_, &cora_}));
  Enter({Jammed()});
  Enter(Proposed(3, {&bert_, &cora_}));
  const std::string whole = "0: 1 favourable, 3: 1 refused, 4: 1 favourable, ";
  int num_cuts = 0;
  for (std::uint64_t cut = 0;; cut += 2, ++num_cuts) {
    const auto storage = storage_.Copy();
    storage->CutAt(cut);
    const Status status = Run(*storage, Trust());
    for (const std::uint64_t seed : {0U, 1U}) {
      const auto after = storage->AfterCut(seed);
      EXPECT_TRUE(Run(*after, Trust()));
      ASSERT_EQ(Verdicts(*after), whole) << "cut " << cut << " seed " << seed;
    }
    if (status) break;
  }
  EXPECT_GT(num_cuts, 20);
}

TEST_F(NotaryDesk, ControlWhoForgetsWhatItGaveGivesItTwice) {
  Enter(Proposed(1, {&bert_, &cora_}));
  const Person another{"another"};
  LogTrust without_notary = Trust();
  without_notary.notaries = {{.holder = another.AsHolder(), .until = {}}};
  EXPECT_TRUE(Run(storage_, without_notary));
  EXPECT_TRUE(Run(storage_, without_notary));
  EXPECT_EQ(Verdicts(storage_), "0: 2 favourable, ");
}

TEST_F(NotaryDesk, AJammedEntryBlocksNobodyAndStaysRefused) {
  Enter({Jammed()});
  Enter(Proposed(5, {&bert_}));  // nobody else approves this one
  Enter(Proposed(1, {&bert_, &cora_}));
  EXPECT_TRUE(Run(storage_, Trust()));
  EXPECT_EQ(Verdicts(storage_), "0: 1 refused, 3: 1 favourable, ");
  EXPECT_TRUE(Run(storage_, Trust(), {kNow.value + 3600}));
  EXPECT_EQ(Verdicts(storage_), "0: 1 refused, 1: 1 refused, 3: 1 favourable, ");
}

// As a server that is told to, or fails: whoever reads the log cannot tell.
class KeepsBack final : public Storage {
 public:
  KeepsBack(const Storage& storage, std::string path, ErrorCode code)
      : storage_(&storage), path_(std::move(path)), code_(code) {}

  Result<std::string> Read(const std::string& path, std::size_t max_size) const override {
    if (path == path_) return Error(code_, "kept back");
    return storage_->Read(path, max_size);
  }

  Status Write(const std::string&, ByteView) override { return Error(ErrorCode::kReadOnly); }

  Status Sync(const std::string&) override { return Error(ErrorCode::kReadOnly); }

  Status SyncDirectory(const std::string&) override { return Error(ErrorCode::kReadOnly); }

  Status Rename(const std::string&, const std::string&) override { return Error(ErrorCode::kReadOnly); }

 private:
  const Storage* storage_;
  std::string path_;
  ErrorCode code_;
};

TEST_F(NotaryDesk, JudgesNothingWhileAStatementCannotBeReadAndNoReleaseWhoseRejectionLacksIts) {
  const std::uint64_t release = Enter(Proposed(1, {&bert_, &cora_}));
  const std::string content =
      Encoded(formats::EncodeRejection, {.release = DigestOf(ReleaseContent(1)), .holder = "bert", .reason = "worse"});
  // What a notary makes of the log when reading that entry's statement fails as `code` says: judgements, or the
  // failure.
  const auto judged = [&](std::uint64_t index, std::optional<ErrorCode> code) -> std::string {
    const Log read = Log::Open(Cryptography(), storage_, keys_.LogSigners()).value();
    const KeepsBack storage(storage_, code ? kPublicPrefix + StatementPath(index) : "", code.value_or(ErrorCode::kIo));
    const auto made = ReadDocket(ViewOf(storage, read), Trust());
    if (!made) return NameOf(made.error().code());
    std::string text;
    for (const DueVerdict& due : made->Due({kNow.value + 10 * policy_.patience_seconds})) {
      text += due.judgement.findings.empty() ? "favourable" : "refused";
    }
    return text.empty() ? "waits" : text;
  };
  EXPECT_EQ(judged(0, {}), "favourable") << "control: nobody rejected it";
  const std::uint64_t rejection = Enter({By(bert_, content)});
  EXPECT_EQ(judged(rejection, {}), "refused");
  for (const ErrorCode code : {ErrorCode::kIo, ErrorCode::kTimedOut}) {
    EXPECT_EQ(judged(rejection, code), NameOf(code));
  }
  for (const ErrorCode code : {ErrorCode::kNotFound, ErrorCode::kTooLarge}) EXPECT_EQ(judged(rejection, code), "waits");
  EXPECT_EQ(judged(release, ErrorCode::kNotFound), "refused") << "rejected all the same";
  Enter(Proposed(2, {&bert_, &cora_}));
  EXPECT_EQ(judged(rejection, ErrorCode::kNotFound), "favourable") << "the other release alone";
  // In place of the statement the log's operator puts one about something else, or nothing that anybody signed.
  for (const std::string& junk : {bert_.Sign(ReleaseContent(1)), std::string(100, 'x'), std::string()}) {
    EXPECT_TRUE(storage_.Write(kPublicPrefix + StatementPath(rejection), AsBytes(junk)));
    EXPECT_EQ(judged(0, {}), "favourable") << "the other release alone";
  }
}

TEST_F(NotaryDesk, SaysWhichStatementHoldsARelease) {
  Enter(Proposed(1, {&bert_, &cora_}));
  const std::string content =
      Encoded(formats::EncodeRejection, {.release = DigestOf(ReleaseContent(1)), .holder = "bert", .reason = "worse"});
  const std::uint64_t rejection = Enter({{content, std::string(100, 'x')}});
  const auto read = [&] {
    const Log log = Log::Open(Cryptography(), storage_, keys_.LogSigners()).value();
    return ReadDocket(ViewOf(storage_, log), Trust()).value();
  };
  EXPECT_EQ(read().FirstDue(kNow), std::nullopt);
  ASSERT_EQ(read().Held().size(), 1U);
  EXPECT_EQ(read().Held().front().why,
            "entry 3 says that bert rejects it, and its statement is junk: have it entered with its statement, or an "
            "approval by bert");
  ASSERT_TRUE(storage_.Write(kPublicPrefix + StatementPath(rejection), AsBytes(std::string())));
  EXPECT_NE(read().Held().front().why.find("has no statement"), std::string::npos);
  for (const std::string& another : {cora_.Sign(content), Person::SignWith(content, {&bert_.classical})}) {
    ASSERT_TRUE(storage_.Write(kPublicPrefix + StatementPath(rejection), AsBytes(another)));
    EXPECT_EQ(read().FirstDue(kNow), std::nullopt);
    EXPECT_NE(read().Held().front().why.find("its statement is not theirs"), std::string::npos);
  }
  // Bert never rejected it, and says so; or he did.
  const std::string approval =
      Encoded(formats::EncodeApproval, {.release = DigestOf(ReleaseContent(1)), .holder = "bert"});
  const auto before = storage_.Copy();
  Enter({{approval, ""}});
  EXPECT_EQ(read().Held().size(), 1U) << "somebody else says that";
  Enter({By(bert_, approval)});
  EXPECT_EQ(read().Held().size(), 0U);
  EXPECT_TRUE(read().FirstDue(kNow)->judgement.findings.empty());
  storage_ = *before;
  Enter({By(bert_, content)});
  EXPECT_EQ(read().FirstDue(kNow)->judgement.findings.front().reason, formats::VerdictReason::kRejected);
}

// A copy of an approval without its holder's statement, entered before it was given: its time is nobody's.
TEST_F(NotaryDesk, CountsTheTimeOfTheEntryThatTheHolderSigned) {
  policy_.rules.min_seconds_between_approvals = 60;
  const auto approval = [](std::uint64_t sequence, const Person& holder) {
    return Encoded(formats::EncodeApproval, {.release = DigestOf(ReleaseContent(sequence)), .holder = holder.name});
  };
  const std::vector<std::string> junk = {"", std::string(100, 'x'), cora_.Sign(approval(1, cora_)),
                                         Person::SignWith(approval(1, bert_), {&bert_.classical})};
  // Bert's, entered `before` the one that he signed and `after` it; cora's comes ten seconds after his.
  const auto judged = [&](std::optional<std::string> before, std::optional<std::string> after) {
    NotaryDesk::storage_ = FaultyStorage();
    EXPECT_TRUE(Log::Create(Cryptography(), storage_, keys_.LogSigners(), kNow));
    Enter(Proposed(1, {}));
    if (before) Enter({{approval(1, bert_), *before}});
    Enter({By(bert_, approval(1, bert_))}, 1000);
    if (after) Enter({{approval(1, bert_), *after}}, 1005);
    Enter({By(cora_, approval(1, cora_))}, 1010);
    EXPECT_TRUE(Run(storage_, Trust(), {kNow.value + 2000}));
    return Verdicts(storage_);
  };
  EXPECT_EQ(judged({}, {}), "0: 1 refused, ") << "control: within seconds of each other";
  for (const std::string& statement : junk) {
    EXPECT_EQ(judged(statement, {}), "0: 1 refused, ");
    EXPECT_EQ(judged({}, statement), "0: 1 refused, ");
  }
  const std::string signed_by_him = bert_.Sign(approval(1, bert_));
  EXPECT_EQ(judged(signed_by_him, {}), "0: 1 favourable, ") << "control: the first one that he signed counts";
  EXPECT_EQ(judged({}, signed_by_him), "0: 1 refused, ") << "and no later one";
}

TEST_F(NotaryDesk, KeysOfAnotherNameEndInsteadOfGoingOnForEver) {
  Enter(Proposed(1, {&bert_, &cora_}));
  policy_.notary = "somebody";
  EXPECT_EQ(Run(storage_, Trust()).error().code(), ErrorCode::kBadArgument);
}

class VerdictsInMemory final : public VerdictFolder {
 public:
  std::optional<bool> Find(std::uint64_t index) const override {
    const auto found = given.find(index);
    if (found == given.end()) return {};
    return formats::DecodeVerdict(AsBytes(found->second.content))->is_favourable();
  }

  Status Add(const GivenVerdict& verdict) override {
    given[verdict.release_index] = verdict.entry;
    return {};
  }

  std::map<std::uint64_t, NewEntry> given;
};

TEST_F(NotaryDesk, ApartFromItsLogGivesOneAtATimeOfASeriesAndEachOnce) {
  Enter(Proposed(1, {&bert_, &cora_}));
  Enter({Jammed()});
  Enter(Proposed(2, {&bert_, &cora_}));
  VerdictsInMemory folder;
  const auto judge = [&] {
    const Log log = Log::Open(Cryptography(), storage_, keys_.LogSigners()).value();
    const Docket docket = ReadDocket(ViewOf(storage_, log), Trust()).value();
    const NotaryKeys keys{"notary", {&notary_.classical, &notary_.post_quantum}};
    return GiveVerdictsApart({Cryptography(), keys, log.head().size, kNow}, docket, folder)->size();
  };
  EXPECT_EQ(judge(), 2U) << "the first release, and the jammed one";
  EXPECT_EQ(judge(), 0U);
  Enter({folder.given.at(3)});
  Enter({folder.given.at(0)});
  EXPECT_EQ(judge(), 1U);
  Enter({folder.given.at(4)});
  EXPECT_EQ(judge(), 0U);
  EXPECT_EQ(Verdicts(storage_), "0: 1 favourable, 3: 1 refused, 4: 1 favourable, ");
}

TEST_F(NotaryDesk, ApartFromItsLogARefusalKeepsNobodyWaiting) {
  Enter(Proposed(1, {&bert_}));
  Enter(Proposed(2, {&bert_, &cora_}));
  Enter(Proposed(3, {&bert_, &cora_}));
  VerdictsInMemory folder;
  const auto judge = [&] {
    const Log log = Log::Open(Cryptography(), storage_, keys_.LogSigners()).value();
    const Docket docket = ReadDocket(ViewOf(storage_, log), Trust()).value();
    const NotaryKeys keys{"notary", {&notary_.classical, &notary_.post_quantum}};
    return GiveVerdictsApart({Cryptography(), keys, log.head().size, {kNow.value + 3600}}, docket, folder)->size();
  };
  EXPECT_EQ(judge(), 2U) << "the first is refused, the second has a place, the third waits for it";
  EXPECT_EQ(judge(), 0U);
  EXPECT_FALSE(*folder.Find(0));
  EXPECT_TRUE(*folder.Find(2));
}

// The proof that a record gives, checked as a device does.
class NotaryProof : public NotaryDesk {
 protected:
  std::string Check() const {
    const std::string release = ReleaseContent(1);
    const Log log = Log::Open(Cryptography(), const_cast<FaultyStorage&>(storage_), keys_.LogSigners()).value();
    const LogView view = ViewOf(storage_, log);
    const ReleaseRecord record = FindRelease(view, AsBytes(release), {&notary_holder_, 1}, kBothClasses).value();
    TreeReader tree(Cryptography(), storage_, kPublicPrefix, log.head().size);
    const std::string proof = WriteReleaseProof(tree, log.checkpoint(), record).value();
    const auto policy = release::log::Policy::Parse(Cryptography(), keys_.LogLines() + "quorum none\n").value();
    const auto verified = release::VerifyReleaseProof(
        Cryptography(), {.log = policy, .notaries = {&notary_holder_, 1}, .required_classes = kBothClasses},
        AsBytes(proof), AsBytes(release));
    return verified ? "verdict on " + std::to_string(verified->index()) : verified.error().where();
  }
};

TEST_F(NotaryProof, HoldsOnceItsVerdictIsFavourable) {
  Enter(Proposed(1, {&bert_}));
  EXPECT_EQ(Check(), "release proof: no verdict");
  EXPECT_TRUE(Run(storage_, Trust(), {kNow.value + 3600}));
  EXPECT_EQ(Check(), "release proof: the verdict is unfavourable") << "one approver";
  Enter(Proposed(1, {&cora_}), 3600);  // entered anew, for another verdict
  EXPECT_TRUE(Run(storage_, Trust(), {kNow.value + 3600}));
  EXPECT_EQ(Check(), "verdict on 3");
}

TEST_F(NotaryProof, CountsNobodyWhoSignedInOneClassOnly) {
  const std::string approval =
      Encoded(formats::EncodeApproval, {.release = DigestOf(ReleaseContent(1)), .holder = "cora"});
  Enter(Proposed(1, {&bert_}));
  Enter({{approval, Person::SignWith(approval, {&cora_.classical})}});
  EXPECT_TRUE(Run(storage_, Trust()));
  EXPECT_EQ(Check(), "release proof: no verdict") << "it waits for another";
  Enter({By(cora_, approval)});
  EXPECT_TRUE(Run(storage_, Trust()));
  EXPECT_EQ(Check(), "verdict on 0");
}

TEST_F(NotaryProof, CountsOnePersonsTwoKeysOnce) {
  const std::string approval =
      Encoded(formats::EncodeApproval, {.release = DigestOf(ReleaseContent(1)), .holder = "cora"});
  Enter(Proposed(1, {&bert_, &bert_}));
  // Bert's second key under a name that is not his.
  Enter({{approval, Person::SignWith(approval, {&bert_.classical, &bert_.post_quantum})}});
  EXPECT_TRUE(Run(storage_, Trust()));
  EXPECT_EQ(Check(), "release proof: no verdict");
  Enter({By(cora_, approval)});
  EXPECT_TRUE(Run(storage_, Trust()));
  EXPECT_EQ(Check(), "verdict on 0");
}

}  // namespace
}  // namespace edgekeep::log
