#include "edgekeep/factory/journal.h"

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
  EK_TRY(log::CheckLogFiles(provider, storage, log::kPublicPrefix, journal.head(),
                            [&](std::uint64_t index, const formats::LogEntry& entry) -> Status {
                              EK_TRY_ASSIGN(const auto provisioned, formats::DecodeProvisioned(entry.content));
                              journal.Note(UnitOf(index, provisioned));
                              return {};
                            }));
  return journal;
}

void Journal::Note(const JournalUnit& unit) {
  by_chip_[unit.chip] = units_.size();
  by_device_[unit.device] = units_.size();
  used_[unit.order].insert(unit.ticket);
  units_.push_back(unit);
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
  EK_TRY_ASSIGN(const log::Appended appended, log_.Append({{.content = std::move(content), .statement = {}}}, now));
  const JournalUnit unit = UnitOf(appended.first, provisioned);
  Note(unit);
  return unit;
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
