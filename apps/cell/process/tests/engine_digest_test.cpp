// A digest that somebody else measured is believed only of a file that nobody can change any more.
#include "engine_digest.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/crypto/openssl/provider.h"

namespace edgekeep::cell {
namespace {

constexpr int kAllSeals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
constexpr std::string_view kContent = "the library that was measured";

class EngineDigest : public ::testing::Test {
 protected:
  static gate::Descriptor Memory(int seals) {
    gate::Descriptor file(memfd_create("engine", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    EXPECT_EQ(write(file.get(), kContent.data(), kContent.size()), static_cast<ssize_t>(kContent.size()));
    EXPECT_EQ(fcntl(file.get(), F_ADD_SEALS, seals), 0);
    return file;
  }

  Digest Sha256Of(std::string_view text) const { return *crypto::Sha256(*provider_, {AsBytes(text)}); }

  std::unique_ptr<crypto::Provider> provider_ = *crypto::NewOpenSslProvider();
  const Digest told_ = Sha256Of("what the spawner was told");
};

TEST_F(EngineDigest, IsMeasuredWhereNobodyTold) {
  EXPECT_EQ(*DigestOf(*provider_, Memory(kAllSeals), std::nullopt), Sha256Of(kContent));
}

TEST_F(EngineDigest, ThatWasToldIsBelievedOfASealedCopy) {
  EXPECT_EQ(*DigestOf(*provider_, Memory(kAllSeals), told_), told_);
}

TEST_F(EngineDigest, ThatWasToldIsNotBelievedOfAnythingElse) {
  for (const int missing : {F_SEAL_WRITE, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_SEAL}) {
    EXPECT_EQ(*DigestOf(*provider_, Memory(kAllSeals & ~missing), told_), Sha256Of(kContent)) << missing;
  }
  gate::Descriptor plain(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  EXPECT_NE(*DigestOf(*provider_, plain, told_), told_);
}

// The attack that the seals end, and the control: without them it works.
TEST_F(EngineDigest, OfASealedCopyCannotBecomeStale) {
  const std::string other(kContent.size(), 'x');
  const auto replace = [&](const gate::Descriptor& file) {
    return pwrite(file.get(), other.data(), other.size(), 0) == static_cast<ssize_t>(other.size());
  };
  const gate::Descriptor sealed = Memory(kAllSeals);
  EXPECT_FALSE(replace(sealed));
  EXPECT_NE(ftruncate(sealed.get(), 0), 0);
  EXPECT_EQ(mmap(nullptr, kContent.size(), PROT_READ | PROT_WRITE, MAP_SHARED, sealed.get(), 0), MAP_FAILED);
  EXPECT_EQ(*MeasureEngine(*provider_, sealed), Sha256Of(kContent));
  const gate::Descriptor open = Memory(F_SEAL_GROW);
  EXPECT_TRUE(replace(open));
  EXPECT_EQ(*MeasureEngine(*provider_, open), Sha256Of(other));
}

TEST_F(EngineDigest, OfWhatCannotBeReadIsAnError) {
  const gate::Descriptor directory(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  EXPECT_EQ(MeasureEngine(*provider_, directory).error().code(), ErrorCode::kIo);
}

}  // namespace
}  // namespace edgekeep::cell
