#include <algorithm>

#include "serving_cells.h"

namespace edgekeep::keep {

CellUse::~CellUse() {
  if (cells_ != nullptr) cells_->Leave(place_, number_, line_);
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
  place.outdated = cells_->IsOutdated(place.served);
  cells_->changed_.notify_all();
}

Status CellUse::Sit(Seat seat, std::unique_ptr<ports::SessionLine> line) {
  seat.line = line.get();
  const std::lock_guard lock(cells_->mutex_);
  ServingCells::Place& place = cells_->places_[place_];
  if (!place.seats.PushBack(seat)) return Error(ErrorCode::kBusy, "sessions of a cell");
  place.cell->awaits_first_session = false;
  number_ = seat.number;
  line_ = std::move(line);
  cells_->changed_.notify_all();
  return {};
}

int CellUse::end_signal() const noexcept {
  const std::lock_guard lock(cells_->mutex_);
  const ServingCells::Place& place = cells_->places_[place_];
  return place.cell && !place.lost ? place.cell->cell->end_signal() : -1;
}

bool CellUse::over() const noexcept {
  const std::lock_guard lock(cells_->mutex_);
  const auto& seats = cells_->places_[place_].seats;
  const auto seat = std::ranges::find(seats, number_, &Seat::number);
  return seat != seats.end() && seat->over;
}

CellVisit::~CellVisit() {
  if (cells_ == nullptr) return;
  const std::lock_guard lock(cells_->mutex_);
  --cells_->places_[place_].visits;
  cells_->changed_.notify_all();
}

ServingCell& CellVisit::cell() const noexcept {
  const std::lock_guard lock(cells_->mutex_);
  return *cells_->places_[place_].cell;
}

Move::~Move() {
  if (cells_ != nullptr) cells_->EndMove(place_);
}

// Nobody else changes what these show until the move ends.
ServingCell& Move::cell() const noexcept {
  return *cells_->places_[place_].cell;
}

std::span<Seat> Move::seats() const noexcept {
  auto& seats = cells_->places_[place_].seats;
  return {seats.begin(), seats.size()};
}

// But for this: whoever collects cells may see it first.
bool Move::is_lost() const noexcept {
  const std::lock_guard lock(cells_->mutex_);
  return cells_->places_[place_].lost;
}

std::uint64_t Move::due() const noexcept {
  const std::lock_guard lock(cells_->mutex_);
  return cells_->places_[place_].due;
}

void Move::PutOff(std::uint64_t when) noexcept {
  cells_->PutOff(place_, when);
}

void Move::BeginHandOver() noexcept {
  std::unique_lock lock(cells_->mutex_);
  ServingCells::Place& place = cells_->places_[place_];
  place.handing_over = true;
  cells_->changed_.wait(lock, [&place] { return place.visits == 0; });
}

void Move::Finish(ServingCell next) noexcept {
  const std::lock_guard lock(cells_->mutex_);
  ServingCells::Place& place = cells_->places_[place_];
  place.served = next.served;
  place.former = std::exchange(place.cell, std::move(next));
  place.former->cell->AskToEnd();
  place.outdated = cells_->IsOutdated(place.served);
  place.lost = place.told = false;
  place.due = 0;
}

void Move::GiveUp() noexcept {
  const std::lock_guard lock(cells_->mutex_);
  ServingCells::Place& place = cells_->places_[place_];
  for (Seat& seat : place.seats) seat.over = true;
}

void Move::GiveUp(Seat& seat) noexcept {
  const std::lock_guard lock(cells_->mutex_);
  seat.over = true;
}

void Move::Stay() noexcept {
  const std::lock_guard lock(cells_->mutex_);
  ServingCells::Place& place = cells_->places_[place_];
  place.outdated = cells_->LatestOf(place.served.product) != place.latest_before_move;
}

}  // namespace edgekeep::keep
