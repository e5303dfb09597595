// Once: a field that ONNX has once must not come twice. Protobuf merges or overrides repeated ones, and two readers
// that do it differently see two different models.
#pragma once
#include <cstdint>

#include "edgekeep/base/result.h"

namespace edgekeep::model {

// For field numbers below 64.
class Once {
 public:
  // Fails with kModelRefused when `field` was marked before.
  Status Mark(std::uint32_t field) {
    const std::uint64_t bit = 1ULL << (field & 63);
    if ((seen_ & bit) != 0) return Error(ErrorCode::kModelRefused, "model: a field is given twice");
    seen_ |= bit;
    return {};
  }

  bool Has(std::uint32_t field) const noexcept { return (seen_ & (1ULL << (field & 63))) != 0; }

 private:
  std::uint64_t seen_ = 0;
};

}  // namespace edgekeep::model
