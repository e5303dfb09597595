// Limits that several objects share. Decoders refuse what is outside, encoders refuse to write it.
#pragma once
#include <cstddef>
#include <cstdint>

#include "edgekeep/base/ids.h"

namespace edgekeep::formats {

// 9999-12-31T23:59:59Z: no sum of a time and a duration can overflow, and every time has a four-digit year.
inline constexpr UnixTime kLatestTime{253402300799};

// The epoch chain is walked one step per epoch, so an epoch bounds the work an object can ask for.
inline constexpr Epoch kLastEpoch{65535};

// What a 32-byte key becomes under an AEAD of any suite, HPKE's included.
inline constexpr std::size_t kWrappedKeySize = 32 + 16;
inline constexpr std::size_t kWrapNonceSize = 12;

// HPKE encapsulated keys: the shortest of any KEM is 32 bytes, ML-KEM-1024 with a P-384 point takes 1665.
inline constexpr std::size_t kMinEncSize = 32;
inline constexpr std::size_t kMaxEncSize = 2048;

}  // namespace edgekeep::formats
