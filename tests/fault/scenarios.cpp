#include "scenarios.h"

#include <utility>

#include "edgekeep/base/check.h"
#include "fixture/stored_values.h"

namespace edgekeep::fault {
namespace {

using fixture::Application;
using fixture::Buffer;
using fixture::Package;
using fixture::TestDevice;

constexpr std::string_view kValue = "what the camera is to store, by itself";

Buffer PieceOf(const Package& package) {
  return {package.plaintext.begin() + 100, package.plaintext.begin() + 132};
}

formats::Lease LeaseOf(std::uint32_t counted) {
  return {.seconds = 86400, .counted_seconds = counted};
}

// "open", or why not.
std::string OpensAs(TestDevice& device) {
  const auto answer = device.Open();
  device.sessions.clear();
  return answer ? "open" : NameOf(answer.error().code());
}

}  // namespace

std::unique_ptr<TestDevice> Scenarios::Initialised() const {
  auto device = std::make_unique<TestDevice>();
  EK_CHECK(device->Start() && device->Initialise(publisher_.Bundle()));
  return device;
}

std::unique_ptr<TestDevice> Scenarios::Installed() const {
  auto device = Initialised();
  EK_CHECK(Install(*device, old_));
  return device;
}

// Whose lease is over by the anchor's clock.
std::unique_ptr<TestDevice> Scenarios::Leased() const {
  auto device = Initialised();
  const Buffer licence = device->Licence(publisher_, [](formats::Licence& leased) { leased.terms.lease = LeaseOf(0); });
  EK_CHECK(device->Install(old_, publisher_.Grant(old_, {4}), licence).has_value());
  return device;
}

bool Scenarios::Install(TestDevice& device, const Package& package) const {
  return device.Install(package, publisher_.Grant(package, {4}), device.Licence(publisher_)).has_value();
}

// What opens: "old" or "new".
std::string Scenarios::WhatOpens(TestDevice& device) const {
  const auto answer = device.Open();
  if (!answer) return std::string("does not open: ") + NameOf(answer.error().code());
  device.sessions.clear();
  if (answer->version.sequence == new_.version.sequence) return "new";
  return answer->version.sequence == old_.version.sequence ? "old" : "another version";
}

Scenario Scenarios::Initialise() const {
  const auto look = [this](TestDevice& device) -> std::string {
    const auto status = device.Status();
    if (!status) return std::string("no status: ") + NameOf(status.error().code());
    const bool was_initialised = status->initialised;
    // Whatever was there, the next try succeeds.
    if (!device.Initialise(publisher_.Bundle())) return "cannot be initialised again";
    if (!Install(device, new_)) return "installs nothing";
    return was_initialised ? "new" : "old";
  };
  return {.name = "initialise",
          .prepare =
              [] {
                auto device = std::make_unique<TestDevice>();
                EK_CHECK(device->Start());
                return device;
              },
          .act = [this](TestDevice& device) { return device.Initialise(publisher_.Bundle()).has_value(); },
          .look = look,
          .plaintext = {}};
}

Scenario Scenarios::FirstInstall() const {
  const auto look = [this](TestDevice& device) -> std::string {
    const auto answer = device.Open();
    if (answer) return answer->version.sequence == new_.version.sequence ? "new" : "another version";
    if (answer.error().code() != ErrorCode::kNotFound) return NameOf(answer.error().code());
    return Install(device, new_) ? "old" : "installs nothing";
  };
  return {.name = "first install",
          .prepare = [this] { return Initialised(); },
          .act = [this](TestDevice& device) { return Install(device, new_); },
          .look = look,
          .plaintext = PieceOf(new_)};
}

Scenario Scenarios::UpdateWith(std::function<void(TestDevice&)> flaw) const {
  return {.name = "update",
          .prepare = [this] { return Installed(); },
          .act =
              [this, flaw = std::move(flaw)](TestDevice& device) {
                flaw(device);
                return Install(device, new_);
              },
          .look = [this](TestDevice& device) { return WhatOpens(device); },
          .plaintext = PieceOf(new_)};
}

Scenario Scenarios::Update() const {
  return UpdateWith([](TestDevice&) {});
}

Scenario Scenarios::UpdateTwice() const {
  Scenario scenario = Update();
  scenario.name = "update, and again after the cut";
  scenario.look = [this](TestDevice& device) {
    const std::string found = WhatOpens(device);
    if (found != "old" && found != "new") return found;
    if (!Install(device, new_)) return std::string("installs nothing");
    return WhatOpens(device) == "new" ? found : std::string("the second update is not what opens");
  };
  return scenario;
}

Scenario Scenarios::RemakeForm() const {
  constexpr const char* kEngine = "engine-2/cpu";
  const auto remake = [](TestDevice& device) {
    device.cells.engine_key = kEngine;
    const bool opened = device.Open().has_value();
    device.sessions.clear();
    device.WorkMeanwhile();
    return opened;
  };
  const auto look = [](TestDevice& device) -> std::string {
    const auto status = device.Status();
    if (!status || status->products.size() != 1) return "product is gone";
    device.cells.engine_key = kEngine;
    if (!device.Open()) return "does not open at once";
    if (!device.cells.last_served_prepared) {
      device.sessions.clear();  // whoever opens while one is open joins its cell
      device.WorkMeanwhile();
      if (!device.Open() || !device.cells.last_served_prepared) return "is not remade";
    }
    device.sessions.clear();
    return "new";
  };
  return {.name = "remake the prepared form",
          .prepare = [this] { return Installed(); },
          .act = remake,
          .look = look,
          .plaintext = PieceOf(old_)};
}

bool Scenarios::Renew(TestDevice& device) const {
  const auto later = [](formats::Licence& licence) {
    licence.issued_at.value += 1;
    licence.terms.lease = LeaseOf(2 * 86400);
  };
  return device.InstallLicence(device.Licence(publisher_, later)).has_value();
}

std::string Scenarios::LooksRenewed(TestDevice& device) const {
  const std::string found = OpensAs(device);
  if (found != "open" && found != "expired") return "opens as " + found;
  if (!Renew(device)) return "cannot be renewed again";
  if (OpensAs(device) != "open") return "is renewed and does not open";
  return found == "open" ? "new" : "old";
}

Scenario Scenarios::RenewLicence() const {
  const auto over = [this] {
    constexpr std::uint64_t kTwoDays = 2ULL * 86400;
    auto device = Leased();
    EK_CHECK(OpensAs(*device) == "open");
    device->anchor->time.milliseconds += kTwoDays * 1000;
    device->clock.Pass(kTwoDays);
    EK_CHECK(OpensAs(*device) == "expired");
    device->EndWork();
    return device;
  };
  return {.name = "renew a licence",
          .prepare = over,
          .act = [this](TestDevice& device) { return Renew(device); },
          .look = [this](TestDevice& device) { return LooksRenewed(device); },
          .plaintext = {}};
}

std::string Scenarios::LooksGivenBack(TestDevice& device) const {
  const std::string found = OpensAs(device);
  if (found != "open" && found != "expired") return "opens as " + found;
  if (!device.ReturnLicence()) return "cannot be given back again";
  const Buffer again = device.Licence(publisher_, [](formats::Licence& licence) { licence.terms.lease = LeaseOf(0); });
  if (device.InstallLicence(again)) return "comes back by its file";
  if (OpensAs(device) != "expired") return "was given back and opens";
  return found == "expired" ? "new" : "old";
}

Scenario Scenarios::GiveBackLicence() const {
  return {.name = "give a licence back",
          .prepare = [this] { return Leased(); },
          .act = [](TestDevice& device) { return device.ReturnLicence().has_value(); },
          .look = [this](TestDevice& device) { return LooksGivenBack(device); },
          .plaintext = {}};
}

Scenario Scenarios::StoreValue() const {
  const auto prepare = [this] {
    auto device = Initialised();
    EK_CHECK((Application{device.get(), 1000}.Put("token", "before").has_value()));
    EK_CHECK((Application{device.get(), 1001}.Put("token", "of the robot").has_value()));
    return device;
  };
  const auto look = [](TestDevice& device) -> std::string {
    const std::string other = Application{&device, 1001}.Shows("token");
    if (other != "of the robot") return "another application's: " + other;
    const std::string found = Application{&device, 1000}.Shows("token");
    if (found != "before" && found != kValue) return found;
    return Application{&device, 1000}.Put("token", "after") ? (found == kValue ? "new" : "old") : "stores nothing";
  };
  return {.name = "store a value",
          .prepare = prepare,
          .act = [](TestDevice& device) { return Application{&device, 1000}.Put("token", kValue).has_value(); },
          .look = look,
          .plaintext = Buffer(kValue.begin(), kValue.end())};
}

Scenario Scenarios::DeleteValues() const {
  const auto prepare = [this] {
    auto device = Initialised();
    EK_CHECK((Application{device.get(), 1000}.Put("token", "before").has_value()));
    return device;
  };
  const auto look = [](TestDevice& device) -> std::string {
    const std::string found = Application{&device, 1000}.Shows("token");
    if (!Application{&device, 1000}.Put("token", "after")) return "stores nothing";
    return found == "before" ? "old" : found == "not-found" ? "new" : found;
  };
  return {.name = "delete all values",
          .prepare = prepare,
          .act = [](TestDevice& device) { return Application{&device, 1000}.DeleteAll().has_value(); },
          .look = look,
          .plaintext = {}};
}

}  // namespace edgekeep::fault
