// Journal: what a station did, in a log that only grows (spec/production-order.md §4).
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "edgekeep/formats/factory_identity.h"
#include "edgekeep/log/log.h"

namespace edgekeep::factory {

// One entry, as far as a station looks at it again.
struct JournalUnit {
  std::uint64_t index = 0;
  formats::OrderId order;
  std::uint32_t ticket = 0;
  formats::ChipId chip;
  DeviceId device;
  bool is_void = false;
};

// A log whose entries are identities, and which of them count no more. One thread at a time. Borrows provider and
// storage, which has the log.
class Journal {
 public:
  // Reads all of it. Fails with kMalformed where something else is in it.
  static Result<Journal> Open(const crypto::Provider& provider, const log::Storage& storage, log::Log log);

  const release::log::TreeHead& head() const noexcept { return log_.head(); }

  std::string_view origin() const noexcept { return log_.origin(); }

  // Null where there is none that counts.
  const JournalUnit* OfChip(const formats::ChipId& chip) const;
  const JournalUnit* OfDevice(const DeviceId& device) const;
  bool IsUsed(const formats::OrderId& order, std::uint32_t ticket) const;
  std::size_t CountOf(const formats::OrderId& order) const;

  // When it returns the entry lasts, and the journal's checkpoint has it. After a failure open it anew.
  Result<JournalUnit> Enter(const formats::Provisioned& provisioned, UnixTime now);
  // The identity of this entry counts no more: its chip and its key may get another one, by another ticket. When it
  // returns that lasts. Fails with kNotFound where there is no identity, or a void one.
  Status Void(std::uint64_t index, UnixTime now);
  // What the device of this entry keeps, with the newest checkpoint.
  Result<std::string> IdentityOf(std::uint64_t index) const;

 private:
  Journal(const crypto::Provider& provider, const log::Storage& storage, log::Log log) noexcept
      : provider_(&provider), storage_(&storage), log_(std::move(log)) {}

  Status Read(std::uint64_t index, ByteView content);
  void Note(const JournalUnit& unit);
  Status NoteVoid(const formats::Voided& voided);
  Result<std::uint64_t> Append(std::string content, UnixTime now);

  const crypto::Provider* provider_;
  const log::Storage* storage_;
  log::Log log_;
  std::vector<JournalUnit> units_;
  std::map<formats::ChipId, std::size_t> by_chip_;
  std::map<DeviceId, std::size_t> by_device_;
  std::map<formats::OrderId, std::set<std::uint32_t>> used_;
};

}  // namespace edgekeep::factory
