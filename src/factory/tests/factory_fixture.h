// An owner, orders, stations with journals in memory, for tests. Certificates are "CERT" and what they say.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "../../log/tests/faulty_storage.h"
#include "../../log/tests/log_fixture.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/factory/journal.h"
#include "edgekeep/factory/reconcile.h"
#include "edgekeep/factory/tickets.h"

namespace edgekeep::factory {

using log::Cryptography;
using log::kNow;

// kInternal for success, which no test expects as a refusal.
template <typename T>
ErrorCode RefusalOf(const Result<T>& result) {
  return result ? ErrorCode::kInternal : result.error().code();
}

struct Owner {
  log::Person person{.name = "olga"};

  NewOrder Order(std::uint32_t units, std::uint32_t stations = 1, UnixTime now = kNow) const;
  VerifiedOrder Verified(const NewOrder& order) const;
};

// What a certificate says.
struct CertifiedWords {
  DeviceId device;
  formats::ChipId chip;
  std::string serial = std::string(ToHex(device.view()).view());
  std::string product = "acme/camera";
  std::string hardware = "1.3.6.1.4.1.99999.1";
};

std::string CertificateOf(const CertifiedWords& words);
Result<VerifiedSubject> CheckCertificate(ByteView certificate);

template <typename Id>
Id Numbered(std::uint8_t kind, int number) {
  Id id;
  id.mutable_view()[0] = kind;
  id.mutable_view()[1] = static_cast<std::uint8_t>(number);
  return id;
}

// A station that does as it is told, right or wrong.
class TestStation {
 public:
  explicit TestStation(const std::string& name, UnixTime now = kNow);
  // The same station with what it has, of which the other one knows nothing.
  TestStation(const TestStation& other);

  // Device `number` gets an identity by this ticket.
  std::string Provision(const formats::OrderId& order, const formats::Ticket& ticket, int number);
  std::string Provision(const formats::OrderId& order, const formats::Ticket& ticket, int chip, int device);

  // By a certificate that says whatever it says.
  std::string Enter(formats::Provisioned entry, const CertifiedWords& words);

  Result<Journal> Open() const { return Open(*storage_); }

  Result<Journal> Open(log::Storage& storage) const;

  log::FaultyStorage& storage() const { return *storage_; }

  JournalCopy Copy(const std::string& place) const;

  std::string LogLines() const { return keys_->LogLines(); }

 private:
  std::shared_ptr<log::TestKeys> keys_;
  std::unique_ptr<log::FaultyStorage> storage_;
};

release::log::Policy PolicyOf(const std::vector<const TestStation*>& stations);

}  // namespace edgekeep::factory
