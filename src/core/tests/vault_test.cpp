#include "edgekeep/core/vault.h"

#include "edgekeep/base/testing/expect_error.h"
#include "fixture/test_publisher.h"

namespace edgekeep::core {
namespace {

using fixture::Buffer;
using fixture::MemoryAnchor;
using fixture::TestProvider;

class VaultTest : public testing::Test {
 protected:
  MemoryAnchor anchor_;
  Vault vault_ = Vault::Unlock(TestProvider(), anchor_).value();
  MemoryAnchor other_anchor_;
  Vault other_ = Vault::Unlock(TestProvider(), other_anchor_).value();
  Buffer body_ = fixture::Pattern(100, 1);
};

TEST_F(VaultTest, ProtectedBytesComeBack) {
  const Bytes stored = vault_.Protect("a", body_).value();
  const auto body = vault_.CheckProtected("a", stored.view());
  EK_ASSERT_OK(body);
  EXPECT_TRUE(Equal(*body, body_));
}

TEST_F(VaultTest, ProtectedBytesAreBoundToTheirPurposeAndDevice) {
  const Bytes stored = vault_.Protect("a", body_).value();
  EK_EXPECT_ERROR(vault_.CheckProtected("b", stored.view()), ErrorCode::kDenied);
  EK_EXPECT_ERROR(other_.CheckProtected("a", stored.view()), ErrorCode::kDenied);
}

TEST_F(VaultTest, EveryChangeOfProtectedBytesIsRefused) {
  Bytes stored = vault_.Protect("a", body_).value();
  for (std::size_t i = 0; i < stored.size(); ++i) {
    stored.mutable_view()[i] ^= 0x80;
    EK_EXPECT_ERROR(vault_.CheckProtected("a", stored.view()), ErrorCode::kDenied);
    EK_EXPECT_ERROR(vault_.CheckProtected("a", stored.view().first(i)), ErrorCode::kDenied);
    stored.mutable_view()[i] ^= 0x80;
  }
  EK_ASSERT_OK(vault_.CheckProtected("a", stored.view()));
}

TEST_F(VaultTest, SecretOpensOnlyHereAndOnlyForItsBinding) {
  const SecretBytes secret = SecretBytes::CopyOf(body_).value();
  const Bytes sealed = vault_.SealSecret("s", body_, secret).value();
  const auto opened = vault_.OpenSecret("s", body_, sealed.view());
  EK_ASSERT_OK(opened);
  EXPECT_TRUE(Equal(opened->Reveal(), body_));
  EK_EXPECT_ERROR(vault_.OpenSecret("t", body_, sealed.view()), ErrorCode::kDenied);
  EK_EXPECT_ERROR(vault_.OpenSecret("s", ByteView(body_).first(5), sealed.view()), ErrorCode::kDenied);
  EK_EXPECT_ERROR(other_.OpenSecret("s", body_, sealed.view()), ErrorCode::kDenied);
}

TEST_F(VaultTest, EveryChangeOfASealedSecretIsRefused) {
  const SecretBytes secret = SecretBytes::CopyOf(ByteView(body_).first(32)).value();
  Bytes sealed = vault_.SealSecret("s", {}, secret).value();
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    sealed.mutable_view()[i] ^= 0x01;
    EK_EXPECT_ERROR(vault_.OpenSecret("s", {}, sealed.view()), ErrorCode::kDenied);
    EK_EXPECT_ERROR(vault_.OpenSecret("s", {}, sealed.view().first(i)), ErrorCode::kDenied);
    sealed.mutable_view()[i] ^= 0x01;
  }
  EK_ASSERT_OK(vault_.OpenSecret("s", {}, sealed.view()));
}

TEST_F(VaultTest, SealedSecretShowsNothingOfIt) {
  const SecretBytes secret = SecretBytes::CopyOf(body_).value();
  const Bytes sealed = vault_.SealSecret("s", {}, secret).value();
  const ByteView bytes = sealed.view();
  EXPECT_EQ(std::ranges::search(bytes, ByteView(body_).first(8)).begin(), bytes.end());
}

}  // namespace
}  // namespace edgekeep::core
