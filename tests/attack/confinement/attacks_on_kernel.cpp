#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <mqueue.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cstdlib>

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

int SharedMemory(const Knowledge&) {
  const int segment = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
  const int outcome = Outcome(segment);
  if (segment >= 0) shmctl(segment, IPC_RMID, nullptr);
  return outcome;
}

int Semaphores(const Knowledge&) {
  const int set = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
  const int outcome = Outcome(set);
  if (set >= 0) semctl(set, 0, IPC_RMID);
  return outcome;
}

int MessageQueue(const Knowledge&) {
  constexpr const char* kName = "/edgekeep-attack";
  const int outcome = Outcome(mq_open(kName, O_CREAT | O_RDWR, 0600, nullptr));
  mq_unlink(kName);
  return outcome;
}

// Input that a shell would take for the operator's: here to a terminal of the attacker's own.
int TypeOnTerminal(const Knowledge&) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0) return errno;
  char typed = 'x';
  return Outcome(ioctl(terminal, TIOCSTI, &typed));
}

// With the name it has: unconfined it changes nothing.
int NameHost(const Knowledge&) {
  char name[64] = "unknown";
  gethostname(name, sizeof name);
  return Outcome(sethostname(name, std::string_view(name).size()));
}

// Asks wrongly on purpose: whoever is allowed to is told what is wrong.
int AskWrongly(long result) {
  const bool allowed = result < 0 && (errno == EINVAL || errno == EFAULT || errno == ENOEXEC || errno == ENOENT);
  return allowed ? 0 : Outcome(result);
}

int LoadModule(const Knowledge&) {
  return AskWrongly(syscall(SYS_init_module, nullptr, 0, ""));
}

int Reboot(const Knowledge&) {
  return AskWrongly(syscall(SYS_reboot, 0, 0, 0, nullptr));
}

int SwitchSwapOff(const Knowledge&) {
  return AskWrongly(syscall(SYS_swapoff, "/nowhere"));
}

int ReadKernelLog(const Knowledge&) {
  constexpr int kReadAll = 3;
  char text[64];
  return Outcome(syscall(SYS_syslog, kReadAll, text, sizeof text));
}

int SetClock(const Knowledge&) {
  // A property of it, to what it is: the time itself stays.
  timex clock{};
  if (adjtimex(&clock) < 0) return errno;
  clock.modes = ADJ_ESTERROR;
  return Outcome(adjtimex(&clock));
}

int ReplaceKernel(const Knowledge&) {
  constexpr unsigned long kUnknownFlag = 1UL << 30;
  return AskWrongly(syscall(SYS_kexec_load, 0, 0, nullptr, kUnknownFlag));
}

int MakeDevice(const Knowledge& knowledge) {
  const std::string path = knowledge.directory + "/device";
  constexpr dev_t kDisk = 0x800;
  const int outcome = Outcome(mknod(path.c_str(), S_IFBLK | 0600, kDisk));
  unlink(path.c_str());
  return outcome;
}

#if defined(__x86_64__)
int UsePorts(const Knowledge&) {
  return Outcome(syscall(SYS_ioperm, 0x80, 1, 0));
}

// The same system calls have other numbers in the ABIs below; a filter that knows one of them only lets them by.
int CallByX32(const Knowledge&) {
  constexpr long kX32Bit = 0x40000000;
  return Outcome(syscall(kX32Bit | SYS_getppid));
}

int CallBy32Bits(const Knowledge&) {
  constexpr long kGetParent = 64;
  long result = kGetParent;
  asm volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
  return result < 0 ? static_cast<int>(-result) : 0;
}
#endif

constexpr Named kOnKernel[] = {
    {"io_uring", IoUring},
    {"bpf", Bpf},
    {"keyring", Keyring},
    {"add_key", AddKey},
    {"perf", PerfEvents},
    {"userfault", UserFault},
    {"shared_memory", SharedMemory},
    {"semaphores", Semaphores},
    {"message_queue", MessageQueue},
    {"type_on_terminal", TypeOnTerminal},
    {"set_clock", SetClock},
    {"replace_kernel", ReplaceKernel},
    {"name_host", NameHost},
    {"load_module", LoadModule},
    {"reboot", Reboot},
    {"swap_off", SwitchSwapOff},
    {"kernel_log", ReadKernelLog},
    {"make_device", MakeDevice},
#if defined(__x86_64__)
    {"ports", UsePorts},
    {"x32", CallByX32},
    {"bits32", CallBy32Bits},
#endif
};

}  // namespace

Attack FindKernelAttack(std::string_view name) {
  return Find(kOnKernel, name);
}

}  // namespace edgekeep::attack
