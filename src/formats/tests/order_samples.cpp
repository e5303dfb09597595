#include "edgekeep/base/check.h"
#include "samples.h"

namespace edgekeep::formats {

void AddSampleRules(TrustPolicy& policy) {
  OrderRule licences{.kind = OrderKind::kLicences, .quorum = 1};
  EK_CHECK(licences.officers.PushBack("olga"));
  OrderRule retire{.kind = OrderKind::kRetire, .quorum = 2};
  EK_CHECK(retire.roles.PushBack(OrderRole::kRoot) && retire.roles.PushBack(OrderRole::kApprovers));
  EK_CHECK(retire.keys.PushBack(FilledId<KeyId>(98)) && retire.keys.PushBack(FilledId<KeyId>(99)));
  EK_CHECK(policy.orders.PushBack(licences) && policy.orders.PushBack(retire));
  EK_CHECK(policy.quarantine.PushBack({0x49465800, 10, 20, Isolation::kVm}));
  EK_CHECK(policy.quarantine.PushBack({0x49465800, 15, 25, std::nullopt}));
}

Order SampleOrder() {
  Order order{.authority = "acme",
              .action = OrderAction::kEndLicence,
              .devices = {},
              .sequence = 7,
              .issued_at = {1790000000},
              .not_after = {1790086400},
              .product = ProductName::Parse("acme/label-ocr").value(),
              .sessions = {}};
  EK_CHECK(order.devices.PushBack(FilledId<DeviceId>(1)) && order.devices.PushBack(FilledId<DeviceId>(2)));
  return order;
}

OrderAuthority SampleOrderAuthority() {
  OrderAuthority authority{.kind = OrderKind::kRetire, .quorum = 2, .classes = {}, .people = {}};
  EK_CHECK(authority.classes.PushBack(1) && authority.classes.PushBack(2));
  OrderSigner anna{.name = "anna", .keys = {}}, bert{.name = "bert", .keys = {}};
  EK_CHECK(anna.keys.PushBack(FilledId<KeyId>(3)) && anna.keys.PushBack(FilledId<KeyId>(4)));
  EK_CHECK(bert.keys.PushBack(FilledId<KeyId>(5)));
  EK_CHECK(authority.people.PushBack(anna) && authority.people.PushBack(bert));
  return authority;
}

RetirementCertificate SampleRetirementCertificate() {
  return {.order = Filler(20, 6), .identity = SamplePublicKey(), .retired_at = {1790000000}, .evidence = Filler(9, 7)};
}

}  // namespace edgekeep::formats
