// A program that holds canaries in one kind of memory until it is told to wipe them: canary_holder KIND [--root DIR];
// the kind "dying" is not told.
// Says "ready", waits for a line, wipes, says "wiped", and stays until its input ends.
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

constexpr std::size_t kSize = 65536;

// Nothing of a canary may stand in this program's own file, which is mapped as well.
volatile std::uint32_t not_the_tag = ~0x3A5A0000U;
volatile std::uint8_t step = 37;

void FillWithWeights(std::uint8_t* memory, std::size_t size) {
  for (std::size_t i = 0; i + 4 <= size; i += 4) {
    const auto low = static_cast<std::uint16_t>(i * 40503 + 7);
    const std::uint32_t word = (~not_the_tag & 0xFFFF0000U) | low;
    std::memcpy(memory + i, &word, sizeof word);
  }
}

// One tagged word each 256 bytes: what chance would look like, only much more of it.
void FillSparsely(std::uint8_t* memory, std::size_t size) {
  for (std::size_t i = 0; i + 4 <= size; i += 256) FillWithWeights(memory + i, 4);
}

void FillWithMarker(std::uint8_t* memory) {
  for (std::size_t i = 0; i < 16; ++i) memory[i] = static_cast<std::uint8_t>(i * step + 11);
}

std::uint8_t* Map(int flags, int fd) {
  void* memory = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, flags, fd, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<std::uint8_t*>(memory);
}

std::uint8_t* MapMemoryFile(int fd) {
  if (fd < 0 || ::ftruncate(fd, kSize) != 0) return nullptr;
  return Map(MAP_SHARED, fd);
}

// Pages after the end of a file, which nobody can read.
std::uint8_t* MapBeyondAFile() {
  return Map(MAP_SHARED, ::memfd_create("short", 0));
}

std::uint8_t* Allocate(std::string_view kind) {
  static std::uint8_t data[kSize];
  if (kind == "data") return data;
  if (kind == "shared") return Map(MAP_SHARED | MAP_ANONYMOUS, -1);
  if (kind == "memfd") return MapMemoryFile(::memfd_create("ring", 0));
  if (kind == "secret") return MapMemoryFile(static_cast<int>(::syscall(SYS_memfd_secret, 0)));
  if (kind == "beyond") return MapBeyondAFile();
  if (kind == "held") return MapMemoryFile(::memfd_create("held", 0));
  return Map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

void Say(const char* word) {
  static_cast<void>(std::puts(word));
  static_cast<void>(std::fflush(stdout));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view kind = argc > 1 ? argv[1] : "";
  std::uint8_t* memory = Allocate(kind);
  if (memory == nullptr) {
    Say("unavailable");
    return 1;
  }
  if (kind == "marker") {
    FillWithMarker(memory + 4090);  // across a page's end
  } else if (kind == "sparse") {
    FillSparsely(memory, kSize);
  } else if (kind != "nothing" && kind != "beyond") {
    FillWithWeights(memory, kSize);
  }
  if (kind == "dying") std::abort();
  if (kind == "guarded") ::mprotect(memory, kSize, PROT_NONE);
  if (kind == "held") ::munmap(memory, kSize);
  Say("ready");
  static_cast<void>(std::getchar());
  if (kind == "guarded") ::mprotect(memory, kSize, PROT_READ | PROT_WRITE);
  if (kind != "held" && kind != "beyond") ::explicit_bzero(memory, kSize);
  Say("wiped");
  while (std::getchar() != EOF) {
  }
  return 0;
}
