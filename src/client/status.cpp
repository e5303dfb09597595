#include "status.h"

#include <utility>

#include "edgekeep/base/hex.h"

namespace edgekeep::client {
namespace {

ek_product_status ViewOf(const gate::ProductStatus& product) noexcept {
  const gate::LeaseFacts lease = product.lease.value_or(gate::LeaseFacts());
  const gate::CrashFacts crashes = product.crashes.value_or(gate::CrashFacts());
  return {.product = product.product.c_str(),
          .version = product.version.display.c_str(),
          .version_sequence = product.version.sequence.value,
          .slot = product.slot,
          .licensed = product.licensed ? 1U : 0U,
          .licence_has_end = product.licence_expires ? 1U : 0U,
          .licence_expires = product.licence_expires ? product.licence_expires->value : 0,
          .prepared_for = product.prepared_for.c_str(),
          .prepared_form_current = product.prepared_form_current ? 1U : 0U,
          .open_sessions = product.open_sessions,
          .policy = product.policy.begin(),
          .policy_size = product.policy.size(),
          .provider = product.provider,
          .has_calls_left = product.calls_left ? 1U : 0U,
          .calls_left = product.calls_left.value_or(0),
          .crashes = crashes.count,
          .last_crash = crashes.last.value,
          .last_crash_signal = crashes.signal,
          .last_crash_memory = std::to_underlying(crashes.memory),
          .wait_seconds = crashes.wait_seconds,
          .prepared_form_set_aside = product.prepared_form_set_aside ? 1U : 0U,
          .has_lease = product.lease ? 1U : 0U,
          .lease_seconds = lease.seconds,
          .lease_grace_seconds = lease.grace_seconds,
          .lease_used_seconds = lease.used_seconds,
          .licence_returned = product.returned ? 1U : 0U};
}

}  // namespace

Status::Status(const gate::StatusAnswer& answer) noexcept : ek_status{}, answer_(answer) {
  if (answer_.initialised) device_id_ = ToHex(answer_.device.view());
  initialised = answer_.initialised ? 1U : 0U;
  device_id = device_id_.c_str();
  publisher = answer_.publisher.c_str();
  anchor = answer_.anchor;
  engine_key = answer_.engine_key.c_str();
  memory_locking = answer_.memory_locking.c_str();
  num_products = answer_.products.size();
  clock_behind_seconds = answer_.clock_behind_seconds;
  policy_fingerprint = policy_fingerprint_.c_str();
  if (answer_.releases) ShowReleases(*answer_.releases);
  for (std::size_t i = 0; i < num_products; ++i) products_[i] = ViewOf(answer_.products[i]);
}

void Status::ShowReleases(const gate::ReleaseStatus& releases) noexcept {
  policy_fingerprint_ = ToHex(releases.policy_fingerprint.view());
  demands_releases = 1;
  policy_profile = releases.profile;
  policy_version = releases.policy_version;
  root_version = releases.root_version;
  targets_version = releases.targets_version;
  time_floor = releases.time_floor.value;
  waiting_policy = releases.waiting_policy;
  waits_until = releases.waits_until.value;
  operations = releases.operations.begin();
  operations_size = releases.operations.size();
  operations_unreadable = releases.operations_unreadable ? 1U : 0U;
  suspended = releases.suspended ? 1U : 0U;
  installs_held = releases.installs_held ? 1U : 0U;
  max_sessions = releases.max_sessions;
  quarantined = releases.quarantined ? 1U : 0U;
}

}  // namespace edgekeep::client
