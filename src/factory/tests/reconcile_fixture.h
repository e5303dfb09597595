// An order of six units, two stations with their journals, and what devices show.
#pragma once
#include <algorithm>

#include "edgekeep/factory/identity.h"
#include "factory_fixture.h"

namespace edgekeep::factory {

class ReconcileTest : public testing::Test {
 protected:
  formats::Ticket Ticket(std::uint32_t number) const {
    const std::size_t book = number < 3 ? 0 : 1;
    return Tickets::Open(Cryptography(), verified_, order_.books[book]).value().Take(number);
  }

  void Provision(TestStation& station, std::uint32_t ticket, int number) {
    presented_.push_back({"d" + std::to_string(number), station.Provision(verified_.id(), Ticket(ticket), number)});
  }

  // Both stations' journals, where these had retired.
  Reconciliation Reconciled(const std::vector<DeviceId>& retired,
                            const std::vector<formats::CertificateDigest>& before) const {
    const auto policy = PolicyOf({&first_, &second_});
    const Production production{.order = verified_,
                                .stations = policy,
                                .check = CheckCertificate,
                                .retired = retired,
                                .retired_before = before};
    return Reconcile(Cryptography(), production, {first_.Copy("line 1"), second_.Copy("line 2")}, presented_).value();
  }

  DeviceId DeviceOf(const PresentedIdentity& identity) const {
    return JournalledIdentity::Verify(Cryptography(), PolicyOf({&first_, &second_}), identity.bytes)
        ->provisioned()
        .device;
  }

  Reconciliation Reconciled(const std::vector<JournalCopy>& journals) const {
    const auto policy = PolicyOf({&first_, &second_});
    const Production production{.order = verified_, .stations = policy, .check = CheckCertificate};
    return Reconcile(Cryptography(), production, journals, presented_).value();
  }

  Reconciliation Reconciled() const { return Reconciled({first_.Copy("line 1"), second_.Copy("line 2")}); }

  // Whether a verifier takes the identity, by the list that comes of it.
  ErrorCode Verdict(const Reconciliation& reconciliation, const std::string& identity) const {
    const std::vector<const sealing::SigningKey*> keys = {&owner_.person.classical, &owner_.person.post_quantum};
    const std::string list =
        MakeList(Cryptography(), verified_, reconciliation, kNow, keys, Despite::kJournalsThatAreNotWhole).value();
    const auto verified =
        VerifiedList::Verify(Cryptography(), list, owner_.person.AsHolder(), log::kBothClasses).value();
    const auto journalled = JournalledIdentity::Verify(Cryptography(), PolicyOf({&first_, &second_}), identity).value();
    return RefusalOf(CheckListed(Cryptography(), journalled, verified, CheckCertificate));
  }

  static bool Has(const Reconciliation& reconciliation, ProblemKind kind) {
    return std::ranges::any_of(reconciliation.problems, [&](const Problem& problem) { return problem.kind == kind; });
  }

  Owner owner_;
  NewOrder order_ = owner_.Order(6, 2);
  VerifiedOrder verified_ = owner_.Verified(order_);
  TestStation first_{"factory.example/line-1"};
  TestStation second_{"factory.example/line-2"};
  std::vector<PresentedIdentity> presented_;
};

}  // namespace edgekeep::factory
