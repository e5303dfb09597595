#include "edgekeep/core/trust.h"

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/formats/signed_object.h"
#include "fixture/test_publisher.h"

namespace edgekeep::core {
namespace {

using fixture::Buffer;
using fixture::TestProvider;
using fixture::TestPublisher;

TEST(Trust, BundleSignedByEveryKeyIsTrusted) {
  const TestPublisher publisher;
  const Buffer bytes = publisher.Bundle();
  const auto trust = VerifyTrustBundle(TestProvider(), bytes);
  EK_ASSERT_OK(trust);
  EXPECT_EQ(trust->bundle().publisher, "acme");
  EXPECT_TRUE(Equal(trust->bytes(), bytes));
}

TEST(Trust, OwnsItsBytesAfterMoving) {
  const TestPublisher publisher;
  Buffer bytes = publisher.Bundle();
  TrustedPublisher first = VerifyTrustBundle(TestProvider(), bytes).value();
  std::ranges::fill(bytes, std::uint8_t{0});
  const TrustedPublisher second = std::move(first);
  EXPECT_EQ(second.bundle().publisher, "acme");
  EXPECT_EQ(second.bundle().authors[0].name, "author");
}

TEST(Trust, FingerprintStaysWhenSignedAgainAndChangesWithTheKeys) {
  const TestPublisher publisher;
  const auto first = VerifyTrustBundle(TestProvider(), publisher.Bundle()).value();
  const auto again = VerifyTrustBundle(TestProvider(), publisher.Bundle()).value();
  const auto other = VerifyTrustBundle(TestProvider(), TestPublisher().Bundle()).value();
  EXPECT_EQ(first.fingerprint(), again.fingerprint());
  EXPECT_NE(first.fingerprint(), other.fingerprint());
}

TEST(Trust, EveryKeyMustHaveSigned) {
  const TestPublisher publisher;
  std::vector<const sealing::SigningKey*> all = publisher.author().Keys();
  for (const auto* key : publisher.licensor().Keys()) all.push_back(key);
  EK_ASSERT_OK(VerifyTrustBundle(TestProvider(), publisher.BundleSignedBy(all)));
  for (std::size_t missing = 0; missing < all.size(); ++missing) {
    std::vector<const sealing::SigningKey*> some = all;
    some.erase(some.begin() + static_cast<std::ptrdiff_t>(missing));
    EK_EXPECT_ERROR(VerifyTrustBundle(TestProvider(), publisher.BundleSignedBy(some)), ErrorCode::kUntrusted);
  }
}

TEST(Trust, HolderWhoCannotSignInEveryRequiredClassIsRefused) {
  const TestPublisher classical("acme", fixture::Strength::kClassical);
  EK_ASSERT_OK(VerifyTrustBundle(TestProvider(), classical.Bundle()));
  const Buffer demands_more =
      classical.Bundle([](formats::TrustBundle& bundle) { ASSERT_TRUE(bundle.required_classes.PushBack(2)); });
  EK_EXPECT_ERROR(VerifyTrustBundle(TestProvider(), demands_more), ErrorCode::kUnsupported);
}

TEST(Trust, FlippedBytesAreRefused) {
  const TestPublisher publisher("acme", fixture::Strength::kClassical);
  Buffer bytes = publisher.Bundle();
  // Each try may cost a signature check, so not every byte is tried.
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    bytes[i] ^= 0x01;
    EXPECT_FALSE(VerifyTrustBundle(TestProvider(), bytes)) << "byte " << i;
    bytes[i] ^= 0x01;
  }
  EK_ASSERT_OK(VerifyTrustBundle(TestProvider(), bytes));
}

TEST(Trust, EveryTruncationIsRefused) {
  const Buffer bytes = TestPublisher("acme", fixture::Strength::kClassical).Bundle();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(VerifyTrustBundle(TestProvider(), ByteView(bytes).first(size))) << size;
  }
}

TEST(Trust, AnotherSignedObjectIsNoBundle) {
  const TestPublisher publisher;
  const Buffer grant = publisher.Grant(publisher.Seal({1}, fixture::Pattern(100, 1)), {1});
  EK_EXPECT_ERROR(VerifyTrustBundle(TestProvider(), grant), ErrorCode::kUnsupported);
}

TEST(Trust, OversizedInputIsRefusedBeforeItIsCopied) {
  EK_EXPECT_ERROR(VerifyTrustBundle(TestProvider(), Buffer(1 << 20)), ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace edgekeep::core
