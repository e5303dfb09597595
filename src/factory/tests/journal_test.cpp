#include "edgekeep/factory/journal.h"

#include "factory_fixture.h"

namespace edgekeep::factory {
namespace {

class JournalTest : public testing::Test {
 protected:
  formats::Ticket Ticket(std::uint32_t number) const { return tickets_.Take(number); }

  Owner owner_;
  NewOrder order_ = owner_.Order(8);
  VerifiedOrder verified_ = owner_.Verified(order_);
  Tickets tickets_ = Tickets::Open(Cryptography(), verified_, order_.books[0]).value();
  TestStation station_{"factory.example/line-1"};
};

TEST_F(JournalTest, KnowsWhatItEnteredWhenItIsOpenedAgain) {
  station_.Provision(verified_.id(), Ticket(0), 1);
  station_.Provision(verified_.id(), Ticket(2), 2);
  const Journal journal = station_.Open().value();
  ASSERT_NE(journal.OfChip(Numbered<formats::ChipId>(0xc0, 2)), nullptr);
  EXPECT_EQ(journal.OfChip(Numbered<formats::ChipId>(0xc0, 2))->ticket, 2U);
  EXPECT_EQ(journal.OfDevice(Numbered<DeviceId>(0xd0, 1))->index, 0U);
  EXPECT_EQ(journal.OfChip(Numbered<formats::ChipId>(0xc0, 3)), nullptr);
  EXPECT_TRUE(journal.IsUsed(verified_.id(), 0));
  EXPECT_FALSE(journal.IsUsed(verified_.id(), 1));
  EXPECT_FALSE(journal.IsUsed(formats::OrderId(), 0));
  EXPECT_EQ(journal.CountOf(verified_.id()), 2U);
}

TEST_F(JournalTest, IdentitiesVerifyUnderItsCheckpoint) {
  const std::string first = station_.Provision(verified_.id(), Ticket(0), 1);
  const std::string second = station_.Provision(verified_.id(), Ticket(1), 2);
  const auto policy = PolicyOf({&station_});
  const auto identity = JournalledIdentity::Verify(Cryptography(), policy, second).value();
  EXPECT_EQ(identity.index(), 1U);
  EXPECT_EQ(identity.head().size, 2U);
  EXPECT_EQ(identity.origin(), "factory.example/line-1");
  EXPECT_EQ(identity.provisioned().ticket.number, 1U);
  EXPECT_EQ(JournalledIdentity::Verify(Cryptography(), policy, first)->head().size, 1U);
  const TestStation stranger("factory.example/line-1");
  EXPECT_EQ(RefusalOf(JournalledIdentity::Verify(Cryptography(), PolicyOf({&stranger}), second)),
            ErrorCode::kUntrusted);
  std::size_t accepted = 0;
  for (std::size_t at = 0; at < second.size(); at += 7) {
    std::string changed = second;
    changed[at] ^= 1;
    if (JournalledIdentity::Verify(Cryptography(), policy, changed)) ++accepted;
  }
  EXPECT_EQ(accepted, 0U);
}

TEST_F(JournalTest, RefusesALogThatHoldsSomethingElse) {
  TestStation other("factory.example/line-2");
  auto log = log::Log::Create(Cryptography(), station_.storage(), log::TestKeys("x").LogSigners(), kNow);
  EXPECT_EQ(RefusalOf(log), ErrorCode::kAlreadyExists);
  const log::TestKeys keys("log.example");
  log::FaultyStorage storage;
  auto releases = log::Log::Create(Cryptography(), storage, keys.LogSigners(), kNow).value();
  releases.Append(log::EntriesOf(0, 1), kNow).value();
  EXPECT_EQ(RefusalOf(Journal::Open(Cryptography(), storage, std::move(releases))), ErrorCode::kUnsupported);
}

// Power is cut before each operation of the storage while a device is entered. What was acknowledged is there after
// it, a device that asks again gets the ticket that the journal has for it, and no ticket is used twice.
TEST_F(JournalTest, LosesNothingAndDoublesNothingWhenPowerIsCut) {
  station_.Provision(verified_.id(), Ticket(0), 1);
  const auto device = [](int number) { return Numbered<DeviceId>(0xd0, number); };
  const auto enter = [&](log::Storage& storage, int number) -> Result<std::string> {
    EK_TRY_ASSIGN(Journal journal, station_.Open(storage));
    if (const JournalUnit* const known = journal.OfDevice(device(number))) return journal.IdentityOf(known->index);
    std::uint32_t ticket = 0;
    while (journal.IsUsed(verified_.id(), ticket)) ++ticket;
    const std::string certificate = CertificateOf({device(number), {}});
    EK_TRY_ASSIGN(const JournalUnit unit, journal.Enter({.order = verified_.id(),
                                                         .ticket = Ticket(ticket),
                                                         .chip = Numbered<formats::ChipId>(0xc0, number),
                                                         .device = device(number),
                                                         .certificate = AsBytes(certificate)},
                                                        kNow));
    return journal.IdentityOf(unit.index);
  };
  int states = 0;
  for (std::uint64_t cut = 0;; ++cut) {
    const auto storage = station_.storage().Copy();
    storage->CutAt(cut);
    static_cast<void>(enter(*storage, 2).has_value());
    if (storage->operations() < station_.storage().operations() + cut) break;  // never reached
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
      const auto after = storage->AfterCut(seed * 100 + (seed > 1 ? cut : 0));
      ASSERT_TRUE(enter(*after, 2)) << "cut " << cut << " seed " << seed;
      ASSERT_TRUE(enter(*after, 3));
      const Journal journal = station_.Open(*after).value();
      EXPECT_EQ(journal.CountOf(verified_.id()), 3U) << "cut " << cut << " seed " << seed;
      EXPECT_EQ(journal.head().size, 3U);
      EXPECT_EQ(journal.OfDevice(device(2))->ticket, 1U);
      ++states;
    }
  }
  EXPECT_GT(states, 40);
}

}  // namespace
}  // namespace edgekeep::factory
