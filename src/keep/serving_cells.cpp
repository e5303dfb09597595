#include "serving_cells.h"

#include <algorithm>
#include <chrono>

namespace edgekeep::keep {
namespace {

// A cell that nobody uses any more wipes and ends by itself within this time, or is ended.
constexpr std::uint64_t kGraceSeconds = 3;
constexpr int kEndingMs = 100;
constexpr int kLingeringMs = 1000;

int Sooner(int a, int b) {
  if (a < 0 || b < 0) return std::max(a, b);
  return std::min(a, b);
}

}  // namespace

std::optional<std::size_t> ServingCells::FindToJoin(const Served& served) {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const Place& place = places_[i];
    if (place.state != State::kStarting && place.state != State::kServing) continue;
    // What is being replaced may serve this very install in a moment.
    if (place.moving && place.served.product == served.product) return i;
    if (!(place.served == served)) continue;
    if (place.state == State::kStarting || place.lost || place.cell->cell->alive()) return i;
  }
  return std::nullopt;
}

Result<CellUse> ServingCells::Join(const Served& served) {
  std::unique_lock lock(mutex_);
  for (;;) {
    const std::optional<std::size_t> found = FindToJoin(served);
    if (!found) break;
    Place& place = places_[*found];
    if (place.state == State::kServing && !place.moving && !place.lost) {
      ++place.uses;
      return CellUse(*this, *found);
    }
    changed_.wait(lock);
  }
  return JoinFirst(served);
}

Result<std::optional<CellUse>> ServingCells::JoinIfFirst(const Served& served) {
  const std::lock_guard lock(mutex_);
  if (FindToJoin(served)) return std::optional<CellUse>();
  EK_TRY_ASSIGN(CellUse use, JoinFirst(served));
  return std::optional<CellUse>(std::move(use));
}

Result<CellUse> ServingCells::JoinFirst(const Served& served) {
  const auto free = std::ranges::find(places_, State::kFree, &Place::state);
  if (free == places_.end()) return Error(ErrorCode::kBusy, "cells");
  free->state = State::kStarting;
  free->served = served;
  free->uses = 1;
  return CellUse(*this, static_cast<std::size_t>(free - places_.begin()));
}

std::optional<CellVisit> ServingCells::Visit(std::size_t place) noexcept {
  const std::lock_guard lock(mutex_);
  if (places_[place].state != State::kServing || places_[place].handing_over) return std::nullopt;
  ++places_[place].visits;
  return CellVisit(*this, place);
}

gate::CellState ServingCells::StateOf(const Place& place) noexcept {
  using enum gate::CellState;
  if (place.state == State::kStarting) return kStarting;
  if (place.state == State::kEnding) return kEnding;
  if (place.lost) return kLost;
  if (place.moving) return kMoving;
  if (!place.seats.empty()) return kServing;
  return place.cell->awaits_first_session ? kAwaiting : kLingering;
}

std::optional<CellFacts> ServingCells::FactsOf(std::size_t index) const noexcept {
  const std::lock_guard lock(mutex_);
  const Place& place = places_[index];
  // A cell on its way out may have been taken from its place already.
  if (place.state == State::kFree || (place.state == State::kEnding && !place.cell)) return std::nullopt;
  CellFacts facts{.product = place.served.product, .version = {}, .state = StateOf(place), .sitters = {}};
  if (place.cell) {
    facts.version = place.cell->version;
    facts.started = place.cell->started;
    facts.threads = place.cell->threads;
  }
  for (const Seat& seat : place.seats) EK_CHECK(facts.sitters.PushBack({seat.number, seat.user, seat.since}));
  return facts;
}

void ServingCells::AskToEnd(Place& place) noexcept {
  place.lost = place.lost || !place.cell->cell->alive();
  place.cell->cell->AskToEnd();
  place.state = State::kEnding;
}

// The line ends with its caller's, without the mutex: its memory may be large.
void ServingCells::Leave(std::size_t index, gate::SessionNumber number,
                         std::unique_ptr<ports::SessionLine>& line) noexcept {
  const std::lock_guard lock(mutex_);
  Place& place = places_[index];
  if (number != 0) {
    const auto* const seat = std::ranges::find(place.seats, number, &Seat::number);
    const auto at = static_cast<std::size_t>(seat - place.seats.begin());
    if (place.moving) {
      place.left[at] = std::move(line);
      return;
    }
    Unseat(place, at);
  }
  EndUse(place);
  changed_.notify_all();
}

void ServingCells::Unseat(Place& place, std::size_t seat) noexcept {
  place.seats[seat] = place.seats[place.seats.size() - 1];
  place.seats.PopBack();
}

void ServingCells::EndUse(Place& place) noexcept {
  if (--place.uses != 0) return;
  if (!place.cell) {
    place = Place();
  } else if (place.outdated || place.lost || (place.cell->linger_seconds == 0 && !place.cell->awaits_first_session)) {
    AskToEnd(place);
  }
}

void ServingCells::EndMove(std::size_t index) noexcept {
  Lines ended;  // after the mutex is free
  const std::lock_guard lock(mutex_);
  Place& place = places_[index];
  place.moving = place.handing_over = false;
  std::swap(ended, place.left);
  // From the last one on: what takes a place that becomes free stays.
  for (std::size_t i = place.seats.size(); i-- > 0;) {
    if (ended[i] == nullptr) continue;
    Unseat(place, i);
    EndUse(place);
  }
  changed_.notify_all();
}

bool ServingCells::IsEnding(Place& place, std::uint64_t now) noexcept {
  if (place.state == State::kEnding) return true;
  if (place.state != State::kServing || place.uses != 0) {
    // At once, so that nobody watches the end of what has ended.
    place.lost = place.lost || (place.state == State::kServing && !place.cell->cell->alive());
    place.idle_since.reset();
    return false;
  }
  if (!place.idle_since) place.idle_since = now;
  const bool waits = place.cell->awaits_first_session || now - *place.idle_since < place.cell->linger_seconds;
  if (waits && place.cell->cell->alive()) return false;
  AskToEnd(place);
  return true;
}

std::optional<ServingCells::Ended> ServingCells::TakeEnded(Place& place, std::uint64_t now, int& next_ms) {
  const std::lock_guard lock(mutex_);
  const bool ending = IsEnding(place, now);
  std::optional<ServingCell>& cell = place.former ? place.former : place.cell;
  if (!place.former && !ending) {
    if (place.idle_since) next_ms = Sooner(next_ms, kLingeringMs);
    return std::nullopt;
  }
  if (!place.ending_since) place.ending_since = now;
  const bool visited = !place.former && place.visits != 0;
  if (visited || (cell->cell->alive() && now - *place.ending_since < kGraceSeconds)) {
    next_ms = Sooner(next_ms, kEndingMs);
    return std::nullopt;
  }
  place.ending_since.reset();
  const bool lost = !place.former && place.lost && !std::exchange(place.told, true);
  // Its end takes a moment, in which its place stays taken.
  Ended ended{std::move(*cell), lost};
  cell.reset();
  return ended;
}

int ServingCells::Collect(std::uint64_t now, LossListener& listener) {
  int next_ms = kNothing;
  for (Place& place : places_) {
    while (std::optional<Ended> ended = TakeEnded(place, now, next_ms)) {
      if (ended->lost) listener.TakeNotice(ended->cell);
      ended.reset();
      const std::lock_guard lock(mutex_);
      if (place.state == State::kEnding && !place.cell && !place.former) place = Place();
      changed_.notify_all();
      if (place.state == State::kFree) break;
    }
  }
  return next_ms;
}

bool ServingCells::GiveUpIdle() {
  std::unique_lock lock(mutex_);
  const auto is_idle = [](const Place& place) {
    return place.state == State::kServing && place.uses == 0 && !place.moving;
  };
  const auto idle = std::ranges::find_if(places_, is_idle);
  if (idle == places_.end()) return false;
  AskToEnd(*idle);
  return changed_.wait_for(lock, std::chrono::seconds(2 * kGraceSeconds),
                           [&] { return idle->state != State::kEnding; });
}

std::optional<Served> ServingCells::LatestOf(const ProductName& product) const noexcept {
  const auto found = std::ranges::find(installed_, product, &Served::product);
  return found == installed_.end() ? std::nullopt : std::optional(*found);
}

bool ServingCells::IsOutdated(const Served& served) const noexcept {
  const std::optional<Served> latest = LatestOf(served.product);
  return latest && !(*latest == served);
}

void ServingCells::NoteInstalled(const Served& installed) noexcept {
  const std::lock_guard lock(mutex_);
  const auto known = std::ranges::find(installed_, installed.product, &Served::product);
  // A store holds no more products than there is room for.
  if (known != installed_.end()) {
    *known = installed;
  } else if (!installed_.PushBack(installed)) {
    installed_[installed_.size() - 1] = installed;
  }
  for (Place& place : places_) {
    if (place.state != State::kServing || !(place.served.product == installed.product)) continue;
    place.outdated = IsOutdated(place.served);
    if (place.outdated && place.uses == 0) AskToEnd(place);
  }
}

bool ServingCells::AnyUntendedLoss() const noexcept {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(places_, [](const Place& place) {
    const bool lost = place.state == State::kServing && place.lost && !place.told;
    return lost && !std::ranges::all_of(place.seats, &Seat::over);
  });
}

std::optional<ServingCells::Need> ServingCells::NeedOf(std::size_t index) noexcept {
  const std::lock_guard lock(mutex_);
  Place& place = places_[index];
  if (place.state != State::kServing || place.uses == 0) return std::nullopt;
  place.lost = place.lost || !place.cell->cell->alive();
  if (!place.lost && !place.outdated) return std::nullopt;
  if (std::ranges::all_of(place.seats, &Seat::over)) return std::nullopt;
  return Need{.place = index, .lost = place.lost, .product = place.served.product};
}

bool ServingCells::TakeLoss(std::size_t index) noexcept {
  const std::lock_guard lock(mutex_);
  Place& place = places_[index];
  if (!place.cell) return false;
  place.lost = place.lost || !place.cell->cell->alive();
  return place.lost && !std::exchange(place.told, true);
}

void ServingCells::PutOff(std::size_t index, std::uint64_t when) noexcept {
  const std::lock_guard lock(mutex_);
  places_[index].due = when;
}

std::optional<Move> ServingCells::BeginMove(std::size_t index) {
  std::unique_lock lock(mutex_);
  Place& place = places_[index];
  if (place.state != State::kServing || place.uses == 0 || place.former) return std::nullopt;
  place.moving = true;
  place.latest_before_move = LatestOf(place.served.product);
  changed_.wait(lock, [&place] { return place.uses == place.seats.size(); });
  return Move(*this, index);
}

}  // namespace edgekeep::keep
