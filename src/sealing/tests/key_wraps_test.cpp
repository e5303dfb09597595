#include "edgekeep/sealing/key_wraps.h"

#include "support.h"

namespace edgekeep::sealing {
namespace {

const crypto::HpkeSuiteId kHpkeSuites[] = {crypto::HpkeSuiteId::kMlKem768P256HkdfSha256Aes256Gcm,
                                           crypto::HpkeSuiteId::kMlKem768P256HkdfSha256ChaCha20Poly1305,
                                           crypto::HpkeSuiteId::kP256HkdfSha256Aes256Gcm};

crypto::HpkeSuite Suite(crypto::HpkeSuiteId id) {
  return crypto::FindHpkeSuite(id).value();
}

crypto::SoftwareHpkeRecipient Recipient(const crypto::HpkeSuite& suite) {
  return crypto::SoftwareHpkeRecipient::Generate(TestProvider(), suite.kem).value();
}

bool SameKey(const SecretArray<32>& a, const SecretArray<32>& b) {
  return EqualInConstantTime(a.Reveal(), b.Reveal());
}

ProductName Product(std::string_view name) {
  return ProductName::Parse(name).value();
}

// The content key wrapped to the licensor.
class ContentKeyWrap : public ::testing::TestWithParam<crypto::HpkeSuiteId> {
 protected:
  void SetUp() override {
    header_.product = Product("acme/label-ocr");
    header_.version.sequence = {7};
    header_.salt = RandomSalt();
    header_.hpke_suite = static_cast<std::uint16_t>(suite_.id);
    message_ = WrapContentKeyToLicensor(TestProvider(), suite_, licensor_.public_key(), header_.product,
                                        header_.version.sequence, header_.salt, key_)
                   .value();
    header_.enc = message_.enc.view();
    header_.wrapped_key = message_.ciphertext.view();
  }

  Result<ContentKey> Unwrap(const crypto::HpkeRecipient& recipient) {
    return UnwrapContentKeyAsLicensor(TestProvider(), recipient, header_);
  }

  crypto::HpkeSuite suite_ = Suite(GetParam());
  crypto::SoftwareHpkeRecipient licensor_ = Recipient(suite_);
  ContentKey key_{RandomKey()};
  formats::SealedHeader header_;
  crypto::HpkeMessage message_;
};

INSTANTIATE_TEST_SUITE_P(Suites, ContentKeyWrap, ::testing::ValuesIn(kHpkeSuites));

TEST_P(ContentKeyWrap, RoundTrips) {
  const auto key = Unwrap(licensor_);
  EK_ASSERT_OK(key);
  EXPECT_TRUE(SameKey(key->key, key_.key));
}

TEST_P(ContentKeyWrap, RefusesAnotherLicensor) {
  EK_EXPECT_ERROR(Unwrap(Recipient(suite_)), ErrorCode::kDenied);
}

TEST_P(ContentKeyWrap, RefusesAnotherProductSequenceOrSalt) {
  header_.product = Product("acme/label-ocr2");
  EK_EXPECT_ERROR(Unwrap(licensor_), ErrorCode::kDenied);
  header_.product = Product("acme/label-ocr");
  header_.version.sequence = {8};
  EK_EXPECT_ERROR(Unwrap(licensor_), ErrorCode::kDenied);
  header_.version.sequence = {7};
  header_.salt = RandomSalt();
  EK_EXPECT_ERROR(Unwrap(licensor_), ErrorCode::kDenied);
}

TEST_P(ContentKeyWrap, RefusesAnUnknownSuite) {
  header_.hpke_suite = 99;
  EK_EXPECT_ERROR(Unwrap(licensor_), ErrorCode::kUnsupported);
}

TEST_P(ContentKeyWrap, RefusesEveryFlippedByteOfTheWrap) {
  const MutableByteView wrapped = message_.ciphertext.mutable_view();
  for (std::size_t at = 0; at < wrapped.size(); ++at) {
    wrapped[at] ^= 1;
    EK_EXPECT_ERROR(Unwrap(licensor_), ErrorCode::kDenied);
    wrapped[at] ^= 1;
  }
}

// The content key under an epoch key.
class GrantWrap : public ::testing::TestWithParam<crypto::AlgorithmId> {
 protected:
  void SetUp() override {
    grant_.product = Product("acme/label-ocr");
    grant_.sequence = {3};
    grant_.epoch = {5};
    grant_.aead = static_cast<std::uint16_t>(GetParam());
    EK_ASSERT_OK(WrapContentKey(TestProvider(), epoch_, content_, grant_, nonce_, wrapped_));
  }

  Result<ContentKey> Unwrap() { return UnwrapContentKey(TestProvider(), epoch_, grant_); }

  EpochKey epoch_{RandomKey()};
  ContentKey content_{RandomKey()};
  formats::Grant grant_;
  std::array<std::uint8_t, 12> nonce_{};
  std::array<std::uint8_t, 48> wrapped_{};
};

INSTANTIATE_TEST_SUITE_P(Aeads, GrantWrap,
                         ::testing::Values(crypto::AlgorithmId::kAes256Gcm, crypto::AlgorithmId::kChaCha20Poly1305));

TEST_P(GrantWrap, RoundTrips) {
  const auto key = Unwrap();
  EK_ASSERT_OK(key);
  EXPECT_TRUE(SameKey(key->key, content_.key));
}

TEST_P(GrantWrap, RefusesAnotherEpochKey) {
  epoch_.key = RandomKey();
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
}

TEST_P(GrantWrap, RefusesAWrapMovedToAnotherGrant) {
  const formats::Grant genuine = grant_;
  grant_.product = Product("acme/other");
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
  grant_ = genuine;
  grant_.sequence = {4};
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
  grant_ = genuine;
  grant_.sealed_file = SealedFileId(std::array<std::uint8_t, 32>{1});
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
  grant_ = genuine;
  grant_.epoch = {6};
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
}

TEST_P(GrantWrap, RefusesAnotherAlgorithm) {
  grant_.aead =
      static_cast<std::uint16_t>(GetParam() == crypto::AlgorithmId::kAes256Gcm ? crypto::AlgorithmId::kChaCha20Poly1305
                                                                               : crypto::AlgorithmId::kAes256Gcm);
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
  grant_.aead = static_cast<std::uint16_t>(crypto::AlgorithmId::kAes128Gcm);
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kUnsupported);
  grant_.aead = static_cast<std::uint16_t>(crypto::AlgorithmId::kSha256);
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kUnsupported);
}

TEST_P(GrantWrap, RefusesWrongLengths) {
  grant_.wrapped_key = ByteView(wrapped_).first(47);
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
  grant_.wrapped_key = wrapped_;
  grant_.nonce = ByteView(nonce_).first(11);
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
}

TEST_P(GrantWrap, TakesAFreshNonceEveryTime) {
  const auto first = nonce_;
  EK_ASSERT_OK(WrapContentKey(TestProvider(), epoch_, content_, grant_, nonce_, wrapped_));
  EXPECT_NE(first, nonce_);
}

// The epoch key to a device.
class LicenceWrap : public ::testing::TestWithParam<crypto::HpkeSuiteId> {
 protected:
  void SetUp() override {
    licence_.issuer = InlineString<63>::Truncated("acme");
    licence_.device = DeviceId(std::array<std::uint8_t, 32>{4});
    licence_.product = Product("acme/label-ocr");
    licence_.epoch = {2};
    licence_.terms = {.first_sequence = {1}, .last_sequence = {9}, .not_before = {100}, .expires = UnixTime{200}};
    licence_.hpke_suite = static_cast<std::uint16_t>(suite_.id);
    message_ = WrapEpochKeyToDevice(TestProvider(), suite_, device_.public_key(), licence_, epoch_).value();
    licence_.enc = message_.enc.view();
    licence_.wrapped_epoch_key = message_.ciphertext.view();
  }

  Result<EpochKey> Unwrap() { return UnwrapEpochKey(TestProvider(), device_, licence_); }

  crypto::HpkeSuite suite_ = Suite(GetParam());
  crypto::SoftwareHpkeRecipient device_ = Recipient(suite_);
  EpochKey epoch_{RandomKey()};
  formats::Licence licence_;
  crypto::HpkeMessage message_;
};

INSTANTIATE_TEST_SUITE_P(Suites, LicenceWrap, ::testing::ValuesIn(kHpkeSuites));

TEST_P(LicenceWrap, RoundTrips) {
  const auto key = Unwrap();
  EK_ASSERT_OK(key);
  EXPECT_TRUE(SameKey(key->key, epoch_.key));
}

TEST_P(LicenceWrap, RefusesAnotherDevice) {
  device_ = Recipient(suite_);
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
}

TEST_P(LicenceWrap, RefusesEditedTerms) {
  const formats::Licence genuine = licence_;
  licence_.terms.expires = UnixTime{100000};
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
  licence_ = genuine;
  licence_.terms.last_sequence = {UINT64_MAX};
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
  licence_ = genuine;
  licence_.terms.isolation_floor = formats::Isolation::kTrustZone;
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
  licence_ = genuine;
  licence_.device = DeviceId(std::array<std::uint8_t, 32>{5});
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
  licence_ = genuine;
  licence_.epoch = {1};
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
}

TEST_P(LicenceWrap, RefusesToWrapUnderAnotherSuiteThanTheLicenceNames) {
  licence_.hpke_suite = 99;
  EK_EXPECT_ERROR(WrapEpochKeyToDevice(TestProvider(), suite_, device_.public_key(), licence_, epoch_),
                  ErrorCode::kBadArgument);
}

// The chain of epoch keys.
class EpochChain : public ::testing::Test {
 protected:
  Result<EpochKey> Earlier(const EpochKey& key, std::uint64_t from, std::uint64_t to) {
    return EarlierEpochKey(TestProvider(), key, {from}, {to});
  }

  EpochKey key_{RandomKey()};
};

TEST_F(EpochChain, ReachesTheSameKeyInOneGoAndInSteps) {
  const EpochKey direct = Earlier(key_, 9, 2).value();
  const EpochKey middle = Earlier(key_, 9, 5).value();
  EXPECT_TRUE(SameKey(direct.key, Earlier(middle, 5, 2).value().key));
  EXPECT_TRUE(SameKey(key_.key, Earlier(key_, 9, 9).value().key));
}

TEST_F(EpochChain, EveryEpochHasItsOwnKey) {
  EXPECT_FALSE(SameKey(Earlier(key_, 9, 8).value().key, key_.key));
  // Keys of equal material at different epochs differ as well: the epoch number goes in.
  EXPECT_FALSE(SameKey(Earlier(key_, 9, 8).value().key, Earlier(key_, 8, 7).value().key));
}

TEST_F(EpochChain, RefusesALaterEpochAndEndlessWalks) {
  EK_EXPECT_ERROR(Earlier(key_, 4, 5), ErrorCode::kDenied);
  EK_EXPECT_ERROR(Earlier(key_, UINT64_MAX, 0), ErrorCode::kDenied);
  EK_EXPECT_ERROR(Earlier(key_, 65537, 0), ErrorCode::kDenied);
}

// Slot keys under vault key and epoch key.
class SlotWrap : public ::testing::Test {
 protected:
  void SetUp() override { wrapped_ = WrapSlotKey(TestProvider(), vault_, epoch_, binding_, slot_).value(); }

  Result<SlotKey> Unwrap() { return UnwrapSlotKey(TestProvider(), vault_, epoch_, binding_, wrapped_); }

  VaultKey vault_{RandomKey()};
  EpochKey epoch_{RandomKey()};
  SlotKey slot_{RandomKey()};
  SlotBinding binding_{.product = Product("acme/label-ocr"), .slot = 1, .sequence = {4}, .file_kind = 1};
  std::array<std::uint8_t, kWrappedSlotKeySize> wrapped_{};
};

TEST_F(SlotWrap, RoundTrips) {
  const auto key = Unwrap();
  EK_ASSERT_OK(key);
  EXPECT_TRUE(SameKey(key->key, slot_.key));
}

TEST_F(SlotWrap, RefusesAnotherVaultAndAnotherEpochKey) {
  const SecretArray<32> vault = vault_.key.Clone();
  vault_.key = RandomKey();
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
  vault_.key = vault.Clone();
  epoch_.key = RandomKey();
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
}

TEST_F(SlotWrap, RefusesAnotherProductSlotSequenceOrKind) {
  const SlotBinding genuine = binding_;
  binding_.product = Product("acme/other");
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
  binding_ = genuine;
  binding_.slot = 0;
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
  binding_ = genuine;
  binding_.sequence = {5};
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
  binding_ = genuine;
  binding_.file_kind = 2;
  EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
}

TEST_F(SlotWrap, RefusesTruncationsAndFlips) {
  for (std::size_t size = 0; size < wrapped_.size(); ++size) {
    EK_EXPECT_ERROR(UnwrapSlotKey(TestProvider(), vault_, epoch_, binding_, ByteView(wrapped_).first(size)),
                    ErrorCode::kDenied);
  }
  for (std::uint8_t& byte : wrapped_) {
    byte ^= 0x10;
    EK_EXPECT_ERROR(Unwrap(), ErrorCode::kDenied);
    byte ^= 0x10;
  }
}

}  // namespace
}  // namespace edgekeep::sealing
