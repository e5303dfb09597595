#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "attack_table.h"
#include "core_marker.h"

namespace edgekeep::attack {
namespace {

constexpr std::size_t kOnePage = 4096;

int WritableCode(const Knowledge&) {
  void* page = mmap(nullptr, kOnePage, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return page == MAP_FAILED ? errno : 0;
}

// Writes first, makes it executable then.
int LateCode(const Knowledge&) {
  void* page = mmap(nullptr, kOnePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return errno;
  return Outcome(mprotect(page, kOnePage, PROT_READ | PROT_EXEC));
}

int LateCodeByKey(const Knowledge&) {
  void* page = mmap(nullptr, kOnePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return errno;
  return Outcome(syscall(SYS_pkey_mprotect, page, kOnePage, PROT_READ | PROT_EXEC, -1));
}

// Maps a file, written just now, as code.
int MapAsCode(int file) {
  if (file < 0 || write(file, "\xC3", 1) != 1) return errno;
  const void* page = mmap(nullptr, kOnePage, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
  return page == MAP_FAILED ? errno : 0;
}

int CodeFromFile(const Knowledge& knowledge) {
  const std::string path = knowledge.directory + "/code";
  const int outcome = MapAsCode(open(path.c_str(), O_CREAT | O_RDWR, 0700));
  unlink(path.c_str());
  return outcome;
}

int CodeFromMemoryFile(const Knowledge&) {
  return MapAsCode(memfd_create("attack", 0));
}

// The kernel writes there in spite of all protection of pages.
int WriteOwnCode(const Knowledge&) {
  const int memory = open("/proc/self/mem", O_RDWR);
  if (memory < 0) return errno;
  const auto place = reinterpret_cast<off_t>(&MapAsCode);
  char byte = 0;
  if (pread(memory, &byte, 1, place) != 1) return errno;
  return Outcome(pwrite(memory, &byte, 1, place));
}

int CodeByPersonality(const Knowledge&) {
  constexpr unsigned long kReadImpliesExec = 0x0400000;
  return Outcome(syscall(SYS_personality, kReadImpliesExec));
}

// Takes seven gibibytes, and touches a page of each block.
int TakeMemory(int kind) {
  constexpr std::size_t kStep = std::size_t{64} << 20;
  for (int i = 0; i < 112; ++i) {
    void* block = mmap(nullptr, kStep, PROT_READ | PROT_WRITE, kind | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) return errno;
    *static_cast<char*>(block) = 1;
  }
  return 0;
}

int TakeAllMemory(const Knowledge&) {
  return TakeMemory(MAP_PRIVATE);
}

int TakeAllSharedMemory(const Knowledge&) {
  return TakeMemory(MAP_SHARED);
}

int RaiseLimits(const Knowledge&) {
  const rlimit more{.rlim_cur = 1 << 20, .rlim_max = 1 << 20};
  return Outcome(setrlimit(RLIMIT_CORE, &more));
}

int BecomeDumpable(const Knowledge&) {
  return Outcome(prctl(PR_SET_DUMPABLE, 1));
}

// Dies with the marker in plain, writable memory; the test looks for a core file with it.
int DumpCore(const Knowledge&) {
  static char secret[kCoreMarkerSize];
  PutCoreMarker(secret);
  std::abort();
}

constexpr Named kOnMemory[] = {{"writable_code", WritableCode},
                               {"late_code", LateCode},
                               {"late_code_by_key", LateCodeByKey},
                               {"code_by_personality", CodeByPersonality},
                               {"code_from_file", CodeFromFile},
                               {"code_from_memory_file", CodeFromMemoryFile},
                               {"write_own_code", WriteOwnCode},
                               {"all_memory", TakeAllMemory},
                               {"all_shared_memory", TakeAllSharedMemory},
                               {"raise_limits", RaiseLimits},
                               {"dumpable", BecomeDumpable},
                               {"core_dump", DumpCore}};

}  // namespace

Attack FindMemoryAttack(std::string_view name) {
  return Find(kOnMemory, name);
}

}  // namespace edgekeep::attack
