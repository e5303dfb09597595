// Which of many changed bytes a test tries where each costs signatures or key exchanges.
#pragma once
#include <cstddef>
#include <cstdlib>

namespace edgekeep {

// Every `stride`th. On aarch64, which script/test emulates at a twentieth of the speed, a fifth of those unless
// EDGEKEEP_LONG is set: the bytes are the same ones on every processor, and the native run tries them all.
inline std::size_t NativeStride(std::size_t stride) {
#ifdef __aarch64__
  return std::getenv("EDGEKEEP_LONG") == nullptr ? 5 * stride : stride;
#else
  return stride;
#endif
}

}  // namespace edgekeep
