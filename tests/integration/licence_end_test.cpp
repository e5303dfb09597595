// A licence that ends while its product is in use, on a whole device.
#include <atomic>
#include <chrono>
#include <ctime>
#include <stdexcept>
#include <thread>

#include "bounded_device.h"
#include "eventually.h"

namespace edgekeep::test {
namespace {

class LicenceEndInUse : public BoundedDevice {
 protected:
  // "2030-01-31T12:00:00Z"
  static std::string Time(std::time_t time) {
    std::tm parts{};
    std::array<char, 32> text{};
    ::gmtime_r(&time, &parts);
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
  }

  // A session that has answered a call and whose licence ends soon: as soon as a machine allows that is this busy.
  app::Model OpenEnding(const std::string& policy, std::uint32_t max_calls = 1) {
    Seal(1, policy);
    const auto client = app::Client::Open({.root = device_.root().c_str()});
    for (std::time_t life = 4; life < 1000; life *= 2) {
      const Outcome installed = InstallUnder({"--expires", Time(std::time(nullptr) + life)});
      if (installed.exit_code != 0) continue;
      auto model = client->OpenModel(kProduct, {.ring_bytes = 4096, .max_calls = max_calls});
      if (model && CodeOf(*model) == EK_OK) return *std::move(model);
    }
    throw std::runtime_error("no session before its licence ended");
  }

  static constexpr std::chrono::minutes kPatience{1};
};

TEST_F(LicenceEndInUse, StopAnswersWithTheReasonAndWipesTheCell) {
  app::Model model = OpenEnding(R"({"licence_end": "stop"})", 4);
  // Calls follow each other without a pause, so that the end comes in the middle of one.
  std::atomic<ek_code> last = EK_OK;
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] {
      ek_code code = EK_OK;
      while ((code = CodeOf(model)) == EK_OK) {
      }
      if (code != EK_EXPIRED) last = code;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(last, ek_code{EK_OK}) << "something else than expired: " << ek_error_name(last);
  EXPECT_EQ(CodeOf(model), ek_code{EK_EXPIRED});
  EXPECT_TRUE(Eventually([&] { return OpenSessions() == 0; }, kPatience));
  EXPECT_TRUE(Eventually([&] { return NumCells() <= 1; }, kPatience)) << "only one that was started ahead";
  const auto client = app::Client::Open({.root = device_.root().c_str()});
  EXPECT_EQ(client->OpenModel(kProduct).error().code(), ek_code{EK_EXPIRED});
}

TEST_F(LicenceEndInUse, DegradeGoesOnMoreSlowly) {
  app::Model model = OpenEnding(R"({"licence_end": "degrade", "degraded_calls_per_minute": 30})");
  ASSERT_TRUE(Eventually([&] { return CodeOf(model) == EK_OVER_RATE; }, kPatience));
  const auto client = app::Client::Open({.root = device_.root().c_str()});
  EXPECT_EQ(client->OpenModel(kProduct).error().code(), ek_code{EK_EXPIRED});
  // Two seconds allow one more.
  EXPECT_TRUE(Eventually([&] { return CodeOf(model) == EK_OK; }, kPatience));
}

TEST_F(LicenceEndInUse, FinishGoesOnAndOpensNoneAnew) {
  app::Model model = OpenEnding("");
  const auto client = app::Client::Open({.root = device_.root().c_str()});
  ASSERT_TRUE(Eventually(
      [&] {
        const auto anew = client->OpenModel(kProduct);
        return !anew && anew.error().code() == EK_EXPIRED;
      },
      kPatience));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(CodeOf(model), ek_code{EK_OK});
}

}  // namespace
}  // namespace edgekeep::test
