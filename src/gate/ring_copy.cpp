#include "edgekeep/gate/ring_copy.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "edgekeep/base/check.h"

namespace edgekeep::gate {
namespace {

#if defined(__SSE2__)
// Below this the fence costs more than it spares.
constexpr std::size_t kLeast = 2048;

std::size_t BytesBeforeABoundary(const std::uint8_t* address) noexcept {
  return (sizeof(__m128i) - reinterpret_cast<std::uintptr_t>(address) % sizeof(__m128i)) % sizeof(__m128i);
}

// What the other side read last lies in its processor's cache as well: an ordinary store waits, line by line, until it
// has been taken away from there. These write past all caches.
void Stream(ByteView from, MutableByteView to) noexcept {
  const std::size_t head = BytesBeforeABoundary(to.data());
  const std::size_t blocks = (from.size() - head) / sizeof(__m128i);
  std::ranges::copy(from.first(head), to.begin());
  const auto* const source = reinterpret_cast<const __m128i*>(from.data() + head);
  auto* const target = reinterpret_cast<__m128i*>(to.data() + head);
  for (std::size_t i = 0; i < blocks; ++i) _mm_stream_si128(target + i, _mm_loadu_si128(source + i));
  const std::size_t done = head + blocks * sizeof(__m128i);
  std::ranges::copy(from.subspan(done), to.begin() + static_cast<std::ptrdiff_t>(done));
  // No atomic store waits for these.
  _mm_sfence();
}
#endif

}  // namespace

void CopyIntoRing(ByteView from, MutableByteView to) noexcept {
  EK_CHECK(from.size() == to.size());
#if defined(__SSE2__)
  if (from.size() >= kLeast) return Stream(from, to);
#endif
  std::ranges::copy(from, to.begin());
}

}  // namespace edgekeep::gate
