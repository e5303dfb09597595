// After a cut at any instant the device comes back with the old set or the new one, complete, without a human.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "lifecycle_scenarios.h"
#include "scenarios.h"

namespace edgekeep::fault {
namespace {

using fixture::TestDevice;

class PowerCut : public testing::Test {
 protected:
  // Recoveries are cut where time is no matter: what they do after an install, others explore.
  static Depth DepthOfPapers() {
    Depth depth = DepthFromEnvironment();
    depth.cut_recovery = std::getenv("EDGEKEEP_LONG") != nullptr;
    return depth;
  }

  static void ExpectSound(const Scenario& scenario, bool both_outcomes = true,
                          const Depth& depth = DepthFromEnvironment()) {
    const Findings findings = Explore(scenario, depth);
    std::printf("%s: %d states explored, %d old, %d new, %zu violations\n", scenario.name.c_str(), findings.num_states,
                findings.num_old, findings.num_new, findings.violations.size());
    testing::Test::RecordProperty("states", findings.num_states);
    for (const std::string& violation : findings.violations) ADD_FAILURE() << violation;
    EXPECT_GT(findings.num_new, 0);
    if (both_outcomes) {
      EXPECT_GT(findings.num_old, 0);
    }
  }

  Scenarios scenarios_;
};

TEST_F(PowerCut, Initialise) {
  ExpectSound(scenarios_.Initialise());
}

TEST_F(PowerCut, FirstInstall) {
  ExpectSound(scenarios_.FirstInstall());
}

TEST_F(PowerCut, Update) {
  ExpectSound(scenarios_.Update());
}

TEST_F(PowerCut, UpdateThenUpdateAgain) {
  ExpectSound(scenarios_.UpdateTwice(), true, {.num_seeds = 1, .cut_recovery = false});
}

TEST_F(PowerCut, RemakingThePreparedForm) {
  ExpectSound(scenarios_.RemakeForm(), false);
}

TEST_F(PowerCut, RenewingALicence) {
  ExpectSound(scenarios_.RenewLicence(), true, DepthOfPapers());
}

TEST_F(PowerCut, GivingALicenceBack) {
  ExpectSound(scenarios_.GiveBackLicence(), true, DepthOfPapers());
}

TEST_F(PowerCut, StoringAValue) {
  ExpectSound(scenarios_.StoreValue());
}

TEST_F(PowerCut, DeletingAllValues) {
  ExpectSound(scenarios_.DeleteValues());
}

// In the same ways, the recovery of a device that was cut is cut as well: what a start finishes is finished by the
// next.
class LifecyclePowerCut : public PowerCut {
 protected:
  LifecycleScenarios lives_;
};

TEST_F(LifecyclePowerCut, KeepingAFactorysIdentity) {
  ExpectSound(lives_.KeepIdentity());
}

TEST_F(LifecyclePowerCut, RenewingAnOwnersCertificate) {
  ExpectSound(lives_.RenewCertificate());
}

TEST_F(LifecyclePowerCut, ChangingHands) {
  ExpectSound(lives_.ChangeHands());
}

// Its recoveries are long: of a sample fewer.
TEST_F(LifecyclePowerCut, Retiring) {
  Depth depth = DepthFromEnvironment();
  if (depth.recovery_stride > 1) depth.recovery_stride = 20;
  ExpectSound(lives_.Retire(), true, depth);
}

// Control: on a disk that lies about syncing each of them loses something.
TEST_F(LifecyclePowerCut, DiskThatLiesIsFoundOutEachTime) {
  for (Scenario scenario : {lives_.KeepIdentity(), lives_.RenewCertificate(), lives_.ChangeHands(), lives_.Retire()}) {
    scenario.act = [act = scenario.act](TestDevice& device) {
      device.disk->LieAboutSyncs();
      return act(device);
    };
    const Findings findings = Explore(scenario, {.num_seeds = 1, .cut_recovery = false});
    EXPECT_GT(findings.violations.size(), 0U) << scenario.name;
  }
}

// Control: on a disk that lies about syncing the exploration finds devices with neither.
TEST_F(PowerCut, DiskThatLiesIsFoundOut) {
  const Scenario scenario = scenarios_.UpdateWith([](TestDevice& device) { device.disk->LieAboutSyncs(); });
  const Findings findings = Explore(scenario, {.num_seeds = 1, .cut_recovery = false});
  EXPECT_GT(findings.violations.size(), 0U) << "the exploration finds nothing where there is something";
}

// Control: a cell that writes plaintext is found out.
TEST_F(PowerCut, PlaintextIsFoundOut) {
  const Scenario scenario =
      scenarios_.UpdateWith([](TestDevice& device) { device.cells.faults.writes_plaintext = true; });
  const Findings findings = Explore(scenario, {.num_seeds = 0, .cut_recovery = false});
  EXPECT_TRUE(std::ranges::any_of(findings.violations, [](const std::string& violation) {
    return violation.find("plaintext") != std::string::npos;
  }));
}

}  // namespace
}  // namespace edgekeep::fault
