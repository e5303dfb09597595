// Every attack, in a cell of the real spawner and, as the control, without confinement: there it must get through.
#include <gtest/gtest.h>

#include "outside.h"
#include "unconfined_cell.h"

namespace edgekeep::attack {
namespace {

using isolation::Purpose;

constexpr std::uint64_t kMemory = 16 << 20;

enum class End { kRefused, kKilled };

struct Case {
  const char* attack;
  Purpose purpose;
  End end;
};

void PrintTo(const Case& test, std::ostream* out) {
  *out << test.attack;
}

bool GotThrough(const Outcome& outcome) {
  // A program that could replace itself ends as /bin/true does.
  return outcome.answered ? outcome.error == 0
                          : WIFEXITED(outcome.wait_status) && WEXITSTATUS(outcome.wait_status) == 0;
}

class Confinement : public testing::TestWithParam<Case> {
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
    if (spawner_ == nullptr) GTEST_SKIP() << "SKIP confinement: needs root and the users edgekeep-*";
  }

  static Order OrderFor(const Case& test, bool confined) {
    Order order{.attack = test.attack, .knowledge = outside_->knowledge()};
    // The one place where an install cell may write.
    if (confined && test.purpose == Purpose::kInstall) order.knowledge.directory = "/scratch";
    return order;
  }

  static LentSpawner* spawner_;
  static Outside* outside_;
};

LentSpawner* Confinement::spawner_ = nullptr;
Outside* Confinement::outside_ = nullptr;

TEST_P(Confinement, Holds) {
  HostileCell cell = spawner_->Start(GetParam().purpose, kMemory);
  const Outcome outcome =
      Try(cell.control, OrderFor(GetParam(), true), [&] { return spawner_->WaitStatusOf(cell.number); });
  EXPECT_FALSE(GotThrough(outcome));
  EXPECT_EQ(outcome.answered, GetParam().end == End::kRefused) << "wait status " << outcome.wait_status;
  EXPECT_TRUE(outcome.answered || WTERMSIG(outcome.wait_status) == SIGSYS);
  if (outcome.answered) spawner_->Kill(cell.number);
  spawner_->WaitStatusOf(cell.number);
}

TEST_P(Confinement, ControlGetsThroughWithout) {
  const Outcome outcome = TryUnconfined(OrderFor(GetParam(), false));
  EXPECT_TRUE(GotThrough(outcome)) << "errno " << outcome.error << ", wait status " << outcome.wait_status;
}

std::string NameOf(const testing::TestParamInfo<Case>& info) {
  return std::string(info.param.attack) + (info.param.purpose == Purpose::kServe ? "_serving" : "_installing");
}

constexpr auto kServe = Purpose::kServe;
constexpr auto kInstall = Purpose::kInstall;

INSTANTIATE_TEST_SUITE_P(
    Files, Confinement,
    testing::Values(Case{"open_file", kServe, End::kRefused}, Case{"open_file", kInstall, End::kRefused},
                    Case{"open_own_program", kServe, End::kRefused}, Case{"open_own_program", kInstall, End::kRefused},
                    Case{"open_library", kInstall, End::kRefused}, Case{"create_file", kServe, End::kRefused},
                    Case{"make_directory", kServe, End::kKilled}, Case{"make_link", kInstall, End::kKilled},
                    Case{"mount", kServe, End::kKilled}, Case{"mount", kInstall, End::kKilled},
                    Case{"chroot", kInstall, End::kKilled}, Case{"leave_by_descriptor", kServe, End::kRefused},
                    Case{"leave_by_descriptor", kInstall, End::kRefused},
                    Case{"use_another_descriptor", kServe, End::kRefused}, Case{"fill", kServe, End::kRefused},
                    Case{"fill", kInstall, End::kRefused}, Case{"fill_with_files", kInstall, End::kRefused},
                    Case{"memory_file", kServe, End::kKilled}, Case{"open_by_handle", kServe, End::kKilled}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Network, Confinement,
    testing::Values(Case{"tcp", kServe, End::kKilled}, Case{"tcp", kInstall, End::kKilled},
                    Case{"udp", kServe, End::kKilled}, Case{"udp", kInstall, End::kKilled},
                    Case{"unix_path", kServe, End::kKilled}, Case{"unix_abstract", kServe, End::kKilled},
                    Case{"unix_path", kInstall, End::kKilled}, Case{"unix_abstract", kInstall, End::kKilled},
                    Case{"listen", kInstall, End::kKilled}, Case{"raw_socket", kServe, End::kKilled},
                    Case{"netlink", kServe, End::kKilled}, Case{"socket_pair", kServe, End::kKilled}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Processes, Confinement,
    testing::Values(Case{"ptrace", kServe, End::kKilled}, Case{"read_memory", kServe, End::kKilled},
                    Case{"read_memory", kInstall, End::kKilled}, Case{"write_memory", kServe, End::kKilled},
                    Case{"read_memory_file", kServe, End::kRefused}, Case{"read_memory_file", kInstall, End::kRefused},
                    Case{"take_descriptor", kServe, End::kKilled}, Case{"signal", kServe, End::kKilled},
                    Case{"signal_everybody", kInstall, End::kKilled}, Case{"fork", kServe, End::kKilled},
                    Case{"fork", kInstall, End::kKilled}, Case{"execute", kServe, End::kKilled},
                    Case{"replace_program", kServe, End::kKilled}, Case{"replace_program", kInstall, End::kKilled},
                    Case{"new_namespaces", kServe, End::kKilled}, Case{"enter_namespace", kServe, End::kKilled},
                    Case{"all_processes", kInstall, End::kKilled}, Case{"become_root", kServe, End::kKilled}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Memory, Confinement,
    testing::Values(Case{"writable_code", kServe, End::kKilled}, Case{"writable_code", kInstall, End::kKilled},
                    Case{"late_code", kServe, End::kKilled}, Case{"late_code_by_key", kServe, End::kKilled},
                    Case{"code_by_personality", kServe, End::kKilled}, Case{"all_memory", kServe, End::kRefused},
                    Case{"all_memory", kInstall, End::kRefused}, Case{"raise_limits", kServe, End::kKilled},
                    Case{"dumpable", kServe, End::kKilled}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(Kernel, Confinement,
                         testing::Values(Case{"io_uring", kServe, End::kKilled}, Case{"bpf", kServe, End::kKilled},
                                         Case{"keyring", kServe, End::kKilled}, Case{"add_key", kServe, End::kKilled},
                                         Case{"perf", kServe, End::kKilled}, Case{"userfault", kInstall, End::kKilled},
                                         Case{"shared_memory", kServe, End::kKilled},
                                         Case{"name_host", kServe, End::kKilled}),
                         NameOf);

}  // namespace
}  // namespace edgekeep::attack
