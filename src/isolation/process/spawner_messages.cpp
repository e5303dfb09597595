#include "edgekeep/isolation/process/spawner_messages.h"

#include <utility>

#include "edgekeep/base/check.h"
#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"

namespace edgekeep::isolation {
namespace {

// A body of two words.
SpawnerBody Words(std::uint64_t first, std::uint64_t second) {
  SpawnerBody body{};
  Writer writer(body);
  EK_CHECK(writer.WriteU64LittleEndian(first));
  EK_CHECK(writer.WriteU64LittleEndian(second));
  return body;
}

Result<std::pair<std::uint64_t, std::uint64_t>> ReadWords(ByteView body) {
  Reader reader(body);
  EK_TRY_ASSIGN(const std::uint64_t first, reader.ReadU64LittleEndian());
  EK_TRY_ASSIGN(const std::uint64_t second, reader.ReadU64LittleEndian());
  EK_TRY(reader.ExpectEnd());
  return std::pair(first, second);
}

Result<std::uint32_t> Narrow(std::uint64_t word) {
  if (word > ~std::uint32_t{0}) return Error(ErrorCode::kMalformed, "spawner message");
  return static_cast<std::uint32_t>(word);
}

}  // namespace

SpawnerBody Encode(const StartCell& message) {
  return Words(std::to_underlying(message.purpose), message.memory_bytes);
}

Result<StartCell> DecodeStartCell(ByteView body) {
  EK_TRY_ASSIGN(const auto words, ReadWords(body));
  // Measuring is the spawner's own.
  for (const Purpose purpose : {Purpose::kServe, Purpose::kInstall, Purpose::kExport}) {
    if (words.first == std::to_underlying(purpose)) return StartCell{.purpose = purpose, .memory_bytes = words.second};
  }
  return Error(ErrorCode::kMalformed, "spawner message");
}

SpawnerBody Encode(const CellStarted& message) {
  return Words(message.error, message.cell);
}

Result<CellStarted> DecodeCellStarted(ByteView body) {
  EK_TRY_ASSIGN(const auto words, ReadWords(body));
  EK_TRY_ASSIGN(const std::uint32_t error, Narrow(words.first));
  return CellStarted{.error = error, .cell = words.second};
}

SpawnerBody Encode(const KillCell& message) {
  return Words(message.cell, 0);
}

Result<KillCell> DecodeKillCell(ByteView body) {
  EK_TRY_ASSIGN(const auto words, ReadWords(body));
  if (words.second != 0) return Error(ErrorCode::kMalformed, "spawner message");
  return KillCell{.cell = words.first};
}

SpawnerBody Encode(const CellEnded& message) {
  return Words(message.cell, message.wait_status);
}

Result<CellEnded> DecodeCellEnded(ByteView body) {
  EK_TRY_ASSIGN(const auto words, ReadWords(body));
  EK_TRY_ASSIGN(const std::uint32_t status, Narrow(words.second));
  return CellEnded{.cell = words.first, .wait_status = status};
}

}  // namespace edgekeep::isolation
