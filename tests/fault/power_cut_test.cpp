// After a cut at any instant the device comes back with the old set or the new one, complete, without a human.
#include <cstdio>
#include <cstdlib>

#include "edgekeep/base/testing/expect_error.h"
#include "explorer.h"
#include "fixture/stored_values.h"

namespace edgekeep::fault {
namespace {

using fixture::Buffer;
using fixture::Package;
using fixture::TestDevice;
using fixture::TestPublisher;

// Classical signatures only: they are not what is tested here, and every state verifies dozens.
class PowerCut : public testing::Test {
 protected:
  std::unique_ptr<TestDevice> Initialised() const {
    auto device = std::make_unique<TestDevice>();
    EXPECT_TRUE(device->Start());
    EXPECT_TRUE(device->Initialise(publisher_.Bundle()));
    return device;
  }

  std::unique_ptr<TestDevice> Installed() const {
    auto device = Initialised();
    EXPECT_TRUE(device->Install(old_, publisher_.Grant(old_, {4}), device->Licence(publisher_)));
    return device;
  }

  bool Install(TestDevice& device, const Package& package) const {
    return device.Install(package, publisher_.Grant(package, {4}), device.Licence(publisher_)).has_value();
  }

  // What opens: "old" or "new".
  std::string WhatOpens(TestDevice& device) const {
    const auto answer = device.Open();
    if (!answer) return std::string("does not open: ") + NameOf(answer.error().code());
    device.sessions.clear();
    if (answer->version.sequence == new_.version.sequence) return "new";
    return answer->version.sequence == old_.version.sequence ? "old" : "another version";
  }

  static Buffer PieceOf(const Package& package) {
    return {package.plaintext.begin() + 100, package.plaintext.begin() + 132};
  }

  Scenario Update() const {
    return {.name = "update",
            .prepare = [this] { return Installed(); },
            .act = [this](TestDevice& device) { return Install(device, new_); },
            .look = [this](TestDevice& device) { return WhatOpens(device); },
            .plaintext = PieceOf(new_)};
  }

  // Recoveries are cut where time is no matter: what they do after an install, others explore.
  static Depth DepthOfPapers() {
    Depth depth = DepthFromEnvironment();
    depth.cut_recovery = std::getenv("EDGEKEEP_LONG") != nullptr;
    return depth;
  }

  static formats::Lease LeaseOf(std::uint32_t counted) { return {.seconds = 86400, .counted_seconds = counted}; }

  // Whose lease is over by the anchor's clock.
  std::unique_ptr<TestDevice> Leased() const {
    auto device = Initialised();
    const Buffer licence =
        device->Licence(publisher_, [](formats::Licence& leased) { leased.terms.lease = LeaseOf(0); });
    EXPECT_TRUE(device->Install(old_, publisher_.Grant(old_, {4}), licence));
    return device;
  }

  // "open", or why not.
  static std::string OpensAs(TestDevice& device) {
    const auto answer = device.Open();
    device.sessions.clear();
    return answer ? "open" : NameOf(answer.error().code());
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

  TestPublisher publisher_{"acme", fixture::Strength::kClassical};
  Package old_ = publisher_.Seal({3}, fixture::Pattern(3000, 7));
  Package new_ = publisher_.Seal({4}, fixture::Pattern(4000, 8));
};

TEST_F(PowerCut, Initialise) {
  ExpectSound({.name = "initialise",
               .prepare =
                   [] {
                     auto device = std::make_unique<TestDevice>();
                     EXPECT_TRUE(device->Start());
                     return device;
                   },
               .act = [this](TestDevice& device) { return device.Initialise(publisher_.Bundle()).has_value(); },
               .look = [this](TestDevice& device) -> std::string {
                 const auto status = device.Status();
                 if (!status) return std::string("no status: ") + NameOf(status.error().code());
                 const bool was_initialised = status->initialised;
                 // Whatever was there, the next try succeeds.
                 if (!device.Initialise(publisher_.Bundle())) return "cannot be initialised again";
                 if (!Install(device, new_)) return "installs nothing";
                 return was_initialised ? "new" : "old";
               },
               .plaintext = {}});
}

TEST_F(PowerCut, FirstInstall) {
  ExpectSound({.name = "first install",
               .prepare = [this] { return Initialised(); },
               .act = [this](TestDevice& device) { return Install(device, new_); },
               .look = [this](TestDevice& device) -> std::string {
                 const auto answer = device.Open();
                 if (answer) return answer->version.sequence == new_.version.sequence ? "new" : "another version";
                 if (answer.error().code() != ErrorCode::kNotFound) return NameOf(answer.error().code());
                 return Install(device, new_) ? "old" : "installs nothing";
               },
               .plaintext = PieceOf(new_)});
}

TEST_F(PowerCut, Update) {
  ExpectSound(Update());
}

TEST_F(PowerCut, UpdateThenUpdateAgain) {
  Scenario scenario = Update();
  scenario.name = "update, and again after the cut";
  scenario.look = [this](TestDevice& device) {
    const std::string found = WhatOpens(device);
    if (found != "old" && found != "new") return found;
    if (!Install(device, new_)) return std::string("installs nothing");
    return WhatOpens(device) == "new" ? found : std::string("the second update is not what opens");
  };
  const Findings findings = Explore(scenario, {.num_seeds = 1, .cut_recovery = false});
  for (const std::string& violation : findings.violations) ADD_FAILURE() << violation;
}

TEST_F(PowerCut, RemakingThePreparedForm) {
  ExpectSound({.name = "remake the prepared form",
               .prepare = [this] { return Installed(); },
               .act =
                   [](TestDevice& device) {
                     device.cells.engine_key = "engine-2/cpu";
                     const bool opened = device.Open().has_value();
                     device.sessions.clear();
                     device.WorkMeanwhile();
                     return opened;
                   },
               .look = [](TestDevice& device) -> std::string {
                 const auto status = device.Status();
                 if (!status || status->products.size() != 1) return "product is gone";
                 device.cells.engine_key = "engine-2/cpu";
                 if (!device.Open()) return "does not open at once";
                 if (!device.cells.last_served_prepared) {
                   device.sessions.clear();  // whoever opens while one is open joins its cell
                   device.WorkMeanwhile();
                   if (!device.Open() || !device.cells.last_served_prepared) return "is not remade";
                 }
                 device.sessions.clear();
                 // The prepared form is a cache: that it is lost is no loss, so either counts as done.
                 return "new";
               },
               .plaintext = PieceOf(old_)},
              false);
}

// A lease that is over by the anchor's clock, and another one by a file: over or renewed, and nothing between.
TEST_F(PowerCut, RenewingALicence) {
  const auto renewed = [this](TestDevice& device) {
    return device.InstallLicence(device.Licence(publisher_, [](formats::Licence& licence) {
      licence.issued_at.value += 1;
      licence.terms.lease = LeaseOf(2 * 86400);
    }));
  };
  ExpectSound({.name = "renew a licence",
               .prepare =
                   [this] {
                     auto device = Leased();
                     EXPECT_EQ(OpensAs(*device), "open");
                     device->anchor->time.milliseconds += 2ULL * 86400 * 1000;
                     device->clock.Pass(2ULL * 86400);
                     EXPECT_EQ(OpensAs(*device), "expired");
                     device->EndWork();
                     return device;
                   },
               .act = [&](TestDevice& device) { return renewed(device).has_value(); },
               .look = [&](TestDevice& device) -> std::string {
                 const std::string found = OpensAs(device);
                 if (found != "open" && found != "expired") return "opens as " + found;
                 if (!renewed(device)) return "cannot be renewed again";
                 if (OpensAs(device) != "open") return "is renewed and does not open";
                 return found == "open" ? "new" : "old";
               },
               .plaintext = {}},
              true, DepthOfPapers());
}

// Whoever has a receipt has a device on which the licence is over, for good.
TEST_F(PowerCut, GivingALicenceBack) {
  ExpectSound({.name = "give a licence back",
               .prepare = [this] { return Leased(); },
               .act = [](TestDevice& device) { return device.ReturnLicence().has_value(); },
               .look = [this](TestDevice& device) -> std::string {
                 const std::string found = OpensAs(device);
                 if (found != "open" && found != "expired") return "opens as " + found;
                 if (!device.ReturnLicence()) return "cannot be given back again";
                 const Buffer again =
                     device.Licence(publisher_, [](formats::Licence& licence) { licence.terms.lease = LeaseOf(0); });
                 if (device.InstallLicence(again)) return "comes back by its file";
                 if (OpensAs(device) != "expired") return "was given back and opens";
                 return found == "expired" ? "new" : "old";
               },
               .plaintext = {}},
              true, DepthOfPapers());
}

TEST_F(PowerCut, StoringAValue) {
  const std::string value = "what the camera is to store, by itself";
  const auto other_of = [](TestDevice& device) { return fixture::Application{&device, 1001}.Shows("token"); };
  const auto look = [&](TestDevice& device) -> std::string {
    if (const std::string other = other_of(device); other != "of the robot") return "another application's: " + other;
    const std::string found = fixture::Application{&device, 1000}.Shows("token");
    if (found != "before" && found != value) return found;
    return fixture::Application{&device, 1000}.Put("token", "after") ? (found == value ? "new" : "old")
                                                                     : "stores nothing";
  };
  ExpectSound(
      {.name = "store a value",
       .prepare =
           [this] {
             auto device = Initialised();
             EXPECT_TRUE((fixture::Application{device.get(), 1000}.Put("token", "before")));
             EXPECT_TRUE((fixture::Application{device.get(), 1001}.Put("token", "of the robot")));
             return device;
           },
       .act = [&](TestDevice& device) { return fixture::Application{&device, 1000}.Put("token", value).has_value(); },
       .look = look,
       .plaintext = Buffer(value.begin(), value.end())});
}

TEST_F(PowerCut, DeletingAllValues) {
  ExpectSound({.name = "delete all values",
               .prepare =
                   [this] {
                     auto device = Initialised();
                     EXPECT_TRUE((fixture::Application{device.get(), 1000}.Put("token", "before")));
                     return device;
                   },
               .act = [](TestDevice& device) { return fixture::Application{&device, 1000}.DeleteAll().has_value(); },
               .look = [](TestDevice& device) -> std::string {
                 const std::string found = fixture::Application{&device, 1000}.Shows("token");
                 if (!fixture::Application{&device, 1000}.Put("token", "after")) return "stores nothing";
                 return found == "before" ? "old" : found == "not-found" ? "new" : found;
               },
               .plaintext = {}});
}

// Control: on a disk that lies about syncing the exploration finds devices with neither.
TEST_F(PowerCut, DiskThatLiesIsFoundOut) {
  Scenario scenario = Update();
  scenario.name = "update on a disk that lies";
  scenario.act = [this](TestDevice& device) {
    device.disk->LieAboutSyncs();
    return Install(device, new_);
  };
  const Findings findings = Explore(scenario, {.num_seeds = 1, .cut_recovery = false});
  EXPECT_GT(findings.violations.size(), 0U) << "the exploration finds nothing where there is something";
}

// Control: a cell that writes plaintext is found out.
TEST_F(PowerCut, PlaintextIsFoundOut) {
  Scenario scenario = Update();
  scenario.act = [this](TestDevice& device) {
    device.cells.faults.writes_plaintext = true;
    const bool installed = Install(device, new_);
    return installed;
  };
  const Findings findings = Explore(scenario, {.num_seeds = 0, .cut_recovery = false});
  EXPECT_TRUE(std::ranges::any_of(findings.violations, [](const std::string& violation) {
    return violation.find("plaintext") != std::string::npos;
  }));
}

}  // namespace
}  // namespace edgekeep::fault
