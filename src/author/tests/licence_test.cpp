#include "edgekeep/author/epoch_keys.h"
#include "licence_fixture.h"

namespace edgekeep::author {
namespace {

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
  EXPECT_FALSE(std::filesystem::exists(request_.output));
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

TEST_F(Licences, AreIssuedToNobodyWhoIsNotAllowed) {
  request_.is_allowed = [](const DeviceId&) -> Done {
    return Failure{ErrorCode::kUntrusted, "not on the list", "d.eki", "ask its owner"};
  };
  ExpectFailure(Issue(), ErrorCode::kUntrusted, "not on the list");
  EXPECT_FALSE(std::filesystem::exists(request_.output));
  request_.is_allowed = [this](const DeviceId& id) -> Done {
    EXPECT_EQ(id, device_.id());
    return {};
  };
  EK_ASSERT_DONE(Issue());
}

TEST_F(Licences, NeverOverwrite) {
  EK_ASSERT_DONE(Issue());
  const Buffer before = ReadAll(request_.output);
  ExpectFailure(Issue(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(ReadAll(request_.output), before);
}

}  // namespace
}  // namespace edgekeep::author
