// Which steps of many a test cuts at.
#pragma once
#include <cstdint>
#include <cstdlib>

namespace edgekeep {

// Every `stride`th, and all of them with EDGEKEEP_LONG. Under sanitizers, where each takes some five times as long, a
// fifth of those: the same test is run without them too.
inline std::uint64_t CutStride(std::uint64_t stride) {
  if (std::getenv("EDGEKEEP_LONG") != nullptr) return 1;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return stride * 5;
#else
  return stride;
#endif
}

}  // namespace edgekeep
