#include "edgekeep/log/statement.h"

#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/signed_object.h"
#include "log_fixture.h"

namespace edgekeep::log {
namespace {

std::string ApprovalBy(const std::string& holder) {
  return Encoded<formats::Approval>(formats::EncodeApproval, {.release = {}, .holder = holder});
}

// The statement with 64 bytes of nothing under `key` in front of, or behind, what is there.
std::string WithJunk(const std::string& statement, const TestKey& key, bool in_front) {
  const std::string_view type = formats::typ::kLogEntry;
  const formats::SignedObject object = formats::DecodeSignedObject(type, AsBytes(statement)).value();
  const std::string junk(64, 'x');
  const auto kid = crypto::KeyIdOf(Cryptography(), key.algorithm(), key.public_key()).value();
  formats::SignedObject more{object.payload, {}};
  const formats::SignatureEntry added{-8, kid, AsBytes(junk)};
  if (in_front) {
    EXPECT_TRUE(more.signatures.PushBack(added));
  }
  for (const auto& entry : object.signatures) EXPECT_TRUE(more.signatures.PushBack(entry));
  if (!in_front) {
    EXPECT_TRUE(more.signatures.PushBack(added));
  }
  std::string out(formats::MaxSignedObjectSize(object.payload.size(), formats::kMaxSignatures), 0);
  CborWriter writer({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  EXPECT_TRUE(formats::EncodeSignedObject(type, more, writer));
  out.resize(writer.written().size());
  return out;
}

class Statement : public testing::Test {
 protected:
  std::string Signer(const std::string& content, const std::string& statement) const {
    return SignerOf(Cryptography(), AsBytes(content), AsBytes(statement), {people_, notaries_}, kBothClasses)
        .value_or("nobody");
  }

  // As the holders' order has it, for any of them: what a reader must not do.
  std::string FirstOfAll(const std::string& statement) const {
    const auto verified =
        sealing::VerifyObject(Cryptography(), formats::typ::kLogEntry, AsBytes(statement), people_, kBothClasses);
    return verified ? std::string(people_[verified->holder()].name) : "nobody";
  }

  Person anna_{"anna"}, bert_{"bert"}, notary_{"notary"};
  std::vector<formats::Holder> people_{anna_.AsHolder(), bert_.AsHolder()};
  std::vector<formats::Holder> notaries_{notary_.AsHolder()};
};

TEST_F(Statement, IsHisWhoSignedExactlyThisInEveryClass) {
  const std::string content = ApprovalBy("bert");
  EXPECT_EQ(Signer(content, bert_.Sign(content)), "bert");
  EXPECT_EQ(Signer(content, anna_.Sign(content)), "nobody") << "it names somebody else";
  EXPECT_EQ(Signer(content, bert_.Sign(ApprovalBy("anna"))), "nobody") << "about another content";
  EXPECT_EQ(Signer(content, Person::SignWith(content, {&bert_.classical})), "nobody") << "one class only";
  EXPECT_EQ(Signer(content, Person::SignWith(content, {&bert_.classical, &anna_.post_quantum})), "nobody")
      << "two holders, a class of each";
  EXPECT_EQ(Signer(content, bert_.Sign(content, formats::typ::kGrant)), "nobody") << "signed as something else";
  EXPECT_EQ(Signer(content, Person{"bert"}.Sign(content)), "nobody") << "a stranger of that name";
  EXPECT_EQ(Signer(content, ""), "nobody");
}

// Whoever may write beside a proposal can add signatures to a copy.
TEST_F(Statement, StaysHisWhateverSignaturesAreAdded) {
  const std::string content =
      Encoded<formats::Rejection>(formats::EncodeRejection, {.release = {}, .holder = "bert", .reason = "scores fell"});
  const std::string statement = bert_.Sign(content);
  for (const bool in_front : {false, true}) {
    const std::string junk = WithJunk(statement, anna_.classical, in_front);
    EXPECT_EQ(FirstOfAll(junk), "nobody") << "control: one wrong signature spoils it for all";
    EXPECT_EQ(Signer(content, junk), "bert");
  }
  const std::string both =
      Person::SignWith(content, {&anna_.classical, &anna_.post_quantum, &bert_.classical, &bert_.post_quantum});
  EXPECT_EQ(FirstOfAll(both), "anna") << "control: an earlier person takes it over";
  EXPECT_EQ(Signer(content, both), "bert");
}

TEST_F(Statement, OfAVerdictIsANotarysWhateverPeopleAdd) {
  formats::Verdict verdict{
      .release = {}, .release_index = 0, .tree_size = 1, .findings = {}, .approvals = {}, .log = kOrigin};
  EXPECT_TRUE(verdict.findings.PushBack({formats::VerdictReason::kNoQuorum, "nobody approved"}));
  const std::string content = Encoded(formats::EncodeVerdict, verdict);
  EXPECT_EQ(Signer(content, notary_.Sign(content)), "notary");
  EXPECT_EQ(Signer(content, WithJunk(notary_.Sign(content), anna_.classical, false)), "notary");
  EXPECT_EQ(Signer(content, Person::SignWith(content, {&anna_.classical, &anna_.post_quantum, &notary_.classical,
                                                       &notary_.post_quantum})),
            "notary");
  EXPECT_EQ(Signer(content, anna_.Sign(content)), "nobody");
  notaries_.insert(notaries_.begin(), anna_.AsHolder());
  EXPECT_EQ(Signer(content, WithJunk(notary_.Sign(content), anna_.classical, false)), "notary") << "a former one";
}

TEST_F(Statement, IsCutDownToOneHoldersSignatures) {
  const std::string content = ApprovalBy("bert");
  const std::string statement = bert_.Sign(content);
  const auto cut = [](const std::string& bytes, const formats::Holder& holder) {
    return sealing::WithSignaturesOf(Cryptography(), formats::typ::kLogEntry, AsBytes(bytes), holder);
  };
  const std::string more = WithJunk(statement, anna_.classical, true);
  EXPECT_NE(more, statement);
  EXPECT_EQ(AsText(cut(more, people_[1])->view()), statement);
  EXPECT_EQ(cut(statement, people_[0]).error().code(), ErrorCode::kUntrusted);
}

}  // namespace
}  // namespace edgekeep::log
