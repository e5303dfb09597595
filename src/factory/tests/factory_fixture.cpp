#include "factory_fixture.h"

namespace edgekeep::factory {

NewOrder Owner::Order(std::uint32_t units, std::uint32_t stations, UnixTime now) const {
  std::vector<std::string> names;
  for (std::uint32_t i = 1; i <= stations; ++i) names.push_back("factory.example/line-" + std::to_string(i));
  const OrderRequest request{.product = ProductName::Parse("acme/camera").value(),
                             .units = units,
                             .stations = names,
                             .not_before = now,
                             .expires = {now.value + 86400},
                             .hardware = "1.3.6.1.4.1.99999.1"};
  const std::vector<const sealing::SigningKey*> keys = {&person.classical, &person.post_quantum};
  return MakeOrder(Cryptography(), request, keys).value();
}

VerifiedOrder Owner::Verified(const NewOrder& order) const {
  return VerifiedOrder::Verify(Cryptography(), order.order, person.AsHolder(), log::kBothClasses).value();
}

std::string CertificateOf(const CertifiedWords& words) {
  return "CERT" + std::string(AsText(words.device.view())) + std::string(AsText(words.chip.view())) + words.serial +
         "|" + words.product + "|" + words.hardware;
}

Result<VerifiedSubject> CheckCertificate(ByteView certificate) {
  const std::string_view text = AsText(certificate);
  if (!text.starts_with("CERT")) return Error(ErrorCode::kUntrusted, "certificate");
  VerifiedSubject subject;
  EK_TRY_ASSIGN(subject.device, DeviceId::From(certificate.subspan(4, DeviceId::kSize)));
  const ByteView chip = certificate.subspan(4 + DeviceId::kSize, formats::ChipId::kSize);
  subject.hardware_serial.assign(chip.begin(), chip.end());
  const std::string words(text.substr(4 + DeviceId::kSize + formats::ChipId::kSize));
  const std::size_t first = words.find('|'), second = words.rfind('|');
  subject.serial = words.substr(0, first);
  subject.product = words.substr(first + 1, second - first - 1);
  subject.hardware = words.substr(second + 1);
  return subject;
}

TestStation::TestStation(const std::string& name, UnixTime now)
    : keys_(std::make_shared<log::TestKeys>(name)), storage_(std::make_unique<log::FaultyStorage>()) {
  EXPECT_TRUE(log::Log::Create(Cryptography(), *storage_, keys_->LogSigners(), now));
}

TestStation::TestStation(const TestStation& other) : keys_(other.keys_), storage_(other.storage_->Copy()) {}

Result<Journal> TestStation::Open(log::Storage& storage) const {
  EK_TRY_ASSIGN(log::Log log, log::Log::Open(Cryptography(), storage, keys_->LogSigners()));
  return Journal::Open(Cryptography(), storage, std::move(log));
}

std::string TestStation::Provision(const formats::OrderId& order, const formats::Ticket& ticket, int number) {
  return Provision(order, ticket, number, number);
}

std::string TestStation::Provision(const formats::OrderId& order, const formats::Ticket& ticket, int chip, int device) {
  // Two identities of one key differ as two certificates do.
  const CertifiedWords words{Numbered<DeviceId>(0xd0, device), Numbered<formats::ChipId>(0xc0, chip)};
  return Enter({.order = order, .ticket = ticket, .chip = words.chip, .device = words.device}, words);
}

std::string TestStation::Enter(formats::Provisioned entry, const CertifiedWords& words) {
  Journal journal = Open().value();
  const std::string certificate = CertificateOf(words);
  entry.certificate = AsBytes(certificate);
  const JournalUnit unit = journal.Enter(entry, kNow).value();
  return journal.IdentityOf(unit.index).value();
}

JournalCopy TestStation::Copy(const std::string& place) const {
  return {.place = place,
          .storage = storage_.get(),
          .prefix = log::kPublicPrefix,
          .note = storage_->Read(std::string(log::kPublicPrefix) + "checkpoint", 65536).value()};
}

release::log::Policy PolicyOf(const std::vector<const TestStation*>& stations) {
  std::string lines;
  for (const TestStation* station : stations) lines += station->LogLines();
  return release::log::Policy::Parse(Cryptography(), lines + "quorum none\n").value();
}

}  // namespace edgekeep::factory
