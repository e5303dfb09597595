#include "edgekeep/factory/order.h"

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "edgekeep/base/hex.h"
#include "factory_fixture.h"

namespace edgekeep::factory {
namespace {

using enum ErrorCode;

class OrderTest : public testing::Test {
 protected:
  Owner owner_;
  NewOrder order_ = owner_.Order(5, 2);
  VerifiedOrder verified_ = owner_.Verified(order_);

  ErrorCode Refusal(const std::string& order, const log::Person& by) const {
    return RefusalOf(VerifiedOrder::Verify(Cryptography(), order, by.AsHolder(), log::kBothClasses));
  }
};

TEST_F(OrderTest, IsItsOwnersInBothClassesOrNobodys) {
  EXPECT_EQ(verified_.units(), 5U);
  EXPECT_EQ(verified_.product().view(), "acme/camera");
  EXPECT_EQ(verified_.hardware(), "1.3.6.1.4.1.99999.1");
  const log::Person stranger{.name = "olga"};
  EXPECT_EQ(Refusal(order_.order, stranger), kUntrusted);
  std::string changed = order_.order;
  changed[40] ^= 1;
  EXPECT_NE(Refusal(changed, owner_.person), kInternal);
  // The classical key alone signs the same payload.
  const auto object = formats::DecodeSignedObject(formats::typ::kProductionOrder, AsBytes(order_.order)).value();
  const std::string half = log::Person::SignWith(std::string(AsText(object.payload)), {&owner_.person.classical},
                                                 formats::typ::kProductionOrder);
  EXPECT_EQ(Refusal(half, owner_.person), kBadSignature);
  // And both, but as something else.
  EXPECT_EQ(
      Refusal(owner_.person.Sign(std::string(AsText(object.payload)), formats::typ::kIdentityList), owner_.person),
      kUnsupported);
}

TEST_F(OrderTest, HoldsInItsTime) {
  EXPECT_EQ(RefusalOf(verified_.CheckTime({kNow.value - 1})), kNotYetValid);
  EXPECT_TRUE(verified_.CheckTime(kNow));
  EXPECT_TRUE(verified_.CheckTime({kNow.value + 86399}));
  EXPECT_EQ(RefusalOf(verified_.CheckTime({kNow.value + 86400})), kExpired);
}

TEST_F(OrderTest, SharesItsTicketsOutAmongStations) {
  ASSERT_EQ(order_.books.size(), 2U);
  std::uint32_t expected = 0;
  for (const SecretBytes& book : order_.books) {
    const Tickets tickets = Tickets::Open(Cryptography(), verified_, book).value();
    EXPECT_EQ(tickets.first(), expected);
    for (std::uint32_t i = 0; i < tickets.count(); ++i) {
      EXPECT_TRUE(verified_.CheckTicket(Cryptography(), tickets.Take(tickets.first() + i)));
    }
    expected += tickets.count();
  }
  EXPECT_EQ(expected, 5U);
}

TEST_F(OrderTest, SaysWhoseEachTicketIs) {
  const auto owner_of = [&](std::uint32_t number) {
    std::string owners;
    for (const char* station : {"factory.example/line-1", "factory.example/line-2", "factory.example/line-3", ""}) {
      if (verified_.CheckShare(station, number)) owners += station;
    }
    return owners;
  };
  for (const std::uint32_t number : {0U, 1U}) EXPECT_EQ(owner_of(number), "factory.example/line-1");
  for (const std::uint32_t number : {2U, 3U, 4U}) EXPECT_EQ(owner_of(number), "factory.example/line-2");
  EXPECT_EQ(RefusalOf(verified_.CheckShare("factory.example/line-1", 2)), kForbidden);
}

TEST_F(OrderTest, RefusesTicketsThatAreNotItsOwn) {
  const NewOrder other = owner_.Order(5);
  EXPECT_EQ(RefusalOf(Tickets::Open(Cryptography(), verified_, other.books[0])), kWrongProduct);
  const Tickets tickets = Tickets::Open(Cryptography(), verified_, order_.books[0]).value();
  const formats::Ticket right = tickets.Take(1);
  ASSERT_TRUE(verified_.CheckTicket(Cryptography(), right)) << "control";
  formats::Ticket ticket = Tickets::Open(Cryptography(), owner_.Verified(other), other.books[0]).value().Take(1);
  EXPECT_EQ(RefusalOf(verified_.CheckTicket(Cryptography(), ticket)), kUntrusted) << "another order's";
  ticket = right;
  ticket.number = 0;
  EXPECT_EQ(RefusalOf(verified_.CheckTicket(Cryptography(), ticket)), kUntrusted) << "another number";
  ticket = right;
  ticket.secret.mutable_view()[3] ^= 1;
  EXPECT_EQ(RefusalOf(verified_.CheckTicket(Cryptography(), ticket)), kUntrusted) << "another secret";
  ticket = right;
  ticket.path.PopBack();
  EXPECT_EQ(RefusalOf(verified_.CheckTicket(Cryptography(), ticket)), kUntrusted) << "a shorter path";
  ticket.number = 5;
  EXPECT_EQ(RefusalOf(verified_.CheckTicket(Cryptography(), ticket)), kUntrusted) << "beyond the order";
}

TEST_F(OrderTest, RefusesABookWithASecretThatIsNotTheOrders) {
  SecretBytes changed = SecretBytes::CopyOf(order_.books[0].Reveal()).value();
  const formats::TicketBook book = formats::DecodeTicketBook(changed.Reveal()).value();
  const auto at = book.secrets.data() - changed.Reveal().data();
  changed.RevealForWriting()[static_cast<std::size_t>(at)] ^= 1;
  EXPECT_EQ(RefusalOf(Tickets::Open(Cryptography(), verified_, changed)), kMalformed);
  const auto leaf = book.leaves.data() - changed.Reveal().data();
  SecretBytes other = SecretBytes::CopyOf(order_.books[0].Reveal()).value();
  other.RevealForWriting()[static_cast<std::size_t>(leaf)] ^= 1;
  EXPECT_EQ(RefusalOf(Tickets::Open(Cryptography(), verified_, other)), kMalformed);
}

TEST_F(OrderTest, HasAsManyUnitsAsItsFormatAllows) {
  const std::vector<const sealing::SigningKey*> keys = {&owner_.person.classical};
  OrderRequest request{.product = ProductName::Parse("acme/camera").value(),
                       .units = 0,
                       .stations = {"line-1"},
                       .not_before = kNow,
                       .expires = {kNow.value + 1},
                       .hardware = "1.2"};
  EXPECT_EQ(RefusalOf(MakeOrder(Cryptography(), request, keys)), kBadArgument);
  request.units = formats::kMaxOrderUnits + 1;
  EXPECT_EQ(RefusalOf(MakeOrder(Cryptography(), request, keys)), kBadArgument);
  request.units = 2;
  request.stations = {};
  EXPECT_EQ(RefusalOf(MakeOrder(Cryptography(), request, keys)), kBadArgument);
  request.stations = {"line-1", "line-1"};
  EXPECT_EQ(RefusalOf(MakeOrder(Cryptography(), request, keys)), kMalformed);
  request.stations = {"line-1", "line-2", "line-3"};
  EXPECT_EQ(RefusalOf(MakeOrder(Cryptography(), request, keys)), kBadArgument);
}

TEST(TicketTreeTest, IsProvenAtEverySize) {
  for (std::uint32_t units : {1U, 2U, 3U, 7U, 8U, 33U}) {
    const Owner owner;
    const NewOrder order = owner.Order(units);
    const VerifiedOrder verified = owner.Verified(order);
    const Tickets tickets = Tickets::Open(Cryptography(), verified, order.books[0]).value();
    for (std::uint32_t number = 0; number < units; ++number) {
      EXPECT_TRUE(verified.CheckTicket(Cryptography(), tickets.Take(number))) << number << " of " << units;
    }
  }
}

// The tree that an implementation of its own made (tools/vectors/factory).
TEST(TicketTreeTest, IsTheVectorsTree) {
  std::ifstream file(std::string(std::getenv("EDGEKEEP_SOURCE")) + "/spec/vectors/production-order.json");
  const nlohmann::json vectors = nlohmann::json::parse(file);
  const auto& derivation = vectors.at("derivation");
  const auto order = [&] {
    const std::string text = vectors.at("objects").at(0).at("fields").at("id");
    std::array<std::uint8_t, 16> id;
    FromHex(text, id).value();
    return formats::OrderId(id);
  }();
  std::vector<Digest> leaves;
  for (const std::string text : derivation.at("secrets")) {
    std::array<std::uint8_t, 16> secret;
    FromHex(text, secret).value();
    const auto number = static_cast<std::uint32_t>(leaves.size());
    leaves.push_back(TicketLeaf(Cryptography(), order, number, formats::TicketSecret(secret)).value());
    EXPECT_EQ(std::string(ToHex(leaves.back().view()).view()), derivation.at("leaves").at(number));
  }
  const TicketTree tree = TicketTree::Make(Cryptography(), leaves).value();
  EXPECT_EQ(std::string(ToHex(tree.root().view()).view()), derivation.at("root"));
  for (std::uint32_t number = 0; number < leaves.size(); ++number) {
    nlohmann::json path = nlohmann::json::array();
    for (const Digest& digest : tree.PathOf(number)) path.push_back(std::string(ToHex(digest.view()).view()));
    EXPECT_EQ(path, derivation.at("paths").at(number)) << number;
  }
}

}  // namespace
}  // namespace edgekeep::factory
