#include <fcntl.h>
#include <linux/kcmp.h>
#include <linux/sched.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bit>
#include <csignal>

#include "attack_table.h"

namespace edgekeep::attack {
namespace {

int Trace(const Knowledge& knowledge) {
  const long traced = ptrace(PTRACE_SEIZE, knowledge.victim_pid, nullptr, nullptr);
  const int outcome = Outcome(traced);
  if (traced == 0) ptrace(PTRACE_DETACH, knowledge.victim_pid, nullptr, nullptr);
  return outcome;
}

int ReadMemory(const Knowledge& knowledge) {
  char stolen[16];
  iovec here{.iov_base = stolen, .iov_len = sizeof stolen};
  iovec there{.iov_base = std::bit_cast<void*>(knowledge.victim_address), .iov_len = sizeof stolen};
  return Outcome(process_vm_readv(knowledge.victim_pid, &here, 1, &there, 1, 0));
}

// Somebody else's memory, changed: a zero over a zero, at the end of the secret.
int WriteMemory(const Knowledge& knowledge) {
  char zero = 0;
  iovec here{.iov_base = &zero, .iov_len = 1};
  iovec there{.iov_base = std::bit_cast<void*>(knowledge.victim_address + 15), .iov_len = 1};
  return Outcome(process_vm_writev(knowledge.victim_pid, &here, 1, &there, 1, 0));
}

int ReadMemoryFile(const Knowledge& knowledge) {
  const int file = open(("/proc/" + std::to_string(knowledge.victim_pid) + "/mem").c_str(), O_RDONLY);
  if (file < 0) return errno;
  char stolen[16];
  return Outcome(pread(file, stolen, sizeof stolen, static_cast<off_t>(knowledge.victim_address)));
}

int TakeDescriptor(const Knowledge& knowledge) {
  const long victim = syscall(SYS_pidfd_open, knowledge.victim_pid, 0);
  if (victim < 0) return errno;
  return Outcome(syscall(SYS_pidfd_getfd, victim, 0, 0));
}

// Whether two processes share memory tells where it lies.
int Compare(const Knowledge& knowledge) {
  return Outcome(syscall(SYS_kcmp, getpid(), knowledge.victim_pid, KCMP_VM, 0, 0));
}

// Onto the processor it may run on already, so that the control changes nothing.
int PinAnother(const Knowledge& knowledge) {
  cpu_set_t processors;
  if (sched_getaffinity(0, sizeof processors, &processors) != 0) return errno;
  return Outcome(sched_setaffinity(knowledge.victim_pid, sizeof processors, &processors));
}

int SlowAnother(const Knowledge& knowledge) {
  return Outcome(setpriority(PRIO_PROCESS, static_cast<id_t>(knowledge.victim_pid), 0));
}

// Too low a limit ends a process as well as a signal does; here it is the one it has.
int LimitAnother(const Knowledge& knowledge) {
  rlimit limit{};
  if (prlimit(knowledge.victim_pid, RLIMIT_NOFILE, nullptr, &limit) != 0) return errno;
  return Outcome(prlimit(knowledge.victim_pid, RLIMIT_NOFILE, &limit, nullptr));
}

int Signal(const Knowledge& knowledge) {
  // One that nobody notices; SIGCONT would be everybody's to send within a session.
  return Outcome(kill(knowledge.victim_pid, SIGURG));
}

// In the cell's own process namespace the victim's number would mean somebody else, or nobody.
int SignalEverybody(const Knowledge&) {
  return Outcome(kill(-1, 0));
}

int Fork(const Knowledge&) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  if (child > 0) waitpid(child, nullptr, 0);
  return Outcome(child);
}

int Execute(const Knowledge&) {
  char name[] = "true";
  char* const arguments[] = {name, nullptr};
  pid_t child = 0;
  if (const int failed = posix_spawn(&child, "/bin/true", nullptr, nullptr, arguments, nullptr); failed != 0) {
    return failed;
  }
  int status = 0;
  return waitpid(child, &status, 0) == child && status == 0 ? 0 : EPERM;
}

int ReplaceOwnProgram(const Knowledge&) {
  char name[] = "true";
  char* const arguments[] = {name, nullptr};
  execve("/bin/true", arguments, nullptr);
  return errno;
}

// A program that lies in no file system.
int ExecuteMemoryFile(const Knowledge&) {
  const int program = open("/bin/true", O_RDONLY);
  const int memory = memfd_create("attack", 0);
  char block[4096];
  if (memory < 0) return errno;
  for (ssize_t size = 0; (size = read(program, block, sizeof block)) > 0;) {
    if (write(memory, block, static_cast<std::size_t>(size)) != size) return errno;
  }
  char name[] = "true";
  char* const arguments[] = {name, nullptr};
  syscall(SYS_execveat, memory, "", arguments, arguments + 1, AT_EMPTY_PATH);
  return errno;
}

int NewNamespaces(const Knowledge&) {
  return Outcome(unshare(CLONE_NEWUSER | CLONE_NEWNET));
}

// By the call whose flags no filter sees.
int NewNamespacesByClone3(const Knowledge&) {
  clone_args arguments{};
  arguments.flags = CLONE_NEWUSER | CLONE_NEWNET;
  arguments.exit_signal = SIGCHLD;
  const long child = syscall(SYS_clone3, &arguments, sizeof arguments);
  if (child == 0) _exit(0);
  if (child > 0) waitpid(static_cast<pid_t>(child), nullptr, 0);
  return Outcome(child);
}

int EnterNamespace(const Knowledge& knowledge) {
  const long victim = syscall(SYS_pidfd_open, knowledge.victim_pid, 0);
  if (victim < 0) return errno;
  return Outcome(setns(static_cast<int>(victim), CLONE_NEWNET));
}

// As many processes as there is room for, each waiting; 0 when 300 were.
int TakeAllProcesses(const Knowledge&) {
  constexpr int kMany = 300;
  int ends[2];
  if (pipe(ends) != 0) return errno;
  int outcome = 0;
  for (int i = 0; i < kMany && outcome == 0; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      char byte = 0;
      close(ends[1]);
      _exit(read(ends[0], &byte, 1) < 0);
    }
    outcome = Outcome(child);
  }
  // They end when this end does.
  close(ends[1]);
  while (wait(nullptr) > 0) {
  }
  return outcome;
}

int BecomeRoot(const Knowledge&) {
  return Outcome(setuid(0));
}

constexpr Named kOnProcesses[] = {{"ptrace", Trace},
                                  {"read_memory", ReadMemory},
                                  {"write_memory", WriteMemory},
                                  {"read_memory_file", ReadMemoryFile},
                                  {"take_descriptor", TakeDescriptor},
                                  {"compare", Compare},
                                  {"pin_another", PinAnother},
                                  {"slow_another", SlowAnother},
                                  {"limit_another", LimitAnother},
                                  {"signal", Signal},
                                  {"signal_everybody", SignalEverybody},
                                  {"fork", Fork},
                                  {"execute", Execute},
                                  {"replace_program", ReplaceOwnProgram},
                                  {"execute_memory_file", ExecuteMemoryFile},
                                  {"new_namespaces", NewNamespaces},
                                  {"new_namespaces_by_clone3", NewNamespacesByClone3},
                                  {"enter_namespace", EnterNamespace},
                                  {"all_processes", TakeAllProcesses},
                                  {"become_root", BecomeRoot}};

}  // namespace

Attack FindProcessAttack(std::string_view name) {
  return Find(kOnProcesses, name);
}

}  // namespace edgekeep::attack
