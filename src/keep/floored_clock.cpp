#include "edgekeep/keep/floored_clock.h"

#include <algorithm>
#include <array>
#include <utility>

#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/formats/labels.h"

namespace edgekeep::keep {
namespace {

constexpr std::string_view kObject = "time";
constexpr std::size_t kBodySize = 8;

}  // namespace

FlooredClock::FlooredClock(ports::MachineClock& machine, ports::Store& store, const core::Vault& vault) noexcept
    : machine_(&machine), store_(&store), vault_(&vault) {
  const Result<UnixTime> stored = ReadStored();
  if (stored) {
    stored_ = *stored;
  } else {
    stored_time_read_ = stored.error();
  }
  floor_ = stored_;
}

Result<UnixTime> FlooredClock::ReadStored() const {
  EK_TRY_ASSIGN(const Bytes bytes, store_->Read(kObject, kBodySize + core::kProtectionSize));
  EK_TRY_ASSIGN(const ByteView body, vault_->CheckProtected(formats::label::kStoredTime, bytes.view()));
  Reader in(body);
  EK_TRY_ASSIGN(const std::uint64_t seconds, in.ReadU64BigEndian());
  EK_TRY(in.ExpectEnd());
  return UnixTime{seconds};
}

Status FlooredClock::WriteStored() {
  std::array<std::uint8_t, kBodySize> body;
  Writer out(body);
  EK_TRY(out.WriteU64BigEndian(floor_.value));
  EK_TRY_ASSIGN(const Bytes bytes, vault_->Protect(formats::label::kStoredTime, body));
  EK_TRY(store_->Replace(kObject, bytes.view()));
  stored_ = floor_;
  return {};
}

// A full or read-only disk does not stop what is licensed; the next call tries again.
void FlooredClock::StoreProgress() {
  if (floor_.value - stored_.value >= kWriteInterval) static_cast<void>(WriteStored().has_value());
}

// Brings the floor up to the machine's counter, and returns that.
Result<std::uint64_t> FlooredClock::RunFloor() {
  EK_TRY_ASSIGN(const std::uint64_t now, machine_->SecondsSinceStart());
  if (has_floor() && counter_ && now > *counter_) floor_.value += now - *counter_;
  counter_ = now;
  return now;
}

void FlooredClock::TakeLead(std::uint64_t lead, std::uint64_t counter) noexcept {
  if (!lead_) lead_ = Lead{counter, lead};
  lead_->least = std::min(lead_->least, lead);
  if (counter - lead_->since < kSettled) return;
  const std::uint64_t jump = std::min(lead_->least, jump_left_);
  floor_.value += jump;
  jump_left_ -= jump;
  lead_ = Lead{counter, lead - jump};
}

Result<UnixTime> FlooredClock::Now() {
  EK_TRY_ASSIGN(const UnixTime system, machine_->Now());
  EK_TRY_ASSIGN(const std::uint64_t counter, RunFloor());
  if (!has_floor()) return system;
  TakeLead(system > floor_ ? system.value - floor_.value : 0, counter);
  StoreProgress();
  return std::max(floor_, system);
}

UnixTime FlooredClock::floor() {
  static_cast<void>(RunFloor().has_value());
  return floor_;
}

std::uint64_t FlooredClock::Behind() {
  const UnixTime known = floor();
  const UnixTime system = machine_->Now().value_or(UnixTime());
  return known.value - std::min(known.value, system.value);
}

Status FlooredClock::Repair(UnixTime time) {
  static_cast<void>(RunFloor().has_value());
  const UnixTime before = std::exchange(floor_, time);
  const Status stored = WriteStored();
  if (!stored) floor_ = before;
  if (stored) lead_.reset();
  return stored;
}

void FlooredClock::RaiseTo(UnixTime known) {
  // Without a counter the floor stands still until there is one again.
  static_cast<void>(RunFloor().has_value());
  floor_ = std::max(floor_, known);
  StoreProgress();
}

}  // namespace edgekeep::keep
