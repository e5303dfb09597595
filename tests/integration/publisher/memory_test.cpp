// Sealing takes the same memory for every size of input.
#include <cstdlib>

#include "workbench.h"

namespace edgekeep::test {
namespace {

constexpr long kMaxRssKib = 64 * 1024;

class SealingMemory : public Workbench {
 protected:
  void SetUp() override {
#ifdef EDGEKEEP_INSTRUMENTED
    GTEST_SKIP() << "SKIP SealingMemory: sanitizers take memory of their own";
#endif
  }

  Outcome Seal(std::uint64_t size) {
    std::vector<std::string> arguments = SealArguments(SparseModel(size), directory_ / "x.eks");
    arguments.insert(arguments.begin(), Binary("edgekeep-publisher"));
    const Outcome outcome = RunProgram(arguments, {.limit = std::chrono::minutes(20)});
    RecordProperty("peak_rss_kib", std::to_string(outcome.peak_rss_kib));
    return outcome;
  }
};

TEST_F(SealingMemory, IsAtMost64MibForOneGib) {
  const Outcome outcome = Seal(1ULL << 30);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_LE(outcome.peak_rss_kib, kMaxRssKib);
}

TEST_F(SealingMemory, IsAtMost64MibForEightGib) {
  if (std::getenv("EDGEKEEP_LONG") == nullptr) {
    GTEST_SKIP() << "SKIP IsAtMost64MibForEightGib: takes minutes and 8 GiB of disk; script/test --long runs it";
  }
  const Outcome outcome = Seal(8ULL << 30);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_LE(outcome.peak_rss_kib, kMaxRssKib);
}

}  // namespace
}  // namespace edgekeep::test
