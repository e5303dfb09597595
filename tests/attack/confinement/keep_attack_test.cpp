// A keep that was taken over: the same attacks in the keep's place, behind the same confinement. As the control each of
// them gets through without.
#include <gtest/gtest.h>

#include <memory>

#include "outside.h"
#include "unconfined_cell.h"

namespace edgekeep::attack {
namespace {

enum class End { kRefused, kKilled };

struct Case {
  const char* attack;
  End end;
};

void PrintTo(const Case& test, std::ostream* out) {
  *out << test.attack;
}

class KeepAttack : public testing::TestWithParam<Case> {
 protected:
  static void SetUpTestSuite() {
    if (!CanRunSpawner()) return;
    spawner_ = new LentSpawner();
    outside_ = new Outside();
  }

  static void TearDownTestSuite() {
    delete std::exchange(outside_, nullptr);
    delete std::exchange(spawner_, nullptr);
  }

  void SetUp() override {
    if (spawner_ == nullptr) GTEST_SKIP() << "SKIP attacks on the keep: needs root and the users edgekeep-*";
  }

  static Order OrderToTry() { return {.attack = GetParam().attack, .knowledge = outside_->knowledge()}; }

  static LentSpawner* spawner_;
  static Outside* outside_;
};

LentSpawner* KeepAttack::spawner_ = nullptr;
Outside* KeepAttack::outside_ = nullptr;

TEST_P(KeepAttack, IsStopped) {
  const pid_t keep = spawner_->keep_pid();
  const Outcome outcome = Try(spawner_->keep(), OrderToTry(), [] { return 0; });
  EXPECT_EQ(outcome.answered, GetParam().end == End::kRefused);
  EXPECT_FALSE(outcome.answered && outcome.error == 0);
  if (outcome.answered) return;
  // The kernel ended it at the call. Its spawner would wait longer with each before it starts another.
  EXPECT_TRUE(WaitUntilGone(keep));
  delete std::exchange(spawner_, new LentSpawner());
}

TEST_P(KeepAttack, ControlGetsThroughWithout) {
  const Outcome outcome = TryUnconfined(OrderToTry());
  EXPECT_TRUE(outcome.answered ? outcome.error == 0 : outcome.wait_status == 0) << outcome.error;
}

std::string NameOf(const testing::TestParamInfo<Case>& info) {
  return info.param.attack;
}

constexpr auto kRefused = End::kRefused;
constexpr auto kKilled = End::kKilled;

INSTANTIATE_TEST_SUITE_P(Files, KeepAttack,
                         testing::Values(Case{"open_file", kRefused}, Case{"open_own_program", kRefused},
                                         Case{"open_library", kRefused}, Case{"create_file", kRefused},
                                         Case{"make_directory", kRefused}, Case{"make_link", kKilled},
                                         Case{"mount", kKilled}, Case{"chroot", kKilled},
                                         Case{"leave_by_descriptor", kRefused}, Case{"fill", kRefused},
                                         Case{"open_by_handle", kKilled}),
                         NameOf);

INSTANTIATE_TEST_SUITE_P(Network, KeepAttack,
                         testing::Values(Case{"tcp", kKilled}, Case{"udp", kKilled}, Case{"unix_path", kKilled},
                                         Case{"unix_abstract", kKilled}, Case{"listen", kKilled},
                                         Case{"raw_socket", kKilled}, Case{"netlink", kKilled}),
                         NameOf);

INSTANTIATE_TEST_SUITE_P(Processes, KeepAttack,
                         testing::Values(Case{"ptrace", kKilled}, Case{"read_memory", kKilled},
                                         Case{"write_memory", kKilled}, Case{"read_memory_file", kRefused},
                                         Case{"take_descriptor", kKilled}, Case{"signal", kKilled},
                                         Case{"signal_everybody", kKilled}, Case{"fork", kKilled},
                                         Case{"execute", kKilled}, Case{"replace_program", kKilled},
                                         Case{"new_namespaces", kKilled}, Case{"enter_namespace", kKilled},
                                         Case{"become_root", kKilled}),
                         NameOf);

INSTANTIATE_TEST_SUITE_P(Memory, KeepAttack,
                         testing::Values(Case{"writable_code", kKilled}, Case{"late_code", kKilled},
                                         Case{"late_code_by_key", kKilled}, Case{"code_by_personality", kKilled},
                                         Case{"all_memory", kRefused}, Case{"raise_limits", kKilled},
                                         Case{"dumpable", kKilled}),
                         NameOf);

INSTANTIATE_TEST_SUITE_P(Kernel, KeepAttack,
                         testing::Values(Case{"io_uring", kKilled}, Case{"bpf", kKilled}, Case{"keyring", kKilled},
                                         Case{"add_key", kKilled}, Case{"perf", kKilled}, Case{"userfault", kKilled},
                                         Case{"shared_memory", kKilled}, Case{"name_host", kKilled}),
                         NameOf);

}  // namespace
}  // namespace edgekeep::attack
