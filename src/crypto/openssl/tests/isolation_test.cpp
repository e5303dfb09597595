// The provider stands alone: no configuration file is read, threads share it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "../../tests/test_provider.h"
#include "../../tests/vectors.h"
#include "../library.h"

namespace edgekeep::crypto::test {
namespace {

// A configuration that leaves OpenSSL without a single algorithm, named by OPENSSL_CONF before anything of OpenSSL runs
// in this process, and watched for whoever opens it.
class HostileConfiguration {
 public:
  HostileConfiguration()
      : path_(std::filesystem::temp_directory_path() / ("ek-hostile-openssl-" + std::to_string(getpid()) + ".cnf")),
        watch_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    std::ofstream(path_) << "openssl_conf = init\nconfig_diagnostics = 1\n[init]\nalg_section = algorithms\n"
                         << "[algorithms]\ndefault_properties = provider=nobody\n";
    inotify_add_watch(watch_, path_.c_str(), IN_OPEN);
    setenv("OPENSSL_CONF", path_.c_str(), 1);
  }

  HostileConfiguration(const HostileConfiguration&) = delete;
  HostileConfiguration& operator=(const HostileConfiguration&) = delete;

  ~HostileConfiguration() {
    close(watch_);
    std::filesystem::remove(path_);
  }

  const std::filesystem::path& path() const { return path_; }

  // True when somebody opened the file since the last call.
  bool WasOpened() const {
    char events[4096];
    return read(watch_, events, sizeof(events)) > 0;
  }

 private:
  std::filesystem::path path_;
  int watch_;
};

const HostileConfiguration hostile;

TEST(Configuration, IsNeverRead) {
  const auto provider = NewOpenSslProvider();
  ASSERT_TRUE(provider);
  ByteVector digest(32);
  EXPECT_TRUE((*provider)->NewHash(AlgorithmId::kSha256).value()->Finish(digest));
  EXPECT_TRUE((*provider)->GenerateSigningKey(AlgorithmId::kMlDsa65));
  EXPECT_FALSE(hostile.WasOpened());
}

// The control: where it is read, nothing works, and the watch sees it.
TEST(Configuration, WouldHaveBrokenOpenSsl) {
  const LibraryContext context(OSSL_LIB_CTX_new());
  EXPECT_TRUE(Md(EVP_MD_fetch(context.get(), "SHA2-256", nullptr)));
  const LibraryContext configured(OSSL_LIB_CTX_new());
  ASSERT_EQ(OSSL_LIB_CTX_load_config(configured.get(), hostile.path().c_str()), 1);
  EXPECT_FALSE(Md(EVP_MD_fetch(configured.get(), "SHA2-256", nullptr)));
  EXPECT_TRUE(hostile.WasOpened());
}

TEST(Threads, ShareOneProvider) {
  const Provider& provider = TestProvider();
  const KeyPair pair = provider.GenerateSigningKey(AlgorithmId::kEd25519).value();
  std::vector<std::thread> threads;
  std::atomic<int> passed = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round) {
        const std::string message = std::to_string(i) + " " + std::to_string(round);
        const auto sig = provider.Sign(AlgorithmId::kEd25519, pair.private_key.Reveal(), AsBytes(message));
        const auto kem = provider.GenerateKemKey(AlgorithmId::kMlKem768);
        const bool verified =
            sig && provider.Verify(AlgorithmId::kEd25519, pair.public_key.view(), AsBytes(message), sig->view());
        if (verified && kem && provider.Encapsulate(AlgorithmId::kMlKem768, kem->public_key.view())) ++passed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(passed, 80);
}

TEST(Providers, LiveAndEndApart) {
  auto one = NewOpenSslProvider().value();
  const auto other = NewOpenSslProvider().value();
  const auto aead = one->NewAead(AlgorithmId::kAes256Gcm, ByteVector(32)).value();
  one.reset();
  ByteVector digest(32);
  EXPECT_TRUE(other->NewHash(AlgorithmId::kSha256).value()->Finish(digest));
}

TEST(Random, FillsAnySizeAndNeverRepeats) {
  ByteVector large(100'000);
  ASSERT_TRUE(TestProvider().Random(large));
  EXPECT_LT(std::count(large.begin(), large.end(), 0), 1'000);
  ByteVector again(100'000);
  ASSERT_TRUE(TestProvider().Random(again));
  EXPECT_NE(large, again);
  EXPECT_TRUE(TestProvider().Random({}));
}

}  // namespace
}  // namespace edgekeep::crypto::test
