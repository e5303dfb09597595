#include "software_numbers.h"

#include <time.h>

#include <array>
#include <string_view>

#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"

namespace edgekeep::anchor {
namespace {

constexpr std::string_view kNumbersObject = "software-numbers";
constexpr std::string_view kNumbersMagic = "EKSOFTN1";
constexpr std::size_t kNumbersSize = 8 + 3 * 8 + 4;
constexpr std::uint64_t kStoredEvery = 60'000;

Result<std::uint64_t> MachineMilliseconds() {
  timespec now{};
  if (clock_gettime(CLOCK_BOOTTIME, &now) != 0) return Error(ErrorCode::kIo, "software anchor: clock");
  return static_cast<std::uint64_t>(now.tv_sec) * 1000 + static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000;
}

}  // namespace

Result<SoftwareNumbers::Numbers> SoftwareNumbers::Load() {
  const Result<Bytes> stored = store_->Read(kNumbersObject, kNumbersSize);
  if (!stored && stored.error().code() == ErrorCode::kNotFound) return Numbers();
  if (!stored) return stored.error();
  Reader in(stored->view());
  EK_TRY_ASSIGN(const ByteView magic, in.ReadBytes(kNumbersMagic.size()));
  if (AsText(magic) != kNumbersMagic) return Error(ErrorCode::kMalformed, "software anchor's numbers");
  Numbers numbers;
  EK_TRY_ASSIGN(numbers.counter, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(numbers.epoch, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(numbers.milliseconds, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(numbers.resets, in.ReadU32BigEndian());
  EK_TRY(in.ExpectEnd());
  return numbers;
}

Status SoftwareNumbers::Save(const Numbers& numbers) {
  std::array<std::uint8_t, kNumbersSize> bytes;
  Writer out(bytes);
  EK_TRY(out.WriteBytes(AsBytes(kNumbersMagic)));
  EK_TRY(out.WriteU64BigEndian(numbers.counter));
  EK_TRY(out.WriteU64BigEndian(numbers.epoch));
  EK_TRY(out.WriteU64BigEndian(numbers.milliseconds));
  EK_TRY(out.WriteU32BigEndian(numbers.resets));
  return store_->Replace(kNumbersObject, out.written());
}

Result<std::uint64_t> SoftwareNumbers::Read() {
  const std::lock_guard lock(mutex_);
  EK_TRY_ASSIGN(const Numbers numbers, Load());
  return numbers.counter;
}

Result<std::uint64_t> SoftwareNumbers::Increment() {
  const std::lock_guard lock(mutex_);
  EK_TRY_ASSIGN(Numbers numbers, Load());
  ++numbers.counter;
  EK_TRY(Save(numbers));
  return numbers.counter;
}

Result<std::uint64_t> SoftwareNumbers::RaiseEpoch() {
  const std::lock_guard lock(mutex_);
  EK_TRY_ASSIGN(Numbers numbers, Load());
  ++numbers.epoch;
  EK_TRY(Save(numbers));
  return numbers.epoch;
}

Result<ports::AnchorTime> SoftwareNumbers::ReadClock() {
  const std::lock_guard lock(mutex_);
  EK_TRY_ASSIGN(Numbers numbers, Load());
  EK_TRY_ASSIGN(const std::uint64_t machine, MachineMilliseconds());
  if (!running_) {
    ++numbers.resets;
    EK_TRY(Save(numbers));
    began_ = {.shown = numbers.milliseconds, .machine = machine};
    running_ = true;
  }
  const std::uint64_t shown = began_.shown + (machine - began_.machine);
  if (shown >= numbers.milliseconds + kStoredEvery) {
    numbers.milliseconds = shown;
    EK_TRY(Save(numbers));
  }
  return ports::AnchorTime{.milliseconds = shown, .resets = numbers.resets, .restarts = 0, .certain = false};
}

}  // namespace edgekeep::anchor
