#include "edgekeep/keep/floored_clock.h"

#include <algorithm>
#include <array>

#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/formats/labels.h"

namespace edgekeep::keep {
namespace {

constexpr std::string_view kObject = "time";
constexpr std::size_t kBodySize = 8;

}  // namespace

FlooredClock::FlooredClock(ports::Clock& system, ports::Store& store, const core::Vault& vault) noexcept
    : system_(&system), store_(&store), vault_(&vault) {
  if (const Result<UnixTime> stored = ReadStored()) stored_ = *stored;
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

Status FlooredClock::WriteStored(UnixTime now) {
  std::array<std::uint8_t, kBodySize> body;
  Writer out(body);
  EK_TRY(out.WriteU64BigEndian(now.value));
  EK_TRY_ASSIGN(const Bytes bytes, vault_->Protect(formats::label::kStoredTime, body));
  EK_TRY(store_->Replace(kObject, bytes.view()));
  stored_ = now;
  return {};
}

Result<UnixTime> FlooredClock::Now() {
  EK_TRY_ASSIGN(const UnixTime system, system_->Now());
  floor_ = std::max(floor_, system);
  if (floor_.value - stored_.value >= kWriteInterval) {
    const bool is_first = stored_.value == 0;
    const UnixTime raised = is_first ? floor_ : UnixTime{std::min(floor_.value, stored_.value + kMaxRaise)};
    // A full or read-only disk does not stop what is licensed; the next call tries again.
    static_cast<void>(WriteStored(raised).has_value());
  }
  return floor_;
}

void FlooredClock::RaiseTo(UnixTime known) noexcept {
  floor_ = std::max(floor_, known);
}

}  // namespace edgekeep::keep
