#include "serving_cells.h"

#include <algorithm>

namespace edgekeep::keep {
namespace {

// A cell that nobody uses any more wipes and ends by itself within this time, or is ended.
constexpr std::uint64_t kGraceSeconds = 3;

}  // namespace

CellUse::~CellUse() {
  if (cells_ != nullptr) cells_->Leave(place_);
}

ServingCell* CellUse::cell() const noexcept {
  const std::lock_guard lock(cells_->mutex_);
  auto& cell = cells_->places_[place_].cell;
  return cell ? &*cell : nullptr;
}

void CellUse::Started(ServingCell cell) noexcept {
  const std::lock_guard lock(cells_->mutex_);
  ServingCells::Place& place = cells_->places_[place_];
  EK_CHECK(place.state == ServingCells::State::kStarting);
  place.served = cell.served;
  place.cell.emplace(std::move(cell));
  place.state = ServingCells::State::kServing;
  cells_->changed_.notify_all();
}

std::optional<std::size_t> ServingCells::FindToJoin(const Served& served) {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const Place& place = places_[i];
    if (!(place.served == served)) continue;
    if (place.state == State::kStarting) return i;
    if (place.state == State::kServing && place.cell->cell->alive()) return i;
  }
  return std::nullopt;
}

Result<CellUse> ServingCells::Join(const Served& served) {
  std::unique_lock lock(mutex_);
  for (;;) {
    const std::optional<std::size_t> found = FindToJoin(served);
    if (!found) break;
    if (places_[*found].state == State::kServing) {
      ++places_[*found].uses;
      return CellUse(*this, *found);
    }
    changed_.wait(lock);
  }
  const auto free = std::ranges::find(places_, State::kFree, &Place::state);
  if (free == places_.end()) return Error(ErrorCode::kBusy, "cells");
  free->state = State::kStarting;
  free->served = served;
  free->uses = 1;
  return CellUse(*this, static_cast<std::size_t>(free - places_.begin()));
}

void ServingCells::Leave(std::size_t index) noexcept {
  const std::lock_guard lock(mutex_);
  Place& place = places_[index];
  if (--place.uses != 0) return;
  if (place.cell) {
    place.cell->cell->AskToEnd();
    place.state = State::kEnding;
  } else {
    place = Place();
  }
  changed_.notify_all();
}

bool ServingCells::Collect(std::uint64_t now) {
  bool more = false;
  for (Place& place : places_) {
    std::optional<ServingCell> ended;
    {
      const std::lock_guard lock(mutex_);
      if (place.state != State::kEnding) continue;
      if (!place.ending_since) place.ending_since = now;
      if (place.cell->cell->alive() && now - *place.ending_since < kGraceSeconds) {
        more = true;
        continue;
      }
      ended = std::exchange(place.cell, std::nullopt);
    }
    // Waits until it is gone: its place stays taken as long.
    ended.reset();
    const std::lock_guard lock(mutex_);
    place = Place();
    changed_.notify_all();
  }
  return more;
}

}  // namespace edgekeep::keep
