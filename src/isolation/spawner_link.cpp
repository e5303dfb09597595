#include "spawner_link.h"

#include <poll.h>

#include <algorithm>
#include <chrono>

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

}  // namespace

Result<NewCell> SpawnerLink::Start(const StartCell& order) {
  const std::lock_guard lock(mutex_);
  if (Find(0) == nullptr) return Error(ErrorCode::kBusy, "cells that ended and are held");
  const std::uint64_t id = ++last_id_;
  awaited_ = id;
  if (!spawner_.Send(Command::kStartCell, id, Encode(order))) return Gone();
  for (;;) {
    auto message = Receive(answer_timeout_ms_);
    if (!message && message.error().code() == ErrorCode::kTimedOut) {
      awaited_ = id + 1;
      return Error(ErrorCode::kTimedOut, "spawner");
    }
    if (!message) return Gone();
    if (message->frame.header.command != Command::kStartCell) continue;
    // The answer to an earlier order, which came after nobody waited for it any more: Receive has ended its cell.
    if (message->frame.header.id < id) continue;
    if (message->frame.header.id != id) return Gone();
    return TakeAnswer(*message);
  }
}

Result<NewCell> SpawnerLink::TakeAnswer(gate::Message& message) {
  EK_TRY_ASSIGN(const CellStarted started, DecodeCellStarted(message.frame.body));
  if (started.error != 0) return Error(KnownCode(started.error), "spawner");
  if (message.num_descriptors != 1 || started.cell == 0) return Gone();
  Find(0)->number = started.cell;
  return NewCell{.number = started.cell, .control = std::move(message.descriptors[0])};
}

void SpawnerLink::Kill(CellNumber cell) {
  const std::lock_guard lock(mutex_);
  // Fails only when the spawner has ended, and all cells with it.
  (void)spawner_.Send(Command::kKillCell, ++last_id_, Encode(KillCell{.cell = cell}));
}

// Others start and kill cells meanwhile. One of them may take the message that this waits for, and nobody tells: hence
// the short looks.
std::optional<std::uint32_t> SpawnerLink::WaitForEnd(CellNumber cell, int timeout_ms) {
  using Clock = std::chrono::steady_clock;
  constexpr int kLookMs = 10;
  const auto end = Clock::now() + std::chrono::milliseconds(timeout_ms);
  pollfd watched{.fd = spawner_.fd(), .events = POLLIN, .revents = 0};
  for (;;) {
    const Known known = LookAt(cell);
    if (known.number != cell || known.wait_status) return known.wait_status;
    if ((watched.revents & ~POLLIN) != 0 || Clock::now() >= end) return std::nullopt;
    poll(&watched, 1, kLookMs);
  }
}

// What is known of it once all has been heard that was said by now.
SpawnerLink::Known SpawnerLink::LookAt(CellNumber cell) {
  const std::lock_guard lock(mutex_);
  const Known* const known = Find(cell);
  if (known == nullptr) return {};
  while (!known->wait_status && Receive(0)) {
  }
  return *known;
}

void SpawnerLink::Forget(CellNumber cell) {
  const std::lock_guard lock(mutex_);
  if (Known* const known = Find(cell)) *known = Known{};
}

// Nobody will ever hold the cell of a late answer.
void SpawnerLink::DropLate(const gate::Frame& answer) {
  const Result<CellStarted> started = DecodeCellStarted(answer.body);
  if (!started || started->error != 0) return;
  (void)spawner_.Send(Command::kKillCell, ++last_id_, Encode(KillCell{.cell = started->cell}));
}

// Takes one message; an end it reports is noted.
Result<gate::Message> SpawnerLink::Receive(int timeout_ms) {
  EK_TRY_ASSIGN(gate::Message message, spawner_.Receive(buffer_, timeout_ms));
  if (message.frame.header.command == Command::kStartCell && message.frame.header.id < awaited_) {
    DropLate(message.frame);
  }
  if (message.frame.header.command == Command::kCellEnded) {
    EK_TRY_ASSIGN(const CellEnded ended, DecodeCellEnded(message.frame.body));
    Known* const known = ended.cell == 0 ? nullptr : Find(ended.cell);
    if (known != nullptr) known->wait_status = ended.wait_status;
  }
  return message;
}

SpawnerLink::Known* SpawnerLink::Find(CellNumber cell) {
  Known* const found =
      std::find_if(known_.begin(), known_.end(), [cell](const Known& known) { return known.number == cell; });
  return found == known_.end() ? nullptr : found;
}

}  // namespace edgekeep::isolation
