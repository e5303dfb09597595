#include "cells.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

namespace edgekeep::spawner {
namespace {

std::uint64_t PhysicalMemory() {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

Result<Cells::Started> Cells::Start(const isolation::StartCell& order) {
  if (order.memory_bytes > PhysicalMemory()) return Error(ErrorCode::kNoMemory);
  const std::span<Place> places = PlacesFor(order.purpose);
  const auto free = std::ranges::find(places, 0, &Place::pid);
  if (free == places.end()) return Error(ErrorCode::kBusy);
  const auto place = static_cast<std::size_t>(&*free - places_.data());
  EK_TRY_ASSIGN(StartedCell cell, StartCell(*settings_, settings_->engine, place, order));
  *free = {.pid = cell.pid, .number = ++last_number_};
  return Started{.number = free->number, .control = std::move(cell.control)};
}

std::span<Cells::Place> Cells::PlacesFor(isolation::Purpose purpose) noexcept {
  const std::span<Place> all(places_);
  return purpose == isolation::Purpose::kInstall ? all.subspan(kServingCells) : all.first(kServingCells);
}

void Cells::Kill(isolation::CellNumber number) noexcept {
  for (const Place& place : places_) {
    // Its process id is still its own: nobody but this process collects it.
    if (place.pid != 0 && place.number == number) kill(place.pid, SIGKILL);
  }
}

void Cells::Abandon() noexcept {
  for (Place& place : places_) {
    if (place.pid != 0) kill(place.pid, SIGKILL);
    place.number = 0;
  }
}

bool Cells::any() const noexcept {
  return std::any_of(places_.begin(), places_.end(), [](const Place& place) { return place.pid != 0; });
}

isolation::CellNumber Cells::TakeEnded(pid_t pid) noexcept {
  for (Place& place : places_) {
    if (place.pid == pid) return std::exchange(place, Place{}).number;
  }
  return 0;
}

}  // namespace edgekeep::spawner
