#include "edgekeep/engine/onnxruntime/engine_key.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace edgekeep::engine {
namespace {

TEST(EngineKey, HasVersionDigestAndCpu) {
  std::array<std::uint8_t, 32> digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<std::uint8_t>(0xA0 + i);
  const auto key = MakeEngineKey("onnxruntime-1.30.0", digest);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->view(), "onnxruntime-1.30.0-a0a1a2a3a4a5a6a7/" + std::string(CpuFeatures().view()));
}

TEST(EngineKey, ChangesWithTheLibrary) {
  std::array<std::uint8_t, 32> digest{};
  const auto one = MakeEngineKey("e", digest);
  digest[0] = 1;
  const auto other = MakeEngineKey("e", digest);
  ASSERT_TRUE(one && other);
  EXPECT_FALSE(*one == *other);
}

TEST(EngineKey, RefusesWhatDoesNotFit) {
  const std::array<std::uint8_t, 31> short_digest{};
  EXPECT_EQ(MakeEngineKey("e", short_digest).error().code(), ErrorCode::kBadArgument);
  const std::array<std::uint8_t, 32> digest{};
  EXPECT_EQ(MakeEngineKey(std::string(120, 'v'), digest).error().code(), ErrorCode::kTooLarge);
}

TEST(CpuFeatures, NamesTheArchitectureFirst) {
  const auto features = CpuFeatures();
#if defined(__x86_64__)
  EXPECT_EQ(features.view().substr(0, 6), "x86_64");
  EXPECT_EQ(features.view().find("avx2") != std::string_view::npos, __builtin_cpu_supports("avx2") != 0);
  EXPECT_EQ(features.view().find("avx512f") != std::string_view::npos, __builtin_cpu_supports("avx512f") != 0);
  EXPECT_EQ(features.view().find("fma") != std::string_view::npos, __builtin_cpu_supports("fma") != 0);
#else
  EXPECT_EQ(features.view().substr(0, 7), "aarch64");
#endif
}

}  // namespace
}  // namespace edgekeep::engine
