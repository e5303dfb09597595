// What a station can do wrong, and how it shows: each attack beside the same production without it.
#include "edgekeep/factory/reconcile.h"

#include <algorithm>

#include "reconcile_fixture.h"

namespace edgekeep::factory {
namespace {

using enum ProblemKind;

TEST_F(ReconcileTest, WholeProductionIsCleanAndAllOfItIsTaken) {
  Provision(first_, 0, 1);
  Provision(second_, 3, 2);
  Provision(first_, 1, 3);
  Provision(first_, 2, 4);
  Provision(second_, 4, 5);
  const Reconciliation some = Reconciled();
  EXPECT_TRUE(some.is_clean());
  EXPECT_EQ(some.missing, 1U) << "under-production is counted";
  Provision(second_, 5, 6);
  const Reconciliation all = Reconciled();
  EXPECT_TRUE(all.is_clean());
  EXPECT_EQ(all.missing, 0U);
  EXPECT_EQ(all.produced, 6U);
  EXPECT_EQ(all.accepted.size(), 6U);
  for (const PresentedIdentity& identity : presented_) EXPECT_EQ(Verdict(all, identity.bytes), ErrorCode::kInternal);
  EXPECT_EQ(Verdict(some, presented_[5].bytes), ErrorCode::kNotFound) << "made after the list";
}

TEST_F(ReconcileTest, OneTicketForTwoDevicesIsRefusedForBoth) {
  Provision(first_, 0, 1);
  Provision(first_, 1, 2);
  Provision(first_, 0, 3);
  const Reconciliation found = Reconciled();
  EXPECT_TRUE(Has(found, kTicketTwice));
  EXPECT_EQ(Verdict(found, presented_[0].bytes), ErrorCode::kUntrusted);
  EXPECT_EQ(Verdict(found, presented_[2].bytes), ErrorCode::kUntrusted);
  EXPECT_EQ(Verdict(found, presented_[1].bytes), ErrorCode::kInternal) << "control";
  EXPECT_EQ(found.missing, 5U);
}

// Every identity shows its ticket, so another station can enter it: for a device of its own, or with all that the
// identity says. Whichever journal is read first, that is the other station's problem alone.
TEST_F(ReconcileTest, AnotherStationsTicketIsNotUsedByEnteringIt) {
  Provision(first_, 0, 1);
  EXPECT_TRUE(Reconciled().is_clean()) << "control";
  const CertifiedWords victim{Numbered<DeviceId>(0xd0, 1), Numbered<formats::ChipId>(0xc0, 1)};
  TestStation fork = second_;
  for (TestStation* const station : {&second_, &fork}) {
    station->Enter({.order = verified_.id(), .ticket = Ticket(0), .chip = victim.chip, .device = victim.device},
                   victim);
  }
  formats::Ticket made_up = Ticket(0);
  made_up.number = 5;
  fork.Enter({.order = verified_.id(), .ticket = made_up, .chip = victim.chip, .device = victim.device}, victim);
  presented_.push_back(
      {"copy", fork.Enter({.order = verified_.id(), .ticket = Ticket(0), .chip = victim.chip, .device = victim.device},
                          victim)});
  Provision(second_, 0, 2);
  for (const bool is_first : {false, true}) {
    const JournalCopy honest = first_.Copy("line 1"), other = second_.Copy("line 2");
    const Reconciliation found = Reconciled(is_first ? std::vector{other, honest} : std::vector{honest, other});
    EXPECT_TRUE(Has(found, kForeignTicket));
    EXPECT_FALSE(Has(found, kTicketTwice) || Has(found, kChipTwice) || Has(found, kDeviceTwice));
    EXPECT_EQ(Verdict(found, presented_[0].bytes), ErrorCode::kInternal) << "whose ticket it is";
    EXPECT_EQ(Verdict(found, presented_[2].bytes), ErrorCode::kUntrusted) << "who entered it";
    EXPECT_EQ(found.missing, 5U);
  }
  const Reconciliation of_fork =
      Reconciled({first_.Copy("line 1"), second_.Copy("line 2"), fork.Copy("fork of line 2")});
  EXPECT_TRUE(Has(of_fork, kForkedJournal));
  EXPECT_EQ(Verdict(of_fork, presented_[0].bytes), ErrorCode::kInternal) << "in a fork neither";
}

// A chip that was cleared in rework: its identity is given up, with its ticket, and it gets another one.
TEST_F(ReconcileTest, AVoidedIdentityIsRefusedAndItsChipHasAnotherOne) {
  presented_.push_back({"before", first_.Provision(verified_.id(), Ticket(0), 1, 1)});
  const TestStation without = first_;
  ASSERT_TRUE(first_.Open()->Void(0, kNow));
  presented_.push_back({"after", first_.Provision(verified_.id(), Ticket(1), 1, 2)});
  const Reconciliation found = Reconciled();
  EXPECT_TRUE(found.is_clean());
  EXPECT_EQ(found.voided, 1U);
  EXPECT_EQ(Verdict(found, presented_[0].bytes), ErrorCode::kUntrusted);
  EXPECT_EQ(Verdict(found, presented_[1].bytes), ErrorCode::kInternal);
  EXPECT_EQ(found.missing, 5U) << "the ticket is used up";
  // Control: without the entry one chip has two identities.
  TestStation twice = without;
  presented_.pop_back();
  presented_.push_back({"after", twice.Provision(verified_.id(), Ticket(1), 1, 2)});
  EXPECT_TRUE(Has(Reconciled({twice.Copy("line 1"), second_.Copy("line 2")}), kChipTwice));
  // A voided ticket is used up: another device by it is one too many.
  presented_.pop_back();
  first_.Provision(verified_.id(), Ticket(0), 7, 7);
  EXPECT_TRUE(Has(Reconciled(), kTicketTwice));
}

TEST_F(ReconcileTest, ForkedJournalShowsByItselfAndByTheIdentities) {
  Provision(first_, 0, 1);
  TestStation fork = first_;
  Provision(first_, 1, 2);
  EXPECT_TRUE(Reconciled().is_clean()) << "control";
  Provision(fork, 1, 3);
  const Reconciliation of_both = Reconciled({first_.Copy("line 1"), fork.Copy("copy")});
  EXPECT_TRUE(Has(of_both, kForkedJournal));
  EXPECT_TRUE(Has(of_both, kTicketTwice));
  // The station shows one of them only; the other one's device is found.
  const Reconciliation of_one = Reconciled();
  EXPECT_FALSE(Has(of_one, kForkedJournal));
  EXPECT_TRUE(Has(of_one, kNotInJournal));
  EXPECT_EQ(Verdict(of_one, presented_[2].bytes), ErrorCode::kUntrusted);
  EXPECT_EQ(Verdict(of_one, presented_[1].bytes), ErrorCode::kUntrusted) << "one of the two was hidden from somebody";
  EXPECT_EQ(Verdict(of_one, presented_[0].bytes), ErrorCode::kInternal) << "control";
  // Nobody has found it: then it is unknown.
  const std::string hidden = presented_[2].bytes;
  presented_.pop_back();
  const Reconciliation without = Reconciled();
  EXPECT_TRUE(without.is_clean());
  EXPECT_EQ(Verdict(without, hidden), ErrorCode::kNotFound);
}

// Two journals with a ticket of its own for every device: nothing but the fork is wrong.
TEST_F(ReconcileTest, NeitherSideOfAForkIsTakenAndNoListIsMadeOfIt) {
  Provision(first_, 0, 1);
  TestStation fork = first_;
  Provision(first_, 1, 2);
  Provision(fork, 2, 3);
  const Reconciliation found = Reconciled({first_.Copy("line 1"), fork.Copy("copy")});
  EXPECT_TRUE(Has(found, kForkedJournal));
  EXPECT_FALSE(Has(found, kTicketTwice));
  EXPECT_EQ(Verdict(found, presented_[0].bytes), ErrorCode::kInternal) << "before the fork";
  EXPECT_EQ(Verdict(found, presented_[1].bytes), ErrorCode::kUntrusted);
  EXPECT_EQ(Verdict(found, presented_[2].bytes), ErrorCode::kUntrusted);
  const std::vector<const sealing::SigningKey*> keys = {&owner_.person.classical, &owner_.person.post_quantum};
  EXPECT_EQ(RefusalOf(MakeList(Cryptography(), verified_, found, kNow, keys)), ErrorCode::kBadState);
  presented_.pop_back();
  EXPECT_TRUE(MakeList(Cryptography(), verified_, Reconciled({first_.Copy("line 1")}), kNow, keys)) << "control";
}

// A station enters certificates of the same authority that say something else than its order, or its own entry.
TEST_F(ReconcileTest, CertificatesSayWhatOrderAndEntrySay) {
  const auto problems = [&](std::uint32_t ticket, auto change) {
    CertifiedWords words{Numbered<DeviceId>(0xd0, 9), Numbered<formats::ChipId>(0xc0, 9)};
    const formats::Provisioned entry{
        .order = verified_.id(), .ticket = Ticket(ticket), .chip = words.chip, .device = words.device};
    change(words);
    TestStation station = first_;
    const std::string identity = station.Enter(entry, words);
    const Reconciliation found = Reconciled({station.Copy("line 1")});
    const ErrorCode verdict = Verdict(found, identity);
    EXPECT_EQ(Has(found, kFalseCertificate), verdict != ErrorCode::kInternal);
    return verdict;
  };
  EXPECT_EQ(problems(0, [](CertifiedWords&) {}), ErrorCode::kInternal) << "control";
  EXPECT_EQ(problems(0, [](CertifiedWords& words) { words.product = "acme/dearer"; }), ErrorCode::kWrongProduct);
  EXPECT_EQ(problems(0, [](CertifiedWords& words) { words.serial = "0"; }), ErrorCode::kWrongDevice);
  EXPECT_EQ(problems(0, [](CertifiedWords& words) { words.chip = {}; }), ErrorCode::kWrongDevice);
  EXPECT_EQ(problems(0, [](CertifiedWords& words) { words.hardware = "1.3.6.1.4.1.99999.2"; }), ErrorCode::kUntrusted);
}

TEST_F(ReconcileTest, OneCertificateWithTwoTicketsUsesBoth) {
  const CertifiedWords words{Numbered<DeviceId>(0xd0, 1), Numbered<formats::ChipId>(0xc0, 1)};
  for (const std::uint32_t ticket : {0U, 1U}) {
    first_.Enter({.order = verified_.id(), .ticket = Ticket(ticket), .chip = words.chip, .device = words.device},
                 words);
  }
  Provision(first_, 1, 2);
  const Reconciliation found = Reconciled();
  EXPECT_EQ(found.accepted.size(), 0U) << "a third identity on the second ticket";
  EXPECT_EQ(found.refused.size(), 2U);
}

// A station that spends a ticket of its own on another's certificate: people are told of both places.
TEST_F(ReconcileTest, AnothersCertificateByAnOwnTicketIsNamedAtBothPlaces) {
  const CertifiedWords words{Numbered<DeviceId>(0xd0, 1), Numbered<formats::ChipId>(0xc0, 1)};
  first_.Enter({.order = verified_.id(), .ticket = Ticket(0), .chip = words.chip, .device = words.device}, words);
  EXPECT_TRUE(Reconciled().is_clean()) << "control";
  second_.Enter({.order = verified_.id(), .ticket = Ticket(3), .chip = words.chip, .device = words.device}, words);
  const JournalCopy honest = first_.Copy("line 1"), other = second_.Copy("line 2");
  for (const auto& journals : {std::vector{honest, other}, std::vector{other, honest}}) {
    const Reconciliation found = Reconciled(journals);
    for (const auto& [place, other_place] : {std::pair{"line 1", "line 2"}, std::pair{"line 2", "line 1"}}) {
      EXPECT_TRUE(std::ranges::any_of(found.problems, [&](const Problem& problem) {
        return problem.kind == kTicketTwice && problem.place == place && problem.text.contains(other_place);
      })) << place;
    }
  }
}

TEST_F(ReconcileTest, WhatIsNobodysTicketIsCountedApart) {
  for (int number = 0; number < 6; ++number) {
    Provision(number < 3 ? first_ : second_, static_cast<std::uint32_t>(number), number);
  }
  for (int number = 7; number < 9; ++number) {
    formats::Ticket made_up = Ticket(0);
    made_up.secret.mutable_view()[0] ^= 1;
    second_.Provision(verified_.id(), made_up, number);
  }
  const Reconciliation found = Reconciled();
  EXPECT_EQ(found.produced, 6U);
  EXPECT_EQ(found.strays, 2U);
  EXPECT_EQ(found.refused.size(), 2U);
  EXPECT_TRUE(Has(found, kUnknownTicket));
  EXPECT_FALSE(Has(found, kOverProduction)) << "nobody raises that by entering what they made up";
}

TEST_F(ReconcileTest, JournalThatIsTooShortIsNamedAndItsOlderCopyIsNone) {
  Provision(first_, 0, 1);
  const TestStation older = first_;
  Provision(first_, 1, 2);
  const Reconciliation found = Reconciled({older.Copy("older")});
  EXPECT_TRUE(Has(found, kShortJournal));
  EXPECT_EQ(Verdict(found, presented_[1].bytes), ErrorCode::kUntrusted);
  EXPECT_TRUE(Reconciled({older.Copy("older"), first_.Copy("line 1")}).is_clean()) << "control";
}

TEST_F(ReconcileTest, TicketsOfAnotherOrderAndMadeUpOnesAreUnknown) {
  const NewOrder other = owner_.Order(4);
  const formats::Ticket foreign = Tickets::Open(Cryptography(), owner_.Verified(other), other.books[0]).value().Take(2);
  Provision(first_, 0, 1);
  presented_.push_back({"d2", first_.Provision(verified_.id(), foreign, 2)});
  formats::Ticket made_up = Ticket(1);
  made_up.secret.mutable_view()[0] ^= 1;
  presented_.push_back({"d3", first_.Provision(verified_.id(), made_up, 3)});
  const Reconciliation found = Reconciled();
  EXPECT_EQ(std::ranges::count(found.problems, kUnknownTicket, &Problem::kind), 2);
  EXPECT_EQ(Verdict(found, presented_[1].bytes), ErrorCode::kUntrusted);
  EXPECT_EQ(Verdict(found, presented_[2].bytes), ErrorCode::kUntrusted);
  EXPECT_EQ(Verdict(found, presented_[0].bytes), ErrorCode::kInternal) << "control";
}

TEST_F(ReconcileTest, MoreIdentitiesThanUnitsAreOverProduction) {
  for (int number = 0; number < 6; ++number) {
    Provision(number < 3 ? first_ : second_, static_cast<std::uint32_t>(number), number);
  }
  EXPECT_FALSE(Has(Reconciled(), kOverProduction)) << "control";
  Provision(second_, 3, 7);
  const Reconciliation found = Reconciled();
  EXPECT_TRUE(Has(found, kOverProduction));
  EXPECT_EQ(found.accepted.size(), 5U);
  EXPECT_EQ(found.refused.size(), 2U);
}

TEST_F(ReconcileTest, OneChipAndOneKeyHaveOneIdentity) {
  first_.Provision(verified_.id(), Ticket(0), 1, 1);
  first_.Provision(verified_.id(), Ticket(1), 1, 2);
  EXPECT_TRUE(Has(Reconciled(), kChipTwice));
  EXPECT_FALSE(Has(Reconciled(), kDeviceTwice)) << "control";
  second_.Provision(verified_.id(), Ticket(3), 3, 1);
  EXPECT_TRUE(Has(Reconciled(), kDeviceTwice));
  EXPECT_EQ(Reconciled().accepted.size(), 0U);
}

TEST_F(ReconcileTest, EntriesOfOtherOrdersAreNobodysBusinessHere) {
  const NewOrder other = owner_.Order(2);
  const VerifiedOrder others = owner_.Verified(other);
  const Tickets tickets = Tickets::Open(Cryptography(), others, other.books[0]).value();
  presented_.push_back({"d1", first_.Provision(others.id(), tickets.Take(0), 1)});
  Provision(first_, 0, 2);
  const Reconciliation found = Reconciled();
  EXPECT_TRUE(found.is_clean());
  EXPECT_EQ(found.produced, 1U);
  EXPECT_EQ(Verdict(found, presented_[0].bytes), ErrorCode::kWrongProduct);
}

TEST_F(ReconcileTest, WhatIsHandedOverDamagedIsNamed) {
  Provision(first_, 0, 1);
  JournalCopy damaged = first_.Copy("line 1");
  damaged.note[30] ^= 1;
  EXPECT_TRUE(Has(Reconciled({damaged}), kBrokenJournal));
  const TestStation stranger("factory.example/line-9");
  EXPECT_TRUE(Has(Reconciled({stranger.Copy("stranger")}), kBrokenJournal));
  presented_[0].bytes.back() ^= 1;
  EXPECT_TRUE(Has(Reconciled(), kFalseIdentity));
}

TEST_F(ReconcileTest, ListIsItsOwnersInBothClasses) {
  Provision(first_, 0, 1);
  const std::vector<const sealing::SigningKey*> keys = {&owner_.person.classical, &owner_.person.post_quantum};
  const std::string list = MakeList(Cryptography(), verified_, Reconciled(), kNow, keys).value();
  const auto verdict = [&](const std::string& bytes, const log::Person& by) {
    return RefusalOf(VerifiedList::Verify(Cryptography(), bytes, by.AsHolder(), log::kBothClasses));
  };
  EXPECT_EQ(verdict(list, owner_.person), ErrorCode::kInternal);
  EXPECT_EQ(verdict(list, log::Person{.name = "olga"}), ErrorCode::kUntrusted);
  const std::string half = MakeList(Cryptography(), verified_, Reconciled(), kNow, std::span(keys).first(1)).value();
  EXPECT_EQ(verdict(half, owner_.person), ErrorCode::kBadSignature);
}

}  // namespace
}  // namespace edgekeep::factory
