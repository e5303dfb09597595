#include "licence_meter.h"

#include <algorithm>
#include <new>
#include <utility>

#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/formats/labels.h"

namespace edgekeep::keep {
namespace {

constexpr std::string_view kObject = "meters";
constexpr std::size_t kHeadSize = 8 + 8 + 4 + 4 + 8;
constexpr std::size_t kCountSize = formats::LicenceId::kSize + 8 + 8 + 8 + 4 + 1 + 8;

Error NotCounted() {
  return Error(ErrorCode::kDenied, "licence meter: this licence is not counted");
}

std::uint64_t Milliseconds(UnixTime time) {
  return std::min(time.value, UINT64_MAX / 4000) * 1000;
}

template <typename Counts>
auto* Find(Counts& counts, const formats::LicenceId& licence) {
  for (auto& count : counts) {
    if (count.licence == licence) return &count;
  }
  return static_cast<decltype(&counts[0])>(nullptr);
}

}  // namespace

// The floor may begin long before the clock's time, with a licence that was carried for months, and catch up in jumps.
std::uint64_t LicenceMeter::Counts::Passed(const Count& count, const core::LeaseTime& now) const {
  core::LeaseTime from = at;
  from.floor = std::max(from.floor, UnixTime{count.began_ms / 1000 + (count.began_ms % 1000 != 0 ? 1 : 0)});
  return core::LeaseMilliseconds(from, now, count.start_charge_seconds);
}

void LicenceMeter::Counts::AdvanceTo(const core::LeaseTime& now) {
  for (Count& count : list) {
    if (!count.leased()) continue;
    const std::uint64_t passed = Passed(count, now);
    count.lease_ms += passed;
    // What was counted meanwhile the floor has yet to learn of, too.
    if (count.began_ms > Milliseconds(at.floor)) count.began_ms += std::min(passed, UINT64_MAX - count.began_ms);
  }
  at = now;
}

bool LicenceMeter::Counts::AnyLeased() const {
  return std::ranges::any_of(list, &Count::leased);
}

void LicenceMeter::Counts::DropOver(UnixTime floor) {
  for (std::size_t i = list.size(); i-- > 0;) {
    if (list[i].expires.value == 0 || list[i].expires > floor) continue;
    list[i] = list[list.size() - 1];
    list.PopBack();
  }
}

Result<std::unique_ptr<LicenceMeter::Counts>> LicenceMeter::Read() const {
  std::unique_ptr<Counts> counts(new (std::nothrow) Counts);
  if (counts == nullptr) return Error(ErrorCode::kNoMemory, "licence meter");
  const Result<Bytes> bytes = store_->Read(kObject, kHeadSize + kMaxLicences * kCountSize + core::kProtectionSize);
  if (!bytes && bytes.error().code() == ErrorCode::kNotFound) return counts;
  if (!bytes && bytes.error().code() == ErrorCode::kTooLarge) return Error(ErrorCode::kDenied, "licence meter: size");
  if (!bytes) return bytes.error();
  EK_TRY_ASSIGN(const ByteView body, vault_->CheckProtected(formats::label::kStoredMeters, bytes->view()));
  Reader in(body);
  EK_TRY_ASSIGN(counts->void_until.value, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(counts->at.anchor_ms, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(counts->at.resets, in.ReadU32BigEndian());
  EK_TRY_ASSIGN(counts->at.restarts, in.ReadU32BigEndian());
  EK_TRY_ASSIGN(counts->at.floor.value, in.ReadU64BigEndian());
  while (in.remaining() > 0) {
    Count count;
    EK_TRY_ASSIGN(const ByteView id, in.ReadBytes(formats::LicenceId::kSize));
    EK_TRY_ASSIGN(count.licence, formats::LicenceId::From(id));
    EK_TRY_ASSIGN(count.reserved, in.ReadU64BigEndian());
    EK_TRY_ASSIGN(count.expires.value, in.ReadU64BigEndian());
    EK_TRY_ASSIGN(count.lease_ms, in.ReadU64BigEndian());
    EK_TRY_ASSIGN(count.start_charge_seconds, in.ReadU32BigEndian());
    EK_TRY_ASSIGN(const std::uint8_t clock_behind, in.ReadU8());
    count.clock_behind = static_cast<formats::ClockBehind>(clock_behind);
    EK_TRY_ASSIGN(count.began_ms, in.ReadU64BigEndian());
    EK_TRY(counts->list.PushBack(count));
  }
  return counts;
}

Status LicenceMeter::Write(const Counts& counts) {
  EK_TRY_ASSIGN(Bytes body, Bytes::Allocate(kHeadSize + counts.list.size() * kCountSize));
  Writer out(body.mutable_view());
  EK_TRY(out.WriteU64BigEndian(counts.void_until.value));
  EK_TRY(out.WriteU64BigEndian(counts.at.anchor_ms));
  EK_TRY(out.WriteU32BigEndian(counts.at.resets));
  EK_TRY(out.WriteU32BigEndian(counts.at.restarts));
  EK_TRY(out.WriteU64BigEndian(counts.at.floor.value));
  for (const Count& count : counts.list) {
    EK_TRY(out.WriteBytes(count.licence.view()));
    EK_TRY(out.WriteU64BigEndian(count.reserved));
    EK_TRY(out.WriteU64BigEndian(count.expires.value));
    EK_TRY(out.WriteU64BigEndian(count.lease_ms));
    EK_TRY(out.WriteU32BigEndian(count.start_charge_seconds));
    EK_TRY(out.WriteU8(std::to_underlying(count.clock_behind)));
    EK_TRY(out.WriteU64BigEndian(count.began_ms));
  }
  EK_TRY_ASSIGN(const Bytes bytes, vault_->Protect(formats::label::kStoredMeters, body.view()));
  return store_->Replace(kObject, bytes.view());
}

Status LicenceMeter::Begin(const formats::Licence& licence, const Known& known, const Moment& at) {
  const bool is_newer = licence.issued_at > known.last_issued_at;
  Result<std::unique_ptr<Counts>> read = Read();
  if (!read && read.error().code() != ErrorCode::kDenied) return read.error();
  const bool begins_anew = !read;
  if (begins_anew) {
    if (!is_newer) return NotCounted();
    read = std::unique_ptr<Counts>(new (std::nothrow) Counts);
    if (*read == nullptr) return Error(ErrorCode::kNoMemory, "licence meter");
    (*read)->void_until = std::max(at.lease_time.floor, known.newest);
  }
  Counts& counts = **read;
  const std::optional<formats::Lease>& lease = licence.terms.lease;
  // What came before is counted under the terms that held then.
  if (lease || counts.AnyLeased()) counts.AdvanceTo(at.lease_time);
  Count* count = Find(counts.list, licence.id);
  // The same one installed again makes nobody forget time that the floor has yet to learn of.
  const bool begins = count == nullptr || is_newer;
  if (count == nullptr) {
    const bool was_counted = known.last_issued_at != UnixTime{} && licence.id == known.last;
    if (was_counted) return NotCounted();
    const bool any_lost = !begins_anew && counts.void_until != UnixTime{};
    if (any_lost && licence.issued_at <= counts.void_until) return NotCounted();
    // Not before: one that is over may be renewed, and goes on where it was.
    if (counts.list.size() == kMaxLicences) counts.DropOver(at.lease_time.floor);
    Count added{.licence = licence.id};
    added.lease_ms = lease ? std::min(lease->counted_seconds, UINT64_MAX / 4000) * 1000 : 0;
    if (!counts.list.PushBack(added)) return Error(ErrorCode::kTooLarge, "as many licences are counted as may be");
    count = &counts.list[counts.list.size() - 1];
  }
  if (begins) count->began_ms = Milliseconds(at.now);
  count->expires = licence.terms.expires.value_or(UnixTime{});
  count->start_charge_seconds = lease ? lease->start_charge_seconds : 0;
  count->clock_behind = lease ? lease->clock_behind : formats::ClockBehind{};
  return Write(counts);
}

Result<std::uint64_t> LicenceMeter::Reserved(const formats::LicenceId& licence) const {
  EK_TRY_ASSIGN(const std::unique_ptr<Counts> counts, Read());
  const Count* const count = Find(counts->list, licence);
  if (count == nullptr) return NotCounted();
  return count->reserved;
}

Result<std::uint64_t> LicenceMeter::Reserve(const formats::LicenceId& licence, std::uint64_t wanted,
                                            std::uint64_t budget) {
  EK_TRY_ASSIGN(const std::unique_ptr<Counts> counts, Read());
  Count* const count = Find(counts->list, licence);
  if (count == nullptr) return NotCounted();
  const std::uint64_t left = budget - std::min(budget, count->reserved);
  const std::uint64_t reserved = std::min(wanted, left);
  if (reserved == 0) return reserved;
  count->reserved += reserved;
  EK_TRY(Write(*counts));
  return reserved;
}

Result<std::uint64_t> LicenceMeter::LeaseMilliseconds(const formats::LicenceId& licence,
                                                      const core::LeaseTime& now) const {
  EK_TRY_ASSIGN(const std::unique_ptr<Counts> counts, Read());
  const Count* const count = Find(counts->list, licence);
  if (count == nullptr || !count->leased()) return NotCounted();
  return count->lease_ms + counts->Passed(*count, now);
}

Status LicenceMeter::Advance(const core::LeaseTime& now, std::uint64_t least_ms) {
  EK_TRY_ASSIGN(const std::unique_ptr<Counts> counts, Read());
  const bool worth_it = std::ranges::any_of(
      counts->list, [&](const Count& count) { return count.leased() && counts->Passed(count, now) >= least_ms; });
  if (!worth_it) return {};
  counts->AdvanceTo(now);
  return Write(*counts);
}

Result<bool> LicenceMeter::AnyLeased() const {
  EK_TRY_ASSIGN(const std::unique_ptr<Counts> counts, Read());
  return counts->AnyLeased();
}

Status LicenceMeter::NoteRestarts(const core::LeaseTime& now) {
  EK_TRY_ASSIGN(const std::unique_ptr<Counts> counts, Read());
  if (!counts->AnyLeased() || !core::OnlyRestarted(counts->at, now)) return {};
  counts->AdvanceTo(now);
  return Write(*counts);
}

Status LicenceMeter::Rebase(const core::LeaseTime& now, UnixTime floor, UnixTime now_is) {
  EK_TRY_ASSIGN(const std::unique_ptr<Counts> counts, Read());
  if (!counts->AnyLeased()) return {};
  counts->AdvanceTo(now);
  counts->at.floor = floor;
  for (Count& count : counts->list) count.began_ms = Milliseconds(now_is);
  return Write(*counts);
}

Status LicenceMeter::ChargeForClock(const core::LeaseTime& now) {
  EK_TRY_ASSIGN(const std::unique_ptr<Counts> counts, Read());
  counts->AdvanceTo(now);
  bool any = false;
  for (Count& count : counts->list) {
    if (count.clock_behind != formats::ClockBehind::kCharge) continue;
    count.lease_ms += std::uint64_t{count.start_charge_seconds} * 1000;
    any = true;
  }
  return any ? Write(*counts) : Status();
}

}  // namespace edgekeep::keep
