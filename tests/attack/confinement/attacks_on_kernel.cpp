#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attack_table.h"

namespace edgekeep::attack {
namespace {

int IoUring(const Knowledge&) {
  io_uring_params params{};
  return Outcome(syscall(SYS_io_uring_setup, 4, &params));
}

int Bpf(const Knowledge&) {
  bpf_attr attributes{};
  attributes.map_type = BPF_MAP_TYPE_ARRAY;
  attributes.key_size = 4;
  attributes.value_size = 4;
  attributes.max_entries = 1;
  return Outcome(syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes));
}

int Keyring(const Knowledge&) {
  return Outcome(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 1));
}

int AddKey(const Knowledge&) {
  return Outcome(syscall(SYS_add_key, "user", "attack", "x", 1, KEY_SPEC_PROCESS_KEYRING));
}

int PerfEvents(const Knowledge&) {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.config = PERF_COUNT_SW_CPU_CLOCK;
  return Outcome(syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0));
}

int UserFault(const Knowledge&) {
  return Outcome(syscall(SYS_userfaultfd, 0));
}

constexpr Named kAttacks[] = {{"io_uring", IoUring}, {"bpf", Bpf},         {"keyring", Keyring},
                              {"add_key", AddKey},   {"perf", PerfEvents}, {"userfault", UserFault}};

}  // namespace

Attack FindKernelAttack(std::string_view name) {
  return Find(kAttacks, name);
}

}  // namespace edgekeep::attack
