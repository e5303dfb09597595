// Which owner a device has, of all that it ever had: what an order to disown is good for (spec/orders.md §2).
#pragma once
#include <optional>

#include "edgekeep/base/ids.h"

namespace edgekeep::formats {

struct Ownership {
  // Changes of owner that the device had counted by then; none: the record that says so is damaged.
  std::optional<std::uint64_t> changes;
  // SHA-256 of the certificate of its owner's authority; of a damaged record the one that it has to have.
  Digest of;

  friend bool operator==(const Ownership&, const Ownership&) = default;
};

}  // namespace edgekeep::formats
