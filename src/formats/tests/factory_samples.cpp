#include "factory_samples.h"

#include "edgekeep/base/check.h"
#include "edgekeep/base/hex.h"

namespace edgekeep::formats {
namespace {

std::string HexText(ByteView bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += ToHex({&byte, 1}).view();
  return text;
}

template <std::size_t N>
Json PathOf(const InlineVector<Digest, N>& path) {
  Json list = Json::array();
  for (const Digest& digest : path) list.push_back(HexText(digest.view()));
  return list;
}

template <auto kDecode, auto kEncode>
Result<ByteVector> AgainBy(ByteView bytes) {
  return Reencoded(bytes, kDecode, kEncode);
}

ByteView SamplePoint(std::uint8_t first) {
  static std::array<ByteVector, 256> points;
  ByteVector& point = points[first];
  const ByteView filler = Filler(kP256PointSize, first);
  point.assign(filler.begin(), filler.end());
  point[0] = 4;
  return point;
}

}  // namespace

ProductionOrder SampleProductionOrder() {
  ProductionOrder order{.id = FilledId<OrderId>(150),
                        .product = ProductName::Parse("acme/camera").value(),
                        .units = 300,
                        .not_before = {1790000000},
                        .expires = {1790604800},
                        .tickets = FilledId<Digest>(151),
                        .hardware = "1.3.6.1.4.1.99999.1",
                        .shares = {}};
  EK_CHECK(order.shares.PushBack({.station = "factory.example/line-1", .first = 0}));
  EK_CHECK(order.shares.PushBack({.station = "factory.example/line-2", .first = 150}));
  return order;
}

TicketBook SampleTicketBook() {
  return {.order = FilledId<OrderId>(150), .first = 1, .secrets = Filler(32, 152), .leaves = Filler(96, 153)};
}

Provisioned SampleProvisioned() {
  Provisioned provisioned{.order = FilledId<OrderId>(150),
                          .ticket = {.number = 1, .secret = FilledId<TicketSecret>(152), .path = {}},
                          .chip = FilledId<ChipId>(154),
                          .device = FilledId<DeviceId>(155),
                          .certificate = Filler(60, 156)};
  EK_CHECK(provisioned.ticket.path.PushBack(FilledId<Digest>(157)));
  EK_CHECK(provisioned.ticket.path.PushBack(FilledId<Digest>(158)));
  return provisioned;
}

Voided SampleVoided() {
  return {.order = FilledId<OrderId>(150), .index = 400};
}

FactoryIdentity SampleFactoryIdentity() {
  FactoryIdentity identity{.entry = Filler(80, 159), .index = 400, .path = {}, .checkpoint = "checkpoint\n"};
  EK_CHECK(identity.path.PushBack(FilledId<Digest>(160)));
  return identity;
}

IdentityList SampleIdentityList() {
  return {.order = FilledId<OrderId>(150),
          .product = ProductName::Parse("acme/camera").value(),
          .units = 300,
          .issued_at = {1790000100},
          .accepted = Filler(64, 1),
          .refused = Filler(32, 2),
          .retired = Filler(32, 3),
          .retired_chips = Filler(64, 4)};
}

ProvisioningHello SampleHello() {
  return {.endorsement_certificate = Filler(50, 161),
          .attestation_key = SamplePoint(162),
          .identity_key = SamplePoint(163)};
}

ProvisioningChallenge SampleChallenge() {
  return {.credential = Filler(70, 164), .encrypted_seed = Filler(68, 165), .nonce = FilledId<ProvisioningNonce>(166)};
}

ProvisioningProof SampleProof() {
  return {.answer = FilledId<ActivationAnswer>(167), .statement = Filler(100, 168), .signature = Filler(64, 169)};
}

ProvisioningRefusal SampleRefusal() {
  return {.error = "untrusted", .reason = "the chip's maker is unknown"};
}

OwnerRecord SampleOwnerRecord() {
  OwnerRecord record{.authority = Filler(70, 170), .credential = OwnerCredential(), .request = {}, .change = {}};
  record.credential->salt = Filler(kSealedOwnerSalt, 171);
  EK_CHECK(record.credential->certificates.PushBack(Filler(80, 172)));
  EK_CHECK(record.credential->certificates.PushBack(Filler(30, 173)));
  record.credential->not_before = {1790000000};
  record.credential->not_after = {1790604800};
  record.request = {.salt = Filler(kSealedOwnerSalt, 174), .key = SamplePoint(175)};
  record.change = {.number = 3, .by = FilledId<Digest>(176), .how = OwnerChanged::kHandedOver};
  return record;
}

Transfer SampleTransfer() {
  return {.device = FilledId<DeviceId>(177),
          .from = FilledId<Digest>(178),
          .to = Filler(60, 179),
          .number = 4,
          .issued_at = {1790000000},
          .not_after = {1790604800},
          .licences = LicencesHandedOver::kTransferable,
          .values = ValuesHandedOver::kNone,
          .server = "https://est.example"};
}

SignedTransfer SampleSignedTransfer() {
  SignedTransfer transfer{.payload = Filler(90, 180), .giver = OwnerSignature(), .taker = OwnerSignature()};
  EK_CHECK(transfer.giver->certificates.PushBack(Filler(30, 181)));
  EK_CHECK(transfer.giver->certificates.PushBack(Filler(20, 182)));
  transfer.giver->signature = Filler(70, 183);
  transfer.taker->signature = Filler(64, 184);
  return transfer;
}

TransferAnswer SampleTransferAnswer() {
  TransferAnswer answer{.number = 4, .ended = {}};
  EK_CHECK(answer.ended.PushBack(ProductName::Parse("acme/label-ocr").value()));
  EK_CHECK(answer.ended.PushBack(ProductName::Parse("acme/count").value()));
  return answer;
}

std::vector<ObjectKind> FactoryObjects() {
  return {
      {"OwnerRecord", EncodedBy(EncodeOwnerRecord, SampleOwnerRecord()), AgainBy<DecodeOwnerRecord, EncodeOwnerRecord>},
      {"Transfer", EncodedBy(EncodeTransfer, SampleTransfer()), AgainBy<DecodeTransfer, EncodeTransfer>},
      {"SignedTransfer", EncodedBy(EncodeSignedTransfer, SampleSignedTransfer()),
       AgainBy<DecodeSignedTransfer, EncodeSignedTransfer>},
      {"TransferAnswer", EncodedBy(EncodeTransferAnswer, SampleTransferAnswer()),
       AgainBy<DecodeTransferAnswer, EncodeTransferAnswer>},
      {"ProductionOrder", EncodedBy(EncodeProductionOrder, SampleProductionOrder()),
       AgainBy<DecodeProductionOrder, EncodeProductionOrder>},
      {"TicketBook", EncodedBy(EncodeTicketBook, SampleTicketBook()), AgainBy<DecodeTicketBook, EncodeTicketBook>},
      {"Provisioned", EncodedBy(EncodeProvisioned, SampleProvisioned()), AgainBy<DecodeProvisioned, EncodeProvisioned>},
      {"Voided", EncodedBy(EncodeVoided, SampleVoided()), AgainBy<DecodeVoided, EncodeVoided>},
      {"FactoryIdentity", EncodedBy(EncodeFactoryIdentity, SampleFactoryIdentity()),
       AgainBy<DecodeFactoryIdentity, EncodeFactoryIdentity>},
      {"IdentityList", EncodedBy(EncodeIdentityList, SampleIdentityList()),
       AgainBy<DecodeIdentityList, EncodeIdentityList>},
      {"ProvisioningHello", EncodedBy(EncodeProvisioningHello, SampleHello()),
       AgainBy<DecodeProvisioningHello, EncodeProvisioningHello>},
      {"ProvisioningChallenge", EncodedBy(EncodeProvisioningChallenge, SampleChallenge()),
       AgainBy<DecodeProvisioningChallenge, EncodeProvisioningChallenge>},
      {"ProvisioningProof", EncodedBy(EncodeProvisioningProof, SampleProof()),
       AgainBy<DecodeProvisioningProof, EncodeProvisioningProof>},
      {"ProvisioningRefusal", EncodedBy(EncodeProvisioningRefusal, SampleRefusal()),
       AgainBy<DecodeProvisioningRefusal, EncodeProvisioningRefusal>},
  };
}

Json Describe(const OwnerRecord& record) {
  Json described = Json::object();
  if (!record.authority.empty()) described["authority"] = HexText(record.authority);
  if (record.change) {
    described["change"] = {{"number", record.change->number},
                           {"by", HexText(record.change->by.view())},
                           {"how", std::to_underlying(record.change->how)}};
  }
  if (record.credential) {
    Json certificates = Json::array();
    for (const ByteView one : record.credential->certificates) certificates.push_back(HexText(one));
    described["credential"] = {{"salt", HexText(record.credential->salt)},
                               {"certificates", certificates},
                               {"not_before", record.credential->not_before.value},
                               {"not_after", record.credential->not_after.value}};
  }
  if (record.request) {
    described["request"] = {{"salt", HexText(record.request->salt)}, {"key", HexText(record.request->key)}};
  }
  return described;
}

Json Describe(const Transfer& transfer) {
  Json described{{"device", HexText(transfer.device.view())},
                 {"from", HexText(transfer.from.view())},
                 {"to", HexText(transfer.to)},
                 {"number", transfer.number},
                 {"issued_at", transfer.issued_at.value},
                 {"not_after", transfer.not_after.value},
                 {"licences", std::to_underlying(transfer.licences)},
                 {"values", std::to_underlying(transfer.values)}};
  if (!transfer.server.empty()) described["server"] = transfer.server;
  return described;
}

// With what each of the two signs.
Json Describe(const SignedTransfer& transfer) {
  Json described{{"payload", HexText(transfer.payload)}};
  const auto add = [&](const char* name, TransferSide side, const std::optional<OwnerSignature>& signature) {
    ByteVector to_sign(kMaxTransferToSign);
    CborWriter out(to_sign);
    EK_CHECK(EncodeTransferToSign(side, transfer.payload, out));
    described[std::string(name) + "_signs"] = HexText(out.written());
    if (!signature) return;
    Json certificates = Json::array();
    for (const ByteView one : signature->certificates) certificates.push_back(HexText(one));
    described[name] = {{"certificates", certificates}, {"signature", HexText(signature->signature)}};
  };
  add("giver", TransferSide::kGiver, transfer.giver);
  add("taker", TransferSide::kTaker, transfer.taker);
  return described;
}

Json Describe(const TransferAnswer& answer) {
  Json ended = Json::array();
  for (const ProductName& product : answer.ended) ended.push_back(product.view());
  return {{"number", answer.number}, {"ended", ended}};
}

Json Describe(const ProductionOrder& order) {
  Json shares = Json::array();
  for (const StationShare& share : order.shares) shares.push_back({share.station, share.first});
  return {{"id", HexText(order.id.view())}, {"product", order.product.view()},
          {"units", order.units},           {"not_before", order.not_before.value},
          {"expires", order.expires.value}, {"tickets", HexText(order.tickets.view())},
          {"hardware", order.hardware},     {"shares", shares}};
}

Json Describe(const TicketBook& book) {
  return {{"order", HexText(book.order.view())},
          {"first", book.first},
          {"secrets", HexText(book.secrets)},
          {"leaves", HexText(book.leaves)}};
}

Json Describe(const Provisioned& provisioned) {
  return {{"order", HexText(provisioned.order.view())},
          {"number", provisioned.ticket.number},
          {"secret", HexText(provisioned.ticket.secret.view())},
          {"path", PathOf(provisioned.ticket.path)},
          {"chip", HexText(provisioned.chip.view())},
          {"device", HexText(provisioned.device.view())},
          {"certificate", HexText(provisioned.certificate)}};
}

Json Describe(const Voided& voided) {
  return {{"order", HexText(voided.order.view())}, {"index", voided.index}};
}

Json Describe(const FactoryIdentity& identity) {
  return {{"entry", HexText(identity.entry)},
          {"index", identity.index},
          {"path", PathOf(identity.path)},
          {"checkpoint", identity.checkpoint}};
}

Json Describe(const IdentityList& list) {
  return {{"order", HexText(list.order.view())},
          {"product", list.product.view()},
          {"units", list.units},
          {"issued_at", list.issued_at.value},
          {"accepted", HexText(list.accepted)},
          {"refused", HexText(list.refused)},
          {"retired", HexText(list.retired)},
          {"retired_chips", HexText(list.retired_chips)}};
}

Json Describe(const ProvisioningHello& hello) {
  return {{"endorsement_certificate", HexText(hello.endorsement_certificate)},
          {"attestation_key", HexText(hello.attestation_key)},
          {"identity_key", HexText(hello.identity_key)}};
}

Json Describe(const ProvisioningChallenge& challenge) {
  return {{"credential", HexText(challenge.credential)},
          {"encrypted_seed", HexText(challenge.encrypted_seed)},
          {"nonce", HexText(challenge.nonce.view())}};
}

Json Describe(const ProvisioningProof& proof) {
  return {{"answer", HexText(proof.answer.view())},
          {"statement", HexText(proof.statement)},
          {"signature", HexText(proof.signature)}};
}

Json Describe(const ProvisioningRefusal& refusal) {
  return {{"error", refusal.error}, {"reason", refusal.reason}};
}

}  // namespace edgekeep::formats
