// What keep and spawner say to each other (spec/gate.md §8): frames whose bodies are fixed little-endian fields, so
// that the one root process parses nothing.
#pragma once
#include <array>
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"
#include "edgekeep/isolation/process/purpose.h"

namespace edgekeep::isolation {

inline constexpr std::size_t kSpawnerBodySize = 16;
inline constexpr std::size_t kSpawnerFrameSize = 32;

using SpawnerBody = std::array<std::uint8_t, kSpawnerBodySize>;

// A cell as keep and spawner name it; numbers are never used twice.
using CellNumber = std::uint64_t;

// kStartCell: u8 purpose, seven zero bytes, u64 memory bytes.
struct StartCell {
  Purpose purpose = Purpose::kServe;
  std::uint64_t memory_bytes = 0;
};

// The answer to kStartCell: u32 an ErrorCode, 0 for success; u32 zero; u64 number. With success comes the keep's end of
// the control socket.
struct CellStarted {
  std::uint32_t error = 0;
  CellNumber cell = 0;
};

// kKillCell: u64 number, u64 zero. There is no answer but kCellEnded.
struct KillCell {
  CellNumber cell = 0;
};

// kCellEnded, unasked: u64 number, u32 status as waitpid() gives it, u32 zero.
struct CellEnded {
  CellNumber cell = 0;
  std::uint32_t wait_status = 0;
};

// Decoders fail with kMalformed.
SpawnerBody Encode(const StartCell& message);
Result<StartCell> DecodeStartCell(ByteView body);
SpawnerBody Encode(const CellStarted& message);
Result<CellStarted> DecodeCellStarted(ByteView body);
SpawnerBody Encode(const KillCell& message);
Result<KillCell> DecodeKillCell(ByteView body);
SpawnerBody Encode(const CellEnded& message);
Result<CellEnded> DecodeCellEnded(ByteView body);

}  // namespace edgekeep::isolation
