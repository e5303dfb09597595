#include "spawner_link.h"

#include <poll.h>

#include <algorithm>
#include <utility>

namespace edgekeep::isolation {
namespace {

using gate::Command;

Error Gone() {
  return Error(ErrorCode::kPeerGone, "spawner");
}

ErrorCode KnownCode(std::uint32_t number) {
  return number <= static_cast<std::uint32_t>(ErrorCode::kInternal) ? static_cast<ErrorCode>(number)
                                                                    : ErrorCode::kInternal;
}

// Others hear what is said meanwhile, and one of them may take the message that this waits for, which nobody tells:
// hence the short looks.
void WaitForWord(int spawner) {
  constexpr int kLookMs = 10;
  pollfd watched{.fd = spawner, .events = POLLIN, .revents = 0};
  poll(&watched, 1, kLookMs);
}

}  // namespace

Result<NewCell> SpawnerLink::Start(const StartCell& order) {
  EK_TRY_ASSIGN(Known* const place, GiveOrder(order));
  const Clock::time_point end = Clock::now() + std::chrono::milliseconds(answer_timeout_ms_);
  for (;;) {
    const bool in_time = Clock::now() < end;
    if (std::optional<Result<NewCell>> answer = TakeAnswerAt(*place, in_time)) return *std::move(answer);
    WaitForWord(spawner_.fd());
  }
}

Result<SpawnerLink::Known*> SpawnerLink::GiveOrder(const StartCell& order) {
  const std::lock_guard lock(mutex_);
  const auto place = std::ranges::find_if(known_, [](const Known& k) { return k.order == 0 && k.number == 0; });
  if (place == known_.end()) return Error(ErrorCode::kBusy, "cells that ended and are held");
  if (!spawner_.Send(Command::kStartCell, ++last_id_, Encode(order))) return Gone();
  place->order = last_id_;
  return place;
}

// Empty while there is time and none has come.
std::optional<Result<NewCell>> SpawnerLink::TakeAnswerAt(Known& place, bool in_time) {
  const std::lock_guard lock(mutex_);
  (void)HearAll();
  std::optional<Result<NewCell>> answer = std::exchange(place.answer, std::nullopt);
  if (!answer && !in_time) answer = Error(ErrorCode::kTimedOut, "spawner");
  if (!answer) return answer;
  place.order = 0;
  return answer;
}

void SpawnerLink::Kill(CellNumber cell) {
  const std::lock_guard lock(mutex_);
  // Fails only when the spawner has ended, and all cells with it.
  (void)spawner_.Send(Command::kKillCell, ++last_id_, Encode(KillCell{.cell = cell}));
}

std::optional<std::uint32_t> SpawnerLink::WaitForEnd(CellNumber cell, int timeout_ms) {
  const Clock::time_point end = Clock::now() + std::chrono::milliseconds(timeout_ms);
  for (;;) {
    const bool in_time = Clock::now() < end;
    bool may_come = true;
    const std::optional<std::uint32_t> wait_status = LookAt(cell, may_come);
    if (wait_status || !may_come || !in_time) return wait_status;
    WaitForWord(spawner_.fd());
  }
}

std::optional<std::uint32_t> SpawnerLink::LookAt(CellNumber cell, bool& may_come) {
  const std::lock_guard lock(mutex_);
  const bool more_may_come = HearAll();
  const Known* const known = Find(cell);
  may_come = known != nullptr && more_may_come;
  return known == nullptr ? std::nullopt : known->wait_status;
}

void SpawnerLink::Forget(CellNumber cell) {
  const std::lock_guard lock(mutex_);
  if (Known* const known = Find(cell)) *known = Known{};
}

// All that was said by now; false when there will be no more. What makes no sense may have been anybody's answer.
bool SpawnerLink::HearAll() {
  for (;;) {
    Result<gate::Message> message = spawner_.Receive(buffer_, 0);
    if (!message && message.error().code() == ErrorCode::kTimedOut) return true;
    if (message && Hear(*message)) continue;
    FailWaiting();
    if (!message && message.error().code() != ErrorCode::kMalformed) return false;
  }
}

void SpawnerLink::FailWaiting() {
  for (Known& known : known_) {
    if (known.order != 0 && !known.answer) known.answer = Gone();
  }
}

// False when it makes no sense.
bool SpawnerLink::Hear(gate::Message& message) {
  switch (message.frame.header.command) {
    case Command::kStartCell:
      return HearStarted(message);
    case Command::kCellEnded:
      return HearEnded(message.frame);
    default:
      return true;
  }
}

bool SpawnerLink::HearStarted(gate::Message& message) {
  const std::uint64_t id = message.frame.header.id;
  const Result<CellStarted> started = DecodeCellStarted(message.frame.body);
  if (!started || id == 0 || id > last_id_) return false;
  const auto place = std::ranges::find(known_, id, &Known::order);
  if (place == known_.end()) {
    // It comes after nobody waited for it any more: nobody will ever hold this cell.
    if (started->error == 0) (void)spawner_.Send(Command::kKillCell, ++last_id_, Encode(KillCell{started->cell}));
    return true;
  }
  if (started->error != 0) {
    place->answer = Error(KnownCode(started->error), "spawner");
    return true;
  }
  if (message.num_descriptors != 1 || started->cell == 0) return false;
  place->number = started->cell;
  place->answer = NewCell{.number = started->cell, .control = std::move(message.descriptors[0])};
  return true;
}

bool SpawnerLink::HearEnded(const gate::Frame& report) {
  const Result<CellEnded> ended = DecodeCellEnded(report.body);
  if (!ended) return false;
  Known* const known = ended->cell == 0 ? nullptr : Find(ended->cell);
  if (known != nullptr) known->wait_status = ended->wait_status;
  return true;
}

SpawnerLink::Known* SpawnerLink::Find(CellNumber cell) {
  const auto found = std::ranges::find(known_, cell, &Known::number);
  return found == known_.end() ? nullptr : found;
}

}  // namespace edgekeep::isolation
