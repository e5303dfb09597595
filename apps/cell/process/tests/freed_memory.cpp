// Fills memory from each allocating function, gives it back, and counts what of it can still be found. Prints the
// count.
#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace {

constexpr std::size_t kBlock = 4000;

// Built at run time: the program's own file must not hold it.
std::uint64_t Canary() {
  volatile std::uint64_t inverted = ~0x3C5A96E1D2B4870FULL;
  return ~inverted;
}

void Fill(void* block, std::size_t size) {
  const std::uint64_t canary = Canary();
  auto* const bytes = static_cast<unsigned char*>(block);
  for (std::size_t i = 0; i + sizeof(canary) <= size; i += sizeof(canary))
    std::memcpy(bytes + i, &canary, sizeof(canary));
}

void UseAndGiveBack() {
  void* blocks[64];
  std::size_t count = 0;
  for (int round = 0; round < 4; ++round) {
    blocks[count++] = std::malloc(kBlock);
    blocks[count++] = std::calloc(1, kBlock);
    blocks[count++] = aligned_alloc(64, 4032);
    blocks[count++] = memalign(256, kBlock);
    blocks[count] = nullptr;
    if (posix_memalign(&blocks[count], 4096, kBlock) == 0) ++count;
    blocks[count++] = std::realloc(nullptr, kBlock);
    blocks[count++] = valloc(kBlock);
  }
  for (std::size_t i = 0; i < count; ++i) Fill(blocks[i], kBlock);
  for (std::size_t i = 0; i < count; ++i) {
    // Growing moves the block, shrinking leaves a part behind.
    if (i % 3 == 1) blocks[i] = std::realloc(blocks[i], 100 * kBlock);
    if (i % 3 == 2) blocks[i] = std::realloc(blocks[i], 16);
    std::free(blocks[i]);
  }
  auto* const array = new unsigned char[kBlock];
  Fill(array, kBlock);
  delete[] array;

  struct alignas(128) Aligned {
    unsigned char bytes[kBlock];
  };

  auto* const aligned = new Aligned;
  Fill(aligned, kBlock);
  delete aligned;
}

// Looks through everything this process has mapped for writing, except the page it reads into.
std::size_t Count() {
  constexpr std::size_t kPage = 4096;
  auto* const page =
      static_cast<unsigned char*>(mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  const std::uint64_t canary = Canary();
  const int memory = open("/proc/self/mem", O_RDONLY);
  std::FILE* const maps = std::fopen("/proc/self/maps", "r");
  std::size_t found = 0;
  unsigned long begin = 0;
  unsigned long end = 0;
  char protection[8];
  while (std::fscanf(maps, "%lx-%lx %7s%*[^\n]", &begin, &end, protection) == 3) {
    for (unsigned long at = begin; protection[1] == 'w' && at < end; at += kPage) {
      if (at == reinterpret_cast<unsigned long>(page)) continue;
      if (pread(memory, page, kPage, static_cast<off_t>(at)) != static_cast<ssize_t>(kPage)) continue;
      for (std::size_t i = 0; i < kPage; i += 8) found += std::memcmp(page + i, &canary, 8) == 0 ? 1 : 0;
    }
  }
  return found;
}

}  // namespace

int main() {
  UseAndGiveBack();
  // A few words may lie in registers saved on the stack; whole blocks are hundreds.
  std::printf("%zu\n", Count());
}
