// Which attacks each layer stops when it stands alone. The control is the same program with no layer at all.
#include <gtest/gtest.h>

#include "outside.h"
#include "unconfined_cell.h"

namespace edgekeep::attack {
namespace {

struct LayerCase {
  const char* layer;
  const char* attack;
};

void PrintTo(const LayerCase& test, std::ostream* out) {
  *out << test.layer << " against " << test.attack;
}

class Layer : public testing::TestWithParam<LayerCase> {
 protected:
  void SetUp() override {
    if (!CanRunSpawner()) GTEST_SKIP() << "SKIP layers: needs root and the users edgekeep-*";
  }

  Order TheOrder() const { return {.attack = GetParam().attack, .knowledge = outside_.knowledge()}; }

 private:
  Outside outside_;
};

TEST_P(Layer, StopsItAlone) {
  const Outcome control = TryUnconfined(TheOrder());
  if (IsUnknownToThisKernel(TheOrder(), control)) {
    GTEST_SKIP() << "SKIP " << GetParam().attack << ": this kernel has no such call, errno " << control.error;
  }
  ASSERT_TRUE(GotThrough(control)) << "control: errno " << control.error << ", wait status " << control.wait_status;
  const Outcome stopped = TryUnconfined(TheOrder(), GetParam().layer);
  EXPECT_FALSE(GotThrough(stopped));
  EXPECT_TRUE(stopped.answered || WIFSIGNALED(stopped.wait_status)) << "wait status " << stopped.wait_status;
}

std::string NameOfLayerCase(const testing::TestParamInfo<LayerCase>& info) {
  return std::string(info.param.layer) + "_" + info.param.attack;
}

constexpr const char* kByUser[] = {
    "ptrace",      "read_memory",     "write_memory",  "read_memory_file", "take_descriptor", "compare",
    "pin_another", "slow_another",    "limit_another", "signal",           "mount",           "mount_by_descriptor",
    "watch_files", "chroot",          "become_root",   "open_by_handle",   "raw_socket",      "packet_socket",
    "name_host",   "enter_namespace", "set_clock",     "replace_kernel"};

constexpr const char* kByNamespaces[] = {"tcp",          "udp",           "unix_abstract",   "ptrace",  "read_memory",
                                         "write_memory", "signal",        "take_descriptor", "compare", "pin_another",
                                         "slow_another", "limit_another", "enter_namespace"};

constexpr const char* kByPrivateRoot[] = {
    "open_file", "create_file",     "make_directory",   "make_link",        "unix_path",     "fill",
    "execute",   "replace_program", "read_memory_file", "type_on_terminal", "code_from_file"};

constexpr const char* kByLandlock[] = {"open_file",
                                       "open_own_program",
                                       "open_library",
                                       "create_file",
                                       "make_directory",
                                       "make_link",
                                       "fill",
                                       "leave_by_descriptor",
                                       "mount",
                                       "execute",
                                       "replace_program",
                                       "ptrace",
                                       "read_memory",
                                       "write_memory",
                                       "read_memory_file",
                                       "take_descriptor",
                                       "tcp",
                                       "unix_abstract",
                                       "signal",
                                       "code_from_file",
                                       "write_own_code",
                                       "type_on_terminal"};

constexpr const char* kBySeccomp[] = {
    "ptrace",
    "read_memory",
    "write_memory",
    "take_descriptor",
    "compare",
    "slow_another",
    "limit_another",
    "signal",
    "fork",
    "execute",
    "replace_program",
    "execute_memory_file",
    "new_namespaces",
    "new_namespaces_by_clone3",
    "enter_namespace",
    "become_root",
    "all_processes",
    "raise_limits",
    "dumpable",
    // kernel
    "io_uring",
    "bpf",
    "keyring",
    "add_key",
    "perf",
    "userfault",
    "shared_memory",
    "semaphores",
    "message_queue",
    "name_host",
    "type_on_terminal",
    "set_clock",
    "replace_kernel",
    // memory
    "writable_code",
    "all_shared_memory",
    "late_code",
    "late_code_by_key",
    "code_by_personality",
    "code_from_file",
    "code_from_memory_file",
    "write_own_code",
    // files
    "memory_file",
    "mount",
    "mount_by_descriptor",
    "watch_files",
    "chroot",
    "open_by_handle",
    "open_file",
    "create_file",
    "make_directory",
    // sockets
    "tcp",
    "udp",
    "unix_path",
    "unix_abstract",
    "listen",
    "raw_socket",
    "packet_socket",
    "hypervisor_socket",
    "netlink",
    "socket_pair",
#if defined(__x86_64__)
    "ports",
    "x32",
    "bits32",
#endif
};

// Somebody who took over the spawner; what root still can, THREAT_MODEL.md says.
constexpr const char* kBySpawner[] = {
    "tcp",
    "udp",
    "unix_abstract",
    "listen",
    "raw_socket",
    "packet_socket",
    "hypervisor_socket",
    "netlink",
    // processes
    "ptrace",
    "read_memory",
    "write_memory",
    "read_memory_file",
    "take_descriptor",
    "compare",
    "slow_another",
    "limit_another",
    "signal",
    "enter_namespace",
    "new_namespaces_by_clone3",
    // kernel
    "io_uring",
    "bpf",
    "keyring",
    "add_key",
    "perf",
    "userfault",
    "shared_memory",
    "semaphores",
    "message_queue",
    "name_host",
    "type_on_terminal",
    "set_clock",
    "load_module",
    "replace_kernel",
    "reboot",
    "swap_off",
    "kernel_log",
    // files
    "make_device",
    "chroot",
    "open_by_handle",
    "mount_by_descriptor",
    "watch_files",
    // memory
    "code_by_personality",
    "late_code_by_key",
#if defined(__x86_64__)
    "ports",
#endif
};

constexpr const char* kByLimits[] = {"all_memory", "fill"};

constexpr const char* kByDescriptors[] = {"use_another_descriptor", "leave_by_descriptor"};

struct Stopped {
  const char* layer;
  std::span<const char* const> attacks;
};

constexpr Stopped kStopped[] = {
    {"user", kByUser},         {"namespaces", kByNamespaces},  {"private_root", kByPrivateRoot},
    {"landlock", kByLandlock}, {"seccomp", kBySeccomp},        {"spawner", kBySpawner},
    {"limits", kByLimits},     {"descriptors", kByDescriptors}};

std::vector<LayerCase> AllCases() {
  std::vector<LayerCase> cases;
  for (const Stopped& stopped : kStopped) {
    for (const char* attack : stopped.attacks) cases.push_back({stopped.layer, attack});
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(All, Layer, testing::ValuesIn(AllCases()), NameOfLayerCase);

}  // namespace
}  // namespace edgekeep::attack
