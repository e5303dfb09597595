#include "edgekeep/isolation/spawner_cell_host.h"

#include <new>
#include <utility>

#include "spare_cell.h"
#include "spawned_cell.h"

namespace edgekeep::isolation {
namespace {

static_assert(std::to_underlying(Purpose::kServe) == std::to_underlying(ports::CellPurpose::kServe));
static_assert(std::to_underlying(Purpose::kInstall) == std::to_underlying(ports::CellPurpose::kInstall));
static_assert(std::to_underlying(Purpose::kExport) == std::to_underlying(ports::CellPurpose::kExport));

}  // namespace

Result<std::unique_ptr<SpawnerCellHost>> SpawnerCellHost::Create(gate::Descriptor spawner, int answer_timeout_ms) {
  std::unique_ptr<SpawnerLink> link(new (std::nothrow)
                                        SpawnerLink(gate::Channel(std::move(spawner)), answer_timeout_ms));
  if (link == nullptr) return Error(ErrorCode::kNoMemory, "cell host");
  std::unique_ptr<SpawnerCellHost> host(new (std::nothrow) SpawnerCellHost(std::move(link)));
  if (host == nullptr) return Error(ErrorCode::kNoMemory, "cell host");
  return host;
}

SpawnerCellHost::SpawnerCellHost(std::unique_ptr<SpawnerLink> link) noexcept : link_(std::move(link)) {}

SpawnerCellHost::~SpawnerCellHost() = default;

Status SpawnerCellHost::KeepSpare(const Spare& wish) {
  EK_TRY_ASSIGN(spare_, SpareCell::Start(*link_, wish));
  return {};
}

Result<std::unique_ptr<ports::Cell>> SpawnerCellHost::Start(ports::CellPurpose purpose, std::uint64_t memory_bytes) {
  if (spare_ != nullptr && purpose == ports::CellPurpose::kServe) {
    if (std::unique_ptr<SpawnedCell> cell = spare_->Take(memory_bytes)) {
      return std::unique_ptr<ports::Cell>(std::move(cell));
    }
  }
  auto cell = StartNew(purpose, memory_bytes);
  const bool full = !cell && cell.error().code() == ErrorCode::kBusy;
  if (!full || spare_ == nullptr || !spare_->GiveUp()) return cell;
  return StartNew(purpose, memory_bytes);
}

Result<std::unique_ptr<ports::Cell>> SpawnerCellHost::StartNew(ports::CellPurpose purpose, std::uint64_t memory_bytes) {
  EK_TRY_ASSIGN(NewCell started,
                link_->Start({.purpose = static_cast<Purpose>(purpose), .memory_bytes = memory_bytes}));
  const CellNumber number = started.number;
  std::unique_ptr<SpawnedCell> cell(new (std::nothrow) SpawnedCell(*link_, std::move(started)));
  if (cell == nullptr) {
    link_->Kill(number);
    link_->Forget(number);
    return Error(ErrorCode::kNoMemory, "cell host");
  }
  EK_TRY(cell->TakeHello(kHelloTimeoutMs));
  return std::unique_ptr<ports::Cell>(std::move(cell));
}

}  // namespace edgekeep::isolation
