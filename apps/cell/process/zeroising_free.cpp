// Memory given back is zeroed first, in the whole process: the engine's and the C++ library's too. These definitions
// take the place of the C library's (its manual, "Replacing malloc"); blocks of every allocating function come back
// through free or realloc.
#include <errno.h>
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

extern "C" {

// NOLINTBEGIN(readability-identifier-naming): the C library's names
void __libc_free(void* block);
void* __libc_malloc(size_t size);
// NOLINTEND(readability-identifier-naming)

#define EK_TAKES_THE_PLACE __attribute__((visibility("default"), used))

EK_TAKES_THE_PLACE void free(void* block) {
  if (block == nullptr) return;
  const int kept = errno;
  memset(block, 0, malloc_usable_size(block));
  __asm__ __volatile__("" : : "r"(block) : "memory");  // or the compiler drops the stores to dying memory
  __libc_free(block);
  errno = kept;
}

// The C library's own would free what it moves away from without zeroing.
EK_TAKES_THE_PLACE void* realloc(void* block, size_t size) {
  if (block == nullptr) return __libc_malloc(size);
  if (size == 0) {
    free(block);
    return nullptr;
  }
  const size_t usable = malloc_usable_size(block);
  if (size <= usable && size >= usable / 2) return block;
  void* const moved = __libc_malloc(size);
  if (moved == nullptr) return nullptr;
  memcpy(moved, block, usable < size ? usable : size);
  free(block);
  return moved;
}

EK_TAKES_THE_PLACE void* reallocarray(void* block, size_t count, size_t size) {
  size_t total = 0;
  if (__builtin_mul_overflow(count, size, &total)) {
    errno = ENOMEM;
    return nullptr;
  }
  return realloc(block, total);
}

}  // extern "C"
