// What becomes of a device in its life while its power is cut: its factory, its owner's certificate, another owner, its
// end.
#pragma once
#include "explorer.h"
#include "fixture/owned_device.h"
#include "fixture/provisioned_device.h"
#include "fixture/release_world.h"

namespace edgekeep::fault {

// What it hands out borrows from it. A device that cannot even begin ends the program.
class LifecycleScenarios {
 public:
  LifecycleScenarios();

  // It keeps the identity that a station gave it, or asks for it again.
  Scenario KeepIdentity();
  // The former certificate counts, or the next one, and asking again ends well.
  Scenario RenewCertificate();
  // The former owner whole, with licence and values, or the next one whole.
  Scenario ChangeHands();
  // It goes on as it was, or is over for good, with nothing but its certificate on the disk.
  Scenario Retire();

 private:
  std::unique_ptr<fixture::TestDevice> Owned();
  std::unique_ptr<fixture::TestDevice> Lent();
  std::unique_ptr<fixture::TestDevice> Released();
  std::string LooksProvisioned(fixture::TestDevice& device);
  std::string LooksRenewed(fixture::TestDevice& device);
  std::string LooksHandedOver(fixture::TestDevice& device);
  std::string LooksRetired(fixture::TestDevice& device);
  bool GiveRetirement(fixture::TestDevice& device);

  fixture::TestPublisher publisher_{"acme", fixture::Strength::kClassical};
  fixture::Package package_ = publisher_.Seal({3}, fixture::Pattern(3000, 7));
  fixture::Buffer grant_ = publisher_.Grant(package_, {4});
  fixture::FakeEndorsement endorsement_;
  fixture::TestAuthority giver_ = fixture::AnAuthority("Giver"), taker_ = fixture::AnAuthority("Taker");
  fixture::ReleaseWorld world_;
  // Of the device that was prepared last.
  fixture::Buffer identity_, transfer_, order_;
  fixture::Der former_, renewed_;
};

}  // namespace edgekeep::fault
