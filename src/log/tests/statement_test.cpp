#include "edgekeep/log/statement.h"

#include "edgekeep/formats/signed_object.h"
#include "log_fixture.h"

namespace edgekeep::log {
namespace {

TEST(Statement, IsHisWhoSignedExactlyThisInEveryClass) {
  const Person bert{"bert"};
  const Person cora{"cora"};
  const std::vector<formats::Holder> holders = {cora.AsHolder(), bert.AsHolder()};
  const auto signer = [&](const std::string& content, const std::string& statement) {
    return SignerOf(Cryptography(), AsBytes(content), AsBytes(statement), holders, kBothClasses).value_or("nobody");
  };
  const std::string content = ContentOf(1);
  EXPECT_EQ(signer(content, bert.Sign(content)), "bert");
  EXPECT_EQ(signer(content, cora.Sign(content)), "cora");
  EXPECT_EQ(signer(content, bert.Sign(ContentOf(2))), "nobody") << "about another content";
  EXPECT_EQ(signer(content, Person::SignWith(content, {&bert.classical})), "nobody") << "one class only";
  EXPECT_EQ(signer(content, Person::SignWith(content, {&bert.classical, &cora.post_quantum})), "nobody")
      << "two holders, a class of each";
  EXPECT_EQ(signer(content, bert.Sign(content, formats::typ::kGrant)), "nobody") << "signed as something else";
  EXPECT_EQ(signer(content, Person{"bert"}.Sign(content)), "nobody") << "a stranger of that name";
  EXPECT_EQ(signer(content, ""), "nobody");
}

}  // namespace
}  // namespace edgekeep::log
