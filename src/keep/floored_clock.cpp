#include "edgekeep/keep/floored_clock.h"

#include <algorithm>
#include <array>
#include <utility>

#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/formats/labels.h"

namespace edgekeep::keep {
namespace {

constexpr std::string_view kTimeObject = "time";
constexpr std::size_t kBodySize = 32;

}  // namespace

FlooredClock::FlooredClock(ports::MachineClock& machine, ports::Store& store, const core::Vault& vault) noexcept
    : machine_(&machine), store_(&store), vault_(&vault) {
  const Result<Known> stored = ReadStored();
  if (stored) {
    stored_ = *stored;
  } else {
    stored_time_read_ = stored.error();
  }
  known_ = stored_;
}

Result<FlooredClock::Known> FlooredClock::ReadStored() const {
  EK_TRY_ASSIGN(const Bytes bytes, store_->Read(kTimeObject, kBodySize + core::kProtectionSize));
  EK_TRY_ASSIGN(const ByteView body, vault_->CheckProtected(formats::label::kStoredTime, bytes.view()));
  Reader in(body);
  Known known;
  EK_TRY_ASSIGN(known.floor.value, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(known.certain.value, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(known.jump_left, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(known.life, in.ReadU64BigEndian());
  EK_TRY(in.ExpectEnd());
  return known;
}

Status FlooredClock::WriteStored() {
  std::array<std::uint8_t, kBodySize> body;
  Writer out(body);
  for (const std::uint64_t number : {known_.floor.value, known_.certain.value, known_.jump_left, known_.life}) {
    EK_TRY(out.WriteU64BigEndian(number));
  }
  EK_TRY_ASSIGN(const Bytes bytes, vault_->Protect(formats::label::kStoredTime, body));
  EK_TRY(store_->Replace(kTimeObject, bytes.view()));
  stored_ = known_;
  return {};
}

// A full or read-only disk does not stop what is licensed; the next call tries again. Floor and allowance are written
// together: a jump that is forgotten was none.
void FlooredClock::StoreProgress() {
  const std::uint64_t progress =
      std::max(known_.floor.value - stored_.floor.value, known_.certain.value - stored_.certain.value);
  if (progress >= kWriteInterval) static_cast<void>(WriteStored().has_value());
}

// Brings what is known up to the machine's counter, and returns that.
Result<std::uint64_t> FlooredClock::RunFloor() {
  EK_TRY_ASSIGN(const std::uint64_t now, machine_->SecondsSinceStart());
  if (has_floor() && counter_ && now > *counter_) {
    const std::uint64_t counted = now - *counter_;
    known_.floor.value += counted;
    known_.certain.value += counted;
    // However long it was, this much and no more.
    known_.jump_left = std::min(kMaxJump, known_.jump_left + kPerCounted * std::min(counted, kMaxJump));
  }
  counter_ = now;
  return now;
}

void FlooredClock::TakeLead(std::uint64_t lead, std::uint64_t counter) noexcept {
  if (!lead_) lead_ = Lead{counter, lead};
  lead_->least = std::min(lead_->least, lead);
  if (counter - lead_->since < kSettled) return;
  const std::uint64_t jump = std::min(lead_->least, known_.jump_left);
  known_.floor.value += jump;
  known_.jump_left -= jump;
  lead_ = Lead{counter, lead - jump};
}

Result<UnixTime> FlooredClock::Now() {
  EK_TRY_ASSIGN(const UnixTime system, machine_->Now());
  EK_TRY_ASSIGN(const std::uint64_t counter, RunFloor());
  if (!has_floor()) return system;
  TakeLead(system > known_.floor ? system.value - known_.floor.value : 0, counter);
  StoreProgress();
  return std::max(known_.floor, system);
}

UnixTime FlooredClock::floor() {
  static_cast<void>(RunFloor().has_value());
  return known_.floor;
}

UnixTime FlooredClock::certain() {
  static_cast<void>(RunFloor().has_value());
  return known_.certain;
}

std::uint64_t FlooredClock::Behind() {
  const UnixTime known = floor();
  const UnixTime system = machine_->Now().value_or(UnixTime());
  return known.value - std::min(known.value, system.value);
}

Status FlooredClock::Repair(UnixTime time) {
  static_cast<void>(RunFloor().has_value());
  const Known before = std::exchange(known_, Known{.floor = time, .certain = time, .life = known_.life});
  const Status stored = WriteStored();
  if (!stored) known_ = before;
  if (stored) lead_.reset();
  return stored;
}

void FlooredClock::BeginLife(std::uint64_t life) noexcept {
  stored_ = {};
  known_ = Known{.life = life};
  lead_.reset();
}

// What the floor is ahead of what somebody vouched for is what it jumped, and no more of the allowance is used up.
void FlooredClock::VouchFor(UnixTime floor, UnixTime certain) {
  known_.floor = std::max(known_.floor, floor);
  known_.certain = std::max(known_.certain, certain);
  const std::uint64_t jumped = std::min(kMaxJump, known_.floor.value - known_.certain.value);
  known_.jump_left = std::max(known_.jump_left, kMaxJump - jumped);
  StoreProgress();
}

void FlooredClock::RaiseTo(UnixTime known) {
  // Without a counter the floor stands still until there is one again.
  static_cast<void>(RunFloor().has_value());
  VouchFor(known, known);
}

void FlooredClock::RaiseBy(std::uint64_t step, UnixTime known) {
  static_cast<void>(RunFloor().has_value());
  VouchFor({std::min(known.value, known_.floor.value + step)}, {std::min(known.value, known_.certain.value + step)});
}

}  // namespace edgekeep::keep
