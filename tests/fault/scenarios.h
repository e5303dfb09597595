// What devices do while their power is cut: the tests explore a sample of it, the benchmark all.
#pragma once
#include "explorer.h"

namespace edgekeep::fault {

// Classical signatures only: they are not what is explored, and every state verifies dozens. What it hands out borrows
// from it. A device that cannot even begin ends the program.
class Scenarios {
 public:
  Scenario Initialise() const;
  Scenario FirstInstall() const;
  Scenario Update() const;
  Scenario UpdateTwice() const;
  // A cache: that it is lost is no loss, so there is no old one to find.
  Scenario RemakeForm() const;
  // A lease that is over by the anchor's clock, and another one by a file: over or renewed, and nothing between.
  Scenario RenewLicence() const;
  // Whoever has a receipt has a device on which the licence is over, for good.
  Scenario GiveBackLicence() const;
  Scenario StoreValue() const;
  Scenario DeleteValues() const;

  // "update" on such a device.
  Scenario UpdateWith(std::function<void(fixture::TestDevice&)> flaw) const;

 private:
  std::unique_ptr<fixture::TestDevice> Initialised() const;
  std::unique_ptr<fixture::TestDevice> Installed() const;
  std::unique_ptr<fixture::TestDevice> Leased() const;
  bool Install(fixture::TestDevice& device, const fixture::Package& package) const;
  bool Renew(fixture::TestDevice& device) const;
  std::string WhatOpens(fixture::TestDevice& device) const;
  std::string LooksRenewed(fixture::TestDevice& device) const;
  std::string LooksGivenBack(fixture::TestDevice& device) const;

  fixture::TestPublisher publisher_{"acme", fixture::Strength::kClassical};
  fixture::Package old_ = publisher_.Seal({3}, fixture::Pattern(3000, 7));
  fixture::Package new_ = publisher_.Seal({4}, fixture::Pattern(4000, 8));
};

}  // namespace edgekeep::fault
