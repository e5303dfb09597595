// Structures that grow: callers built against older and newer headers than the library.
#include "options.h"

#include <gtest/gtest.h>

#include "edgekeep/edgekeep.h"

namespace edgekeep::client {
namespace {

struct Newer {
  ek_model_options known;
  std::uint64_t unknown;
};

TEST(Options, NullMeansTheDefaults) {
  const auto options = ReadSized<ek_model_options>(nullptr, {.struct_size = 0, .threads = 3});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->threads, 3U);
}

TEST(Options, AnOlderCallersStructureLeavesTheRestAtItsDefaults) {
  ek_model_options older{.struct_size = offsetof(ek_model_options, threads), .ring_bytes = 5, .threads = 99};
  const auto options = ReadSized<ek_model_options>(&older, {.struct_size = 0, .threads = 3});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->ring_bytes, 5U);
  EXPECT_EQ(options->threads, 3U);
}

TEST(Options, ANewerCallersStructureIsTakenUnlessItUsesWhatIsUnknown) {
  Newer newer{.known = {.struct_size = sizeof(Newer), .threads = 2}, .unknown = 0};
  EXPECT_TRUE(ReadSized<ek_model_options>(&newer.known, {}));
  newer.unknown = 1;
  const auto options = ReadSized<ek_model_options>(&newer.known, {});
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().code(), ErrorCode::kUnsupported);
}

TEST(Options, ASizeThatCannotBeIsRefused) {
  for (const std::size_t size : {std::size_t{0}, sizeof(std::size_t), std::size_t{1} << 40}) {
    const ek_model_options given{.struct_size = size};
    const auto options = ReadSized<ek_model_options>(&given, {});
    ASSERT_FALSE(options);
    EXPECT_EQ(options.error().code(), ErrorCode::kBadArgument);
  }
}

TEST(Options, AnOlderCallersResultIsNotWrittenBeyondItsEnd) {
  ek_installed older{.struct_size = offsetof(ek_installed, prepared), .prepared = 77};
  WriteSized(ek_installed{.version_sequence = 5, .prepared = 1}, &older);
  EXPECT_EQ(older.version_sequence, 5U);
  EXPECT_EQ(older.prepared, 77U);
  EXPECT_EQ(older.struct_size, offsetof(ek_installed, prepared));
}

TEST(Client, RefusesAPathNoSocketCanHave) {
  const std::string path(2000, 'x');
  ek_client_options options = EK_CLIENT_OPTIONS_INIT;
  options.root = path.c_str();
  ek_client* client = nullptr;
  ek_error error{};
  EXPECT_EQ(ek_client_open(&options, &client, &error), ek_code{EK_BAD_ARGUMENT});
  EXPECT_EQ(client, nullptr);
  EXPECT_EQ(ek_client_open(nullptr, nullptr, &error), ek_code{EK_BAD_ARGUMENT});
  ek_client_close(nullptr);
  ek_model_close(nullptr);
}

TEST(Errors, AreNamedAndAdvised) {
  EXPECT_STREQ(ek_error_name(EK_OK), "ok");
  EXPECT_STREQ(ek_error_name(EK_WRONG_DEVICE), "wrong-device");
  EXPECT_STREQ(ek_error_name(12345), "unknown");
  EXPECT_STREQ(ek_error_name(65537), "unknown");  // not that of 1
  for (ek_code code = EK_DENIED; code <= EK_OVER_RATE; ++code) {
    EXPECT_STRNE(ek_error_name(code), "unknown") << code;
    EXPECT_STRNE(ek_error_advice(code), "unknown error") << code;
  }
  EXPECT_STREQ(ek_error_name(EK_OVER_RATE + 1), "unknown");
}

}  // namespace
}  // namespace edgekeep::client
