// Which attacks each layer stops when it stands alone. The control is the same program with no layer at all.
#include <gtest/gtest.h>

#include <memory>

#include "outside.h"
#include "unconfined_cell.h"

namespace edgekeep::attack {
namespace {

struct Case {
  const char* layer;
  const char* attack;
};

void PrintTo(const Case& test, std::ostream* out) {
  *out << test.layer << " against " << test.attack;
}

bool Succeeded(const Outcome& outcome) {
  return outcome.answered ? outcome.error == 0
                          : WIFEXITED(outcome.wait_status) && WEXITSTATUS(outcome.wait_status) == 0;
}

class Layer : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (!CanRunSpawner()) GTEST_SKIP() << "SKIP layers: needs root and the users edgekeep-*";
  }

  Outcome Attack(const char* layer) const {
    return TryUnconfined({.attack = GetParam().attack, .knowledge = outside_.knowledge()}, layer);
  }

 private:
  Outside outside_;
};

TEST_P(Layer, StopsItAlone) {
  const Outcome control = Attack("");
  if (!Succeeded(control) && (GetParam().attack == std::string_view("x32") || control.error == ENOSYS)) {
    GTEST_SKIP() << "SKIP " << GetParam().attack << ": this kernel has no such call, errno " << control.error;
  }
  ASSERT_TRUE(Succeeded(control)) << "control: errno " << control.error << ", wait status " << control.wait_status;
  const Outcome stopped = Attack(GetParam().layer);
  EXPECT_FALSE(Succeeded(stopped));
  EXPECT_TRUE(stopped.answered || WIFSIGNALED(stopped.wait_status)) << "wait status " << stopped.wait_status;
}

std::string NameOf(const testing::TestParamInfo<Case>& info) {
  return std::string(info.param.layer) + "_" + info.param.attack;
}

INSTANTIATE_TEST_SUITE_P(User, Layer,
                         testing::Values(Case{"user", "ptrace"}, Case{"user", "read_memory"},
                                         Case{"user", "write_memory"}, Case{"user", "read_memory_file"},
                                         Case{"user", "take_descriptor"}, Case{"user", "signal"}, Case{"user", "mount"},
                                         Case{"user", "chroot"}, Case{"user", "become_root"},
                                         Case{"user", "open_by_handle"}, Case{"user", "raw_socket"},
                                         Case{"user", "name_host"}, Case{"user", "enter_namespace"}),
                         NameOf);

INSTANTIATE_TEST_SUITE_P(Namespaces, Layer,
                         testing::Values(Case{"namespaces", "tcp"}, Case{"namespaces", "udp"},
                                         Case{"namespaces", "unix_abstract"}, Case{"namespaces", "ptrace"},
                                         Case{"namespaces", "read_memory"}, Case{"namespaces", "write_memory"},
                                         Case{"namespaces", "signal"}, Case{"namespaces", "take_descriptor"},
                                         Case{"namespaces", "enter_namespace"}),
                         NameOf);

INSTANTIATE_TEST_SUITE_P(PrivateRoot, Layer,
                         testing::Values(Case{"private_root", "open_file"}, Case{"private_root", "create_file"},
                                         Case{"private_root", "make_directory"}, Case{"private_root", "make_link"},
                                         Case{"private_root", "unix_path"}, Case{"private_root", "fill"},
                                         Case{"private_root", "execute"}, Case{"private_root", "replace_program"},
                                         Case{"private_root", "read_memory_file"}),
                         NameOf);

INSTANTIATE_TEST_SUITE_P(Landlock, Layer,
                         testing::Values(Case{"landlock", "open_file"}, Case{"landlock", "open_own_program"},
                                         Case{"landlock", "open_library"}, Case{"landlock", "create_file"},
                                         Case{"landlock", "make_directory"}, Case{"landlock", "make_link"},
                                         Case{"landlock", "fill"}, Case{"landlock", "leave_by_descriptor"},
                                         Case{"landlock", "mount"}, Case{"landlock", "execute"},
                                         Case{"landlock", "replace_program"}, Case{"landlock", "ptrace"},
                                         Case{"landlock", "read_memory"}, Case{"landlock", "write_memory"},
                                         Case{"landlock", "read_memory_file"}, Case{"landlock", "take_descriptor"},
                                         Case{"landlock", "tcp"}, Case{"landlock", "unix_abstract"},
                                         Case{"landlock", "signal"}),
                         NameOf);

INSTANTIATE_TEST_SUITE_P(SeccompOnProcesses, Layer,
                         testing::Values(Case{"seccomp", "ptrace"}, Case{"seccomp", "read_memory"},
                                         Case{"seccomp", "write_memory"}, Case{"seccomp", "take_descriptor"},
                                         Case{"seccomp", "signal"}, Case{"seccomp", "fork"}, Case{"seccomp", "execute"},
                                         Case{"seccomp", "replace_program"}, Case{"seccomp", "new_namespaces"},
                                         Case{"seccomp", "enter_namespace"}, Case{"seccomp", "become_root"},
                                         Case{"seccomp", "all_processes"}, Case{"seccomp", "raise_limits"},
                                         Case{"seccomp", "dumpable"}),
                         NameOf);

INSTANTIATE_TEST_SUITE_P(SeccompOnKernel, Layer,
                         testing::Values(Case{"seccomp", "io_uring"}, Case{"seccomp", "bpf"},
                                         Case{"seccomp", "keyring"}, Case{"seccomp", "add_key"},
                                         Case{"seccomp", "perf"}, Case{"seccomp", "userfault"},
                                         Case{"seccomp", "shared_memory"}, Case{"seccomp", "name_host"},
                                         Case{"seccomp", "writable_code"}, Case{"seccomp", "late_code"},
                                         Case{"seccomp", "late_code_by_key"}, Case{"seccomp", "code_by_personality"},
                                         Case{"seccomp", "memory_file"}, Case{"seccomp", "mount"},
                                         Case{"seccomp", "chroot"}, Case{"seccomp", "open_by_handle"}),
                         NameOf);

INSTANTIATE_TEST_SUITE_P(SeccompOnSocketsAndFiles, Layer,
                         testing::Values(Case{"seccomp", "tcp"}, Case{"seccomp", "udp"}, Case{"seccomp", "unix_path"},
                                         Case{"seccomp", "unix_abstract"}, Case{"seccomp", "listen"},
                                         Case{"seccomp", "raw_socket"}, Case{"seccomp", "netlink"},
                                         Case{"seccomp", "socket_pair"}, Case{"seccomp", "open_file"},
                                         Case{"seccomp", "create_file"}, Case{"seccomp", "make_directory"}),
                         NameOf);

#if defined(__x86_64__)
INSTANTIATE_TEST_SUITE_P(SeccompOnOtherAbis, Layer, testing::Values(Case{"seccomp", "x32"}, Case{"seccomp", "bits32"}),
                         NameOf);
#endif

// Somebody who took over the spawner; what root still can, THREAT_MODEL.md says.
INSTANTIATE_TEST_SUITE_P(
    Spawner, Layer,
    testing::Values(Case{"spawner", "tcp"}, Case{"spawner", "udp"}, Case{"spawner", "unix_abstract"},
                    Case{"spawner", "listen"}, Case{"spawner", "raw_socket"}, Case{"spawner", "netlink"},
                    Case{"spawner", "ptrace"}, Case{"spawner", "read_memory"}, Case{"spawner", "write_memory"},
                    Case{"spawner", "read_memory_file"}, Case{"spawner", "take_descriptor"}, Case{"spawner", "signal"},
                    Case{"spawner", "enter_namespace"}, Case{"spawner", "io_uring"}, Case{"spawner", "bpf"},
                    Case{"spawner", "keyring"}, Case{"spawner", "add_key"}, Case{"spawner", "perf"},
                    Case{"spawner", "userfault"}, Case{"spawner", "shared_memory"}, Case{"spawner", "name_host"},
                    Case{"spawner", "load_module"}, Case{"spawner", "reboot"}, Case{"spawner", "swap_off"},
                    Case{"spawner", "kernel_log"}, Case{"spawner", "make_device"}, Case{"spawner", "chroot"},
                    Case{"spawner", "open_by_handle"}, Case{"spawner", "code_by_personality"},
                    Case{"spawner", "late_code_by_key"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(Limits, Layer, testing::Values(Case{"limits", "all_memory"}, Case{"limits", "fill"}), NameOf);

INSTANTIATE_TEST_SUITE_P(Descriptors, Layer,
                         testing::Values(Case{"descriptors", "use_another_descriptor"},
                                         Case{"descriptors", "leave_by_descriptor"}),
                         NameOf);

}  // namespace
}  // namespace edgekeep::attack
