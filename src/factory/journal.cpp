#include "edgekeep/factory/journal.h"

#include <algorithm>
#include <array>

#include "edgekeep/log/directory_check.h"
#include "edgekeep/log/tree_reader.h"

namespace edgekeep::factory {
namespace {

JournalUnit UnitOf(std::uint64_t index, const formats::Provisioned& provisioned) {
  return {.index = index,
          .order = provisioned.order,
          .ticket = provisioned.ticket.number,
          .chip = provisioned.chip,
          .device = provisioned.device};
}

}  // namespace

Result<Journal> Journal::Open(const crypto::Provider& provider, const log::Storage& storage, log::Log log) {
  Journal journal(provider, storage, std::move(log));
  EK_TRY(log::CheckLogFiles(
      provider, storage, log::kPublicPrefix, journal.head(),
      [&](std::uint64_t index, const formats::LogEntry& entry) { return journal.Read(index, entry.content); }));
  return journal;
}

Status Journal::Read(std::uint64_t index, ByteView content) {
  EK_TRY_ASSIGN(const formats::LogContentKind kind, formats::KindOfLogContent(content));
  if (kind == formats::LogContentKind::kVoided) {
    EK_TRY_ASSIGN(const formats::Voided voided, formats::DecodeVoided(content));
    return NoteVoid(voided);
  }
  EK_TRY_ASSIGN(const formats::Provisioned provisioned, formats::DecodeProvisioned(content));
  Note(UnitOf(index, provisioned));
  return {};
}

void Journal::Note(const JournalUnit& unit) {
  by_chip_[unit.chip] = units_.size();
  by_device_[unit.device] = units_.size();
  used_[unit.order].insert(unit.ticket);
  units_.push_back(unit);
}

Status Journal::NoteVoid(const formats::Voided& voided) {
  const auto unit = std::ranges::find(units_, voided.index, &JournalUnit::index);
  if (unit == units_.end() || unit->is_void || unit->order != voided.order) {
    return Error(ErrorCode::kMalformed, "journal: voids what is no identity");
  }
  unit->is_void = true;
  by_chip_.erase(unit->chip);
  by_device_.erase(unit->device);
  return {};
}

const JournalUnit* Journal::OfChip(const formats::ChipId& chip) const {
  const auto found = by_chip_.find(chip);
  return found == by_chip_.end() ? nullptr : &units_[found->second];
}

const JournalUnit* Journal::OfDevice(const DeviceId& device) const {
  const auto found = by_device_.find(device);
  return found == by_device_.end() ? nullptr : &units_[found->second];
}

bool Journal::IsUsed(const formats::OrderId& order, std::uint32_t ticket) const {
  const auto found = used_.find(order);
  return found != used_.end() && found->second.contains(ticket);
}

std::size_t Journal::CountOf(const formats::OrderId& order) const {
  const auto found = used_.find(order);
  return found == used_.end() ? 0 : found->second.size();
}

Result<JournalUnit> Journal::Enter(const formats::Provisioned& provisioned, UnixTime now) {
  std::string content(formats::kMaxLogContentSize, '\0');
  CborWriter out({reinterpret_cast<std::uint8_t*>(content.data()), content.size()});
  EK_TRY(formats::EncodeProvisioned(provisioned, out));
  content.resize(out.written().size());
  EK_TRY_ASSIGN(const std::uint64_t index, Append(std::move(content), now));
  const JournalUnit unit = UnitOf(index, provisioned);
  Note(unit);
  return unit;
}

Result<std::uint64_t> Journal::Append(std::string content, UnixTime now) {
  EK_TRY_ASSIGN(const log::Appended appended, log_.Append({{.content = std::move(content), .statement = {}}}, now));
  return appended.first;
}

Status Journal::Void(std::uint64_t index, UnixTime now) {
  const auto unit = std::ranges::find(units_, index, &JournalUnit::index);
  if (unit == units_.end() || unit->is_void) return Error(ErrorCode::kNotFound, "journal: identity");
  const formats::Voided voided{.order = unit->order, .index = index};
  std::array<std::uint8_t, 64> content;
  CborWriter out(content);
  EK_TRY(formats::EncodeVoided(voided, out));
  EK_TRY(Append(std::string(AsText(out.written())), now));
  return NoteVoid(voided);
}

Result<std::string> Journal::IdentityOf(std::uint64_t index) const {
  if (index >= head().size) return Error(ErrorCode::kNotFound, "journal: entry");
  log::TreeReader tree(*provider_, *storage_, log::kPublicPrefix, head().size);
  EK_TRY_ASSIGN(const std::string entry, tree.Entry(index));
  EK_TRY_ASSIGN(const log::Hashes path, tree.InclusionPath(index, head().size));
  formats::FactoryIdentity identity{
      .entry = AsBytes(entry), .index = index, .path = {}, .checkpoint = log_.checkpoint()};
  for (const Digest& digest : path) EK_TRY(identity.path.PushBack(digest));
  std::string bytes(formats::kMaxFactoryIdentitySize, '\0');
  CborWriter out({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  EK_TRY(formats::EncodeFactoryIdentity(identity, out));
  bytes.resize(out.written().size());
  return bytes;
}

}  // namespace edgekeep::factory
