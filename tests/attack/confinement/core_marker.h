// A text that exists in memory only once it is put there: the programs hold it backwards.
#pragma once
#include <cstddef>
#include <string_view>

namespace edgekeep::attack {

inline constexpr std::string_view kReversedCoreMarker = "1ecaf-erised-tnemenifnoc-eroc";
inline constexpr std::size_t kCoreMarkerSize = kReversedCoreMarker.size();

inline void PutCoreMarker(char* to) {
  for (std::size_t i = 0; i < kCoreMarkerSize; ++i) to[i] = kReversedCoreMarker[kCoreMarkerSize - 1 - i];
}

}  // namespace edgekeep::attack
