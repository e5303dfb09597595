#include "lifecycle_scenarios.h"

#include "edgekeep/base/check.h"
#include "edgekeep/release/retirement.h"
#include "fixture/device_order.h"
#include "fixture/stored_values.h"

namespace edgekeep::fault {
namespace {

using fixture::Application;
using fixture::Buffer;
using fixture::TestDevice;

void KnowsCertificates(TestDevice& device) {
  static const auto certificates = certificates::NewOpenSslCertificates().value();
  device.certificates = certificates.get();
}

// "open", or why not.
std::string Opens(TestDevice& device) {
  const auto answer = device.Open();
  device.sessions.clear();
  return answer ? "open" : NameOf(answer.error().code());
}

}  // namespace

LifecycleScenarios::LifecycleScenarios() {
  formats::OrderRule rule{.kind = formats::OrderKind::kRetire, .quorum = 2};
  EK_CHECK(rule.roles.PushBack(formats::OrderRole::kRoot) && world_.policy.orders.PushBack(rule));
  world_.Release(3, {package_.file, grant_, 1});
}

std::string LifecycleScenarios::LooksProvisioned(TestDevice& device) {
  const auto found = fixture::AskToProvision(device, {});
  if (!found) return std::string("says nothing: ") + NameOf(found.error().code());
  const bool is_there = *found == identity_;
  if (!is_there && !formats::DecodeProvisioningHello(*found)) return "has something else";
  if (!fixture::GiveIdentity(device, identity_)) return "does not take it again";
  const auto again = fixture::AskToProvision(device, {});
  if (!again || *again != identity_) return "does not have what it took";
  return is_there ? "new" : "old";
}

Scenario LifecycleScenarios::KeepIdentity() {
  const auto equip = [this](TestDevice& device) { device.endorsement = &endorsement_; };
  const auto prepare = [this, equip] {
    auto device = std::make_unique<TestDevice>();
    equip(*device);
    EK_CHECK(device->Start());
    identity_ = fixture::IdentityFor(*device, 3);
    return device;
  };
  return {.name = "keep a factory's identity",
          .prepare = prepare,
          .act = [this](TestDevice& device) { return fixture::GiveIdentity(device, identity_).has_value(); },
          .look = [this](TestDevice& device) { return LooksProvisioned(device); },
          .plaintext = {},
          .equip = equip};
}

std::unique_ptr<TestDevice> LifecycleScenarios::Owned() {
  auto device = std::make_unique<TestDevice>();
  EK_CHECK(fixture::StartOwned(*device) && device->Initialise(publisher_.Bundle()));
  former_ = fixture::EnrolWith(*device, giver_).value();
  return device;
}

std::string LifecycleScenarios::LooksRenewed(TestDevice& device) {
  const auto owned = fixture::OwnerOf(device);
  if (!owned) return std::string("says no owner: ") + NameOf(owned.error().code());
  if (owned->held != former_ && owned->held != renewed_) return "another certificate";
  const auto next = fixture::EnrolWith(device, giver_);
  if (!next) return "cannot ask again";
  const auto after = fixture::OwnerOf(device);
  if (!after || after->held != *next) return "does not have what it took";
  return owned->held == renewed_ ? "new" : "old";
}

Scenario LifecycleScenarios::RenewCertificate() {
  const auto act = [this](TestDevice& device) {
    const auto request = fixture::AskFor(device, {});
    renewed_ = request ? fixture::CertificateFor(giver_, *request) : fixture::Der{0};
    return request.has_value() && fixture::GiveCertificate(device, renewed_).has_value();
  };
  return {.name = "renew an owner's certificate",
          .prepare = [this] { return Owned(); },
          .act = act,
          .look = [this](TestDevice& device) { return LooksRenewed(device); },
          .plaintext = {},
          .equip = KnowsCertificates};
}

// With a licence that ends with its owner, and a value.
std::unique_ptr<TestDevice> LifecycleScenarios::Lent() {
  auto device = Owned();
  EK_CHECK(device->Install(package_, grant_, device->Licence(publisher_)).has_value());
  EK_CHECK((Application{device.get(), 1000}.Put("key", "secret").has_value()));
  device->user = 0;
  transfer_ = fixture::TransferOf(*device, {.giver = &giver_, .taker = &taker_, .number = 1});
  return device;
}

std::string LifecycleScenarios::LooksHandedOver(TestDevice& device) {
  const auto owned = fixture::OwnerOf(device);
  if (!owned) return std::string("says no owner: ") + NameOf(owned.error().code());
  const bool is_takers = owned->authority == fixture::DigestOfAuthority(taker_);
  const std::string value = Application{&device, 1000}.Shows("key");
  device.user = 0;
  if (owned->held.empty() != is_takers) return "a certificate that is not the owner's";
  if (Opens(device) != (is_takers ? "expired" : "open")) return "a licence that is not the owner's";
  if (value != (is_takers ? "not-found" : "secret")) return "values that are not the owner's";
  const auto again = fixture::HandOver(device, transfer_);
  if (!again || again->ended.size() != 1) return "cannot be handed over again";
  if (!fixture::EnrolWith(device, taker_)) return "the next owner cannot enrol it";
  return is_takers ? "new" : "old";
}

Scenario LifecycleScenarios::ChangeHands() {
  return {.name = "change hands",
          .prepare = [this] { return Lent(); },
          .act = [this](TestDevice& device) { return fixture::HandOver(device, transfer_).has_value(); },
          .look = [this](TestDevice& device) { return LooksHandedOver(device); },
          .plaintext = {},
          .equip = KnowsCertificates};
}

std::unique_ptr<TestDevice> LifecycleScenarios::Released() {
  auto device = std::make_unique<TestDevice>();
  EK_CHECK(device->Start() && world_.Initialise(*device, publisher_.Bundle()).has_value());
  EK_CHECK(world_.Refresh(*device) == "done");
  EK_CHECK(device->Install(package_, grant_, device->Licence(publisher_)).has_value());
  order_ =
      fixture::SignedOrder(fixture::OrderTo(*device, formats::OrderAction::kRetire, 1), {&world_.alice, &world_.bob});
  return device;
}

// True for a certificate of this device's that verifies.
bool LifecycleScenarios::GiveRetirement(TestDevice& device) {
  const auto certificate = fixture::GiveOrder(device, order_);
  return certificate && release::VerifyRetirement(fixture::TestProvider(), *certificate).has_value();
}

std::string LifecycleScenarios::LooksRetired(TestDevice& device) {
  const bool is_over = device.anchor->is_retired();
  if (Opens(device) != (is_over ? "forbidden" : "open")) return is_over ? "it opens something" : "it is not as it was";
  if (!GiveRetirement(device)) return is_over ? "no certificate" : "cannot be retired again";
  if (device.disk->AllPaths() != std::vector<std::string>{"certificate"}) return "something is left on the disk";
  return is_over ? "new" : "old";
}

Scenario LifecycleScenarios::Retire() {
  return {.name = "retire",
          .prepare = [this] { return Released(); },
          .act = [this](TestDevice& device) { return GiveRetirement(device); },
          .look = [this](TestDevice& device) { return LooksRetired(device); },
          .plaintext = {package_.plaintext.begin() + 100, package_.plaintext.begin() + 132}};
}

}  // namespace edgekeep::fault
