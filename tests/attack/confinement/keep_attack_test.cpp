// A keep that was taken over: the same attacks in the keep's place, behind the same confinement. As the control each of
// them gets through without.
#include "attacked_spawner.h"

namespace edgekeep::attack {
namespace {

struct KeepCase {
  const char* attack;
  End end;
};

void PrintTo(const KeepCase& test, std::ostream* out) {
  *out << test.attack;
}

class KeepAttack : public AttackedSpawner<KeepCase> {};

TEST_P(KeepAttack, IsStopped) {
  const pid_t keep = spawner_->keep_pid();
  const Outcome outcome = Try(spawner_->keep(), OrderTo(GetParam().attack), [] { return 0; });
  EXPECT_EQ(outcome.answered, GetParam().end == kRefused);
  EXPECT_FALSE(outcome.answered && outcome.error == 0);
  if (outcome.answered) return;
  // The kernel ended it at the call. Its spawner would wait longer with each before it starts another.
  EXPECT_TRUE(WaitUntilGone(keep));
  delete std::exchange(spawner_, new LentSpawner());
}

TEST_P(KeepAttack, ControlGetsThroughWithout) {
  ExpectGetsThrough(OrderTo(GetParam().attack));
}

std::string NameOfKeepCase(const testing::TestParamInfo<KeepCase>& info) {
  return info.param.attack;
}

constexpr KeepCase kAttacks[] = {{"open_file", kRefused},
                                 {"open_own_program", kRefused},
                                 {"open_library", kRefused},
                                 {"create_file", kRefused},
                                 {"make_directory", kRefused},
                                 {"make_link", kKilled},
                                 {"mount", kKilled},
                                 {"mount_by_descriptor", kKilled},
                                 {"watch_files", kKilled},
                                 {"chroot", kKilled},
                                 {"leave_by_descriptor", kRefused},
                                 {"fill", kRefused},
                                 {"open_by_handle", kKilled},
                                 {"tcp", kKilled},
                                 {"udp", kKilled},
                                 {"unix_path", kKilled},
                                 {"unix_abstract", kKilled},
                                 {"listen", kKilled},
                                 {"raw_socket", kKilled},
                                 {"packet_socket", kKilled},
                                 {"hypervisor_socket", kKilled},
                                 {"netlink", kKilled},
                                 {"ptrace", kKilled},
                                 {"read_memory", kKilled},
                                 {"write_memory", kKilled},
                                 {"read_memory_file", kRefused},
                                 {"take_descriptor", kKilled},
                                 {"compare", kKilled},
                                 {"pin_another", kRefused},
                                 {"slow_another", kKilled},
                                 {"limit_another", kKilled},
                                 {"signal", kKilled},
                                 {"signal_everybody", kKilled},
                                 {"fork", kKilled},
                                 {"execute", kKilled},
                                 {"replace_program", kKilled},
                                 {"execute_memory_file", kKilled},
                                 {"new_namespaces", kKilled},
                                 {"new_namespaces_by_clone3", kRefused},
                                 {"enter_namespace", kKilled},
                                 {"become_root", kKilled},
                                 {"writable_code", kKilled},
                                 {"late_code", kKilled},
                                 {"late_code_by_key", kKilled},
                                 {"code_by_personality", kKilled},
                                 {"code_from_file", kRefused},
                                 {"code_from_memory_file", kKilled},
                                 {"write_own_code", kRefused},
                                 {"all_memory", kRefused},
                                 {"all_shared_memory", kKilled},
                                 {"raise_limits", kKilled},
                                 {"dumpable", kKilled},
                                 {"io_uring", kKilled},
                                 {"bpf", kKilled},
                                 {"keyring", kKilled},
                                 {"add_key", kKilled},
                                 {"perf", kKilled},
                                 {"userfault", kKilled},
                                 {"shared_memory", kKilled},
                                 {"semaphores", kKilled},
                                 {"message_queue", kKilled},
                                 {"name_host", kKilled},
                                 {"type_on_terminal", kRefused}};

INSTANTIATE_TEST_SUITE_P(Keep, KeepAttack, testing::ValuesIn(kAttacks), NameOfKeepCase);

}  // namespace
}  // namespace edgekeep::attack
