// A seccomp filter under construction.
#pragma once
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include <cerrno>
#include <cstdint>
#include <initializer_list>
#include <span>

#include "edgekeep/base/result.h"

namespace edgekeep::isolation {

class Filter {
 public:
  // `otherwise` happens to calls that no rule names.
  explicit Filter(std::uint32_t otherwise) : context_(seccomp_init(otherwise)), good_(context_ != nullptr) {
    Attribute(SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    Attribute(SCMP_FLTATR_CTL_TSYNC, 1);
    constexpr std::uint32_t kBinaryTree = 2;
    Attribute(SCMP_FLTATR_CTL_OPTIMIZE, kBinaryTree);
  }

  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  ~Filter() { seccomp_release(context_); }

  void Allow(std::span<const int> calls) {
    for (const int call : calls) Rule(SCMP_ACT_ALLOW, call, {});
  }

  void AllowIf(int call, std::initializer_list<scmp_arg_cmp> conditions) {
    Rule(SCMP_ACT_ALLOW, call, {conditions.begin(), conditions.size()});
  }

  void Refuse(std::span<const int> calls, std::uint16_t error) {
    for (const int call : calls) Rule(SCMP_ACT_ERRNO(error), call, {});
  }

  Status Load() {
    if (!good_ || seccomp_load(context_) != 0) return Error(ErrorCode::kIo, "seccomp");
    return {};
  }

 private:
  void Attribute(scmp_filter_attr attribute, std::uint32_t value) {
    good_ = good_ && seccomp_attr_set(context_, attribute, value) == 0;
  }

  void Rule(std::uint32_t action, int call, std::span<const scmp_arg_cmp> conditions) {
    good_ = good_ && seccomp_rule_add_array(context_, action, call, static_cast<unsigned>(conditions.size()),
                                            conditions.data()) == 0;
  }

  scmp_filter_ctx context_;
  bool good_;
};

// Conditions on one argument of a call.
constexpr scmp_arg_cmp Is(unsigned argument, std::uint64_t value) {
  return {.arg = argument, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
}

constexpr scmp_arg_cmp Without(unsigned argument, std::uint64_t bits) {
  return {.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = bits, .datum_b = 0};
}

// Memory that is shared and behind no file counts as nobody's: of the limits only the one on addresses sees it.
inline void AllowMemoryWithoutCode(Filter& filter) {
  constexpr scmp_arg_cmp kPrivate{.arg = 3, .op = SCMP_CMP_MASKED_EQ, .datum_a = MAP_TYPE, .datum_b = MAP_PRIVATE};
  filter.AllowIf(SCMP_SYS(mmap), {Without(2, PROT_EXEC), kPrivate});
  filter.AllowIf(SCMP_SYS(mmap), {Without(2, PROT_EXEC), Without(3, MAP_ANONYMOUS)});
  filter.AllowIf(SCMP_SYS(mprotect), {Without(2, PROT_EXEC)});
}

// As the dynamic loader maps a library: what is code is never writable at once, and comes from a file.
inline void AllowCodeFromFiles(Filter& filter) {
  constexpr scmp_arg_cmp kCode{
      .arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_WRITE | PROT_EXEC, .datum_b = PROT_EXEC};
  filter.AllowIf(SCMP_SYS(mmap), {kCode, Without(3, MAP_ANONYMOUS)});
}

// Exactly what the C library asks for when it starts a thread: a process, or a namespace, is something else.
inline void AllowThreads(Filter& filter) {
  constexpr std::uint64_t kThreadFlags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                                         CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
  filter.AllowIf(SCMP_SYS(clone), {Is(0, kThreadFlags)});
  // Its flags lie in memory, out of a filter's sight; the C library then takes clone.
  constexpr int kUnseen[] = {SCMP_SYS(clone3)};
  filter.Refuse(kUnseen, ENOSYS);
  filter.AllowIf(SCMP_SYS(prctl), {Is(0, PR_SET_NAME)});
}

inline void AllowLookingAtDescriptors(Filter& filter) {
  for (const int command : {F_GETFD, F_GETFL, F_GET_SEALS, F_DUPFD_CLOEXEC}) {
    filter.AllowIf(SCMP_SYS(fcntl), {Is(1, static_cast<std::uint64_t>(command))});
  }
  // Reading one's own limits, as the C library does for the size of a stack.
  filter.AllowIf(SCMP_SYS(prlimit64), {Is(0, 0), Is(2, 0)});
}

}  // namespace edgekeep::isolation
