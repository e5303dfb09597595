#include "edgekeep/author/licence.h"

#include "edgekeep/author/epoch_keys.h"
#include "edgekeep/author/licence_papers.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/key_wraps.h"
#include "support.h"

namespace edgekeep::author {
namespace {

namespace fs = std::filesystem;

// A device's two keys, and the request it makes of them.
class TestDevice final : public sealing::SigningKey {
 public:
  explicit TestDevice(crypto::AlgorithmId kem = crypto::AlgorithmId::kMlKem768P256)
      : kem_algorithm_(kem), kem_(crypto::SoftwareHpkeRecipient::Generate(TestContext().provider, kem).value()) {}

  crypto::AlgorithmId algorithm() const override { return crypto::AlgorithmId::kEcdsaP256Sha256; }

  ByteView public_key() const override { return identity_.public_key.view(); }

  Result<Bytes> Sign(ByteView message) const override {
    return TestContext().provider.Sign(algorithm(), identity_.private_key.Reveal(), message);
  }

  const crypto::HpkeRecipient& kem() const { return kem_; }

  DeviceId id() const {
    return DeviceId::From(crypto::KeyIdOf(TestContext().provider, algorithm(), public_key())->view()).value();
  }

  // The request, signed by `signer`: by rights the device itself.
  Buffer Request(const sealing::SigningKey& signer) const {
    const formats::DeviceRequest request{{static_cast<std::uint16_t>(algorithm()), public_key()},
                                         {static_cast<std::uint16_t>(kem_algorithm_), kem_.public_key()},
                                         formats::AnchorKind::kTpm2};
    Buffer buffer(formats::kMaxDeviceRequestSize);
    CborWriter payload(buffer);
    EXPECT_TRUE(formats::EncodeDeviceRequest(request, payload));
    const sealing::SigningKey* const keys[] = {&signer};
    const Bytes bytes =
        sealing::SignObject(TestContext().provider, formats::typ::kDeviceRequest, payload.written(), keys).value();
    return {bytes.view().begin(), bytes.view().end()};
  }

 private:
  crypto::AlgorithmId kem_algorithm_;
  crypto::KeyPair identity_ = TestContext().provider.GenerateSigningKey(crypto::AlgorithmId::kEcdsaP256Sha256).value();
  crypto::SoftwareHpkeRecipient kem_;
};

class Licences : public testing::Test {
 protected:
  void SetUp() override {
    WriteAll(request_.device_request, device_.Request(device_));
    request_.product = Product("acme/licensed");
    request_.terms = {
        .first_sequence = {1}, .last_sequence = {9}, .not_before = {kNow}, .expires = {{kNow.value + 60}}};
    request_.output = directory_ / "d.lic";
  }

  Outcome<LicenceReport> Issue() { return IssueLicence(TestContext(), TestPublisher(), TestPassphrase(), request_); }

  Directory directory_;
  TestDevice device_;
  LicenceRequest request_{.device_request = directory_ / "d.ekd"};
};

TEST_F(Licences, CarryTheEpochKeyToTheDevice) {
  const auto report = Issue();
  EK_ASSERT_DONE(report);
  EXPECT_EQ(report->device, device_.id());
  EXPECT_EQ(report->anchor, formats::AnchorKind::kTpm2);
  const Buffer bytes = ReadAll(request_.output);
  const formats::TrustBundle& trust = TestPublisher().trust();
  const auto verified = sealing::VerifyObject(TestContext().provider, formats::typ::kLicence, bytes,
                                              trust.licensors.view(), trust.required_classes.view());
  ASSERT_TRUE(verified);
  const formats::Licence licence = formats::DecodeLicence(verified->payload()).value();
  EXPECT_EQ(licence.device, device_.id());
  EXPECT_EQ(licence.product, request_.product);
  EXPECT_EQ(licence.issued_at, kNow);
  EXPECT_EQ(licence.terms.last_sequence.value, 9U);
  const auto key = sealing::UnwrapEpochKey(TestContext().provider, device_.kem(), licence);
  ASSERT_TRUE(key);
  const auto epochs = EpochKeys::Open(TestContext(), TestPublisher(), request_.product, TestPassphrase());
  const sealing::EpochKey expected = epochs->KeyOf(TestContext(), licence.epoch).value();
  EXPECT_TRUE(EqualInConstantTime(key->key.Reveal(), expected.key.Reveal()));
}

TEST_F(Licences, DoNotOpenOnAnotherDevice) {
  EK_ASSERT_DONE(Issue());
  const Buffer bytes = ReadAll(request_.output);
  const auto object = formats::DecodeSignedObject(formats::typ::kLicence, bytes).value();
  const formats::Licence licence = formats::DecodeLicence(object.payload).value();
  const TestDevice other;
  EXPECT_FALSE(sealing::UnwrapEpochKey(TestContext().provider, other.kem(), licence));
}

TEST_F(Licences, SayWhenTheProductIsNew) {
  request_.product = Product("acme/never-heard-of");
  EXPECT_TRUE(Issue()->product_is_new);
  request_.output = directory_ / "again.lic";
  EXPECT_FALSE(Issue()->product_is_new);
}

TEST_F(Licences, AreNotIssuedToARequestThatSomebodyElseSigned) {
  const TestDevice other;
  WriteAll(request_.device_request, device_.Request(other));
  ExpectFailure(Issue(), ErrorCode::kUntrusted);
  EXPECT_FALSE(fs::exists(request_.output));
}

// The owner of one device puts the KEM key of another into its request: the identity key did not sign that.
TEST_F(Licences, AreNotIssuedToAnEditedRequest) {
  const Buffer good = device_.Request(device_);
  const ByteView kem_key = device_.kem().public_key();
  const TestDevice other;
  Buffer edited = good;
  const auto at = std::ranges::search(edited, kem_key).begin();
  ASSERT_NE(at, edited.end());
  std::ranges::copy(other.kem().public_key(), at);
  WriteAll(request_.device_request, edited);
  ExpectFailure(Issue(), ErrorCode::kBadSignature);
}

TEST_F(Licences, AreNotIssuedToADamagedRequest) {
  const Buffer good = ReadAll(request_.device_request);
  for (std::size_t size = 0; size < good.size(); size += 11) {
    WriteAll(request_.device_request, Buffer(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
    ExpectFailure(Issue(), ErrorCode::kMalformed);
  }
  for (std::size_t at = 0; at < good.size(); at += 19) {
    Buffer flipped = good;
    flipped[at] ^= 8;
    WriteAll(request_.device_request, flipped);
    EXPECT_FALSE(Issue()) << at;
  }
  WriteAll(request_.device_request, Buffer(1 << 20));
  ExpectFailure(Issue(), ErrorCode::kTooLarge);
  request_.device_request = directory_ / "missing";
  ExpectFailure(Issue(), ErrorCode::kNotFound);
}

TEST_F(Licences, AreNotIssuedToAClassicalKem) {
  const TestDevice classical(crypto::AlgorithmId::kDhKemP256);
  WriteAll(request_.device_request, classical.Request(classical));
  ExpectFailure(Issue(), ErrorCode::kUnsupported, "hybrid");
}

TEST_F(Licences, AreNotIssuedForAnotherPublishersProduct) {
  request_.product = Product("globex/label-ocr");
  ExpectFailure(Issue(), ErrorCode::kWrongProduct);
}

TEST_F(Licences, NeverOverwrite) {
  EK_ASSERT_DONE(Issue());
  const Buffer before = ReadAll(request_.output);
  ExpectFailure(Issue(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(ReadAll(request_.output), before);
}

struct Said {
  std::uint64_t counted_seconds = 0;
  std::uint64_t calls_reserved = 0;
};

// Licences on their way back.
class LicencePapersOfDevices : public Licences {
 protected:
  void SetUp() override {
    Licences::SetUp();
    request_.terms.lease = formats::Lease{.seconds = 100, .start_charge_seconds = 1};
    request_.terms.call_budget = 1000;
    request_.terms.transferable = true;
  }

  // What the device that was licensed says, signed by `signer`: by rights that device.
  std::string Report(std::string_view type, const Said& said, const sealing::SigningKey& signer) {
    const Buffer licence = ReadAll(request_.output);
    const Buffer device_request = device_.Request(device_);
    Buffer buffer(formats::kMaxLicenceReportSize);
    CborWriter payload(buffer);
    EXPECT_TRUE(formats::EncodeLicenceReport({.licence = licence,
                                              .device_request = device_request,
                                              .counted_seconds = said.counted_seconds,
                                              .calls_reserved = said.calls_reserved,
                                              .made_at = kNow},
                                             payload));
    const sealing::SigningKey* const keys[] = {&signer};
    const Bytes bytes = sealing::SignObject(TestContext().provider, type, payload.written(), keys).value();
    const std::string path = directory_ / ("report" + std::to_string(num_reports_++));
    WriteAll(path, {bytes.view().begin(), bytes.view().end()});
    return path;
  }

  std::string Renewal(const Said& said = {}) { return Report(formats::typ::kLicenceRenewal, said, device_); }

  std::string Receipt(const Said& said = {}) { return Report(formats::typ::kLicenceReturn, said, device_); }

  Outcome<LicenceReport> Renew(const std::string& report, std::optional<UnixTime> expires = {},
                               bool into_epoch = false) {
    const std::string output = directory_ / ("renewed" + std::to_string(num_reports_++));
    return RenewLicence(TestContext(), TestPublisher(), TestPassphrase(),
                        {.report = report, .expires = expires, .output = output, .into_epoch = into_epoch});
  }

  Outcome<LicenceReport> Transfer(const std::string& receipt, const TestDevice& device) {
    const std::string request = directory_ / ("other" + std::to_string(num_reports_++));
    WriteAll(request, device.Request(device));
    return TransferLicence(
        TestContext(), TestPublisher(), TestPassphrase(),
        {.receipt = receipt, .device_request = request, .output = request + ".lic", .into_epoch = false});
  }

  int num_reports_ = 0;
};

TEST_F(LicencePapersOfDevices, ARenewalIsTheSameLicenceFromTheCountItWasAskedAt) {
  const auto issued = Issue();
  EK_ASSERT_DONE(issued);
  const auto renewed = Renew(Renewal({.counted_seconds = 77}), UnixTime{kNow.value + 1000});
  EK_ASSERT_DONE(renewed);
  EXPECT_EQ(renewed->id, issued->id);
  EXPECT_EQ(renewed->device, device_.id());
  EXPECT_EQ(renewed->terms.lease->counted_seconds, 77U);
  EXPECT_EQ(renewed->terms.lease->seconds, 100U);
  EXPECT_EQ(renewed->terms.call_budget, 1000U);
  EXPECT_EQ(renewed->terms.expires->value, kNow.value + 1000);
}

TEST_F(LicencePapersOfDevices, NothingIsRenewedForWhoIsNotTheLicensedDevice) {
  EK_ASSERT_DONE(Issue());
  const TestDevice other;
  ExpectFailure(Renew(Report(formats::typ::kLicenceRenewal, {}, other)), ErrorCode::kUntrusted);
  ExpectFailure(Renew(Receipt()), ErrorCode::kUnsupported);
  ExpectFailure(AcceptReturn(TestContext(), TestPublisher(), Renewal()), ErrorCode::kUnsupported);
  Buffer flipped = ReadAll(Renewal());
  flipped[flipped.size() / 2] ^= 1;
  WriteAll(directory_ / "flipped", flipped);
  EXPECT_FALSE(Renew(directory_ / "flipped"));
  // Another device's licence in a report of its own.
  const Buffer own = ReadAll(request_.output);
  WriteAll(request_.device_request, other.Request(other));
  request_.output = directory_ / "others.lic";
  EK_ASSERT_DONE(Issue());
  ExpectFailure(Renew(Renewal()), ErrorCode::kWrongDevice);
  WriteAll(request_.output, own);
  EK_ASSERT_DONE(Renew(Renewal()));
}

TEST_F(LicencePapersOfDevices, ATermThatIsOverNeedsAnotherEnd) {
  request_.terms.not_before = UnixTime{kNow.value - 10};
  request_.terms.expires = kNow;
  EK_ASSERT_DONE(Issue());
  ExpectFailure(Renew(Renewal()), ErrorCode::kExpired);
  EK_ASSERT_DONE(Renew(Renewal(), UnixTime{kNow.value + 1}));
}

// Who begins an epoch revokes whom it leaves behind.
TEST_F(LicencePapersOfDevices, WhatANewEpochLeftBehindIsRenewedOnRequestAlone) {
  request_.product = Product("acme/epochs");
  EK_ASSERT_DONE(Issue());
  EK_ASSERT_DONE(Renew(Renewal()));  // control
  auto epochs = EpochKeys::Open(TestContext(), TestPublisher(), request_.product, TestPassphrase());
  EK_ASSERT_DONE(epochs);
  EK_ASSERT_DONE(epochs->BeginNext(TestContext(), TestPassphrase()));
  ExpectFailure(Renew(Renewal()), ErrorCode::kForbidden, "epoch 1, which is over");
  const TestDevice heir;
  ExpectFailure(Transfer(Receipt(), heir), ErrorCode::kForbidden, "epoch 1, which is over");
  request_.output = directory_ / "anew.lic";
  EK_ASSERT_DONE(Issue());
  EK_ASSERT_DONE(Renew(Renewal()));
}

TEST_F(LicencePapersOfDevices, WhatANewEpochLeftBehindMayBeTakenAlong) {
  request_.product = Product("acme/along");
  EK_ASSERT_DONE(Issue());
  auto epochs = EpochKeys::Open(TestContext(), TestPublisher(), request_.product, TestPassphrase());
  EK_ASSERT_DONE(epochs);
  EK_ASSERT_DONE(epochs->BeginNext(TestContext(), TestPassphrase()));
  const auto renewed = Renew(Renewal(), {}, true);
  EK_ASSERT_DONE(renewed);
  EXPECT_EQ(renewed->epoch, Epoch{2});
}

// A device's holder asks for the wider licence of before.
TEST_F(LicencePapersOfDevices, WhatAnotherLicenceReplacedIsNeitherRenewedNorTransferred) {
  request_.terms.allows_export = true;
  EK_ASSERT_DONE(Issue());
  const std::string wider = Renewal(), receipt = Receipt();
  EK_ASSERT_DONE(Renew(wider));  // control
  request_.terms.allows_export = false;
  request_.output = directory_ / "narrower.lic";
  EK_ASSERT_DONE(Issue());
  ExpectFailure(Renew(wider), ErrorCode::kForbidden, "another licence");
  const TestDevice heir;
  ExpectFailure(Transfer(receipt, heir), ErrorCode::kForbidden, "another licence");
  EK_ASSERT_DONE(Renew(Renewal()));
}

TEST_F(LicencePapersOfDevices, WhatWasReturnedIsRenewedNoMore) {
  EK_ASSERT_DONE(Issue());
  EK_ASSERT_DONE(Renew(Renewal()));
  const auto returned = AcceptReturn(TestContext(), TestPublisher(), Receipt());
  EK_ASSERT_DONE(returned);
  EXPECT_TRUE(returned->transferable);
  EK_ASSERT_DONE(AcceptReturn(TestContext(), TestPublisher(), Receipt()));
  ExpectFailure(Renew(Renewal()), ErrorCode::kForbidden);
}

TEST_F(LicencePapersOfDevices, AReceiptIsWorthOneLicenceForOneOtherDevice) {
  const auto issued = Issue();
  EK_ASSERT_DONE(issued);
  const std::string receipt = Receipt({.counted_seconds = 50, .calls_reserved = 300});
  const TestDevice heir;
  const auto transferred = Transfer(receipt, heir);
  EK_ASSERT_DONE(transferred);
  EXPECT_EQ(transferred->device, heir.id());
  EXPECT_FALSE(transferred->id == issued->id);
  EXPECT_EQ(transferred->terms.call_budget, 700U);
  EXPECT_EQ(transferred->terms.lease->counted_seconds, 0U);
  ExpectFailure(Renew(Renewal()), ErrorCode::kForbidden);
  // What was cut is done again; another device gets nothing, with a newer receipt neither.
  EXPECT_EQ(Transfer(receipt, heir)->id, transferred->id);
  const TestDevice third;
  ExpectFailure(Transfer(receipt, third), ErrorCode::kAlreadyExists);
  ExpectFailure(Transfer(Receipt(), third), ErrorCode::kAlreadyExists);
}

TEST_F(LicencePapersOfDevices, OnlyWhatIsTransferableAndNotUsedUpIsTransferred) {
  request_.terms.transferable = false;
  EK_ASSERT_DONE(Issue());
  const TestDevice heir;
  ExpectFailure(Transfer(Receipt(), heir), ErrorCode::kForbidden, "not transferable");
  request_.terms.transferable = true;
  request_.output = directory_ / "second.lic";
  EK_ASSERT_DONE(Issue());
  ExpectFailure(Transfer(Receipt({.calls_reserved = 1000}), heir), ErrorCode::kOverBudget);
  EK_ASSERT_DONE(Transfer(Receipt({.calls_reserved = 999}), heir));
}

}  // namespace
}  // namespace edgekeep::author
