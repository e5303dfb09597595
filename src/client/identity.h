// What the C interface hands out of a device's answers.
#pragma once
#include <cstring>

#include "edgekeep/base/check.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/client/admin.h"
#include "edgekeep/gate/admin.h"

namespace edgekeep::client {

// `to` has room for `text` and NUL by the types' sizes.
template <std::size_t N>
void PutText(std::string_view text, char (&to)[N]) {
  EK_CHECK(text.size() < N);
  std::memcpy(to, text.data(), text.size());
}

inline ek_device_identity IdentityOf(const gate::InitialiseAnswer& answer) {
  ek_device_identity identity{};
  PutText(ToHex(answer.device.view()).view(), identity.device_id);
  PutText(ToHex(answer.trust_fingerprint.view()).view(), identity.trust_fingerprint);
  PutText(answer.publisher.view(), identity.publisher);
  identity.anchor = answer.anchor;
  return identity;
}

}  // namespace edgekeep::client
