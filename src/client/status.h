// A device's status as the C interface hands it out.
#pragma once
#include <array>

#include "edgekeep/client/admin.h"
#include "edgekeep/gate/admin.h"

namespace edgekeep::client {

// The keep's answer and the C view of it; views point into the answer, so a Status stays where it was made.
class Status : public ek_status {
 public:
  explicit Status(const gate::StatusAnswer& answer) noexcept;
  Status(const Status&) = delete;
  Status& operator=(const Status&) = delete;
  ~Status() = default;

  const ek_product_status* product(std::size_t index) const noexcept {
    return index < num_products ? &products_[index] : nullptr;
  }

 private:
  void ShowReleases(const gate::ReleaseStatus& releases) noexcept;

  const gate::StatusAnswer answer_;
  InlineString<128> device_id_;
  InlineString<128> policy_fingerprint_;
  std::array<ek_product_status, gate::kMaxProducts> products_{};
};

}  // namespace edgekeep::client
