// The stack of a thread that ends is zeroed, in the whole process: what a thread computed with lies there in spilled
// registers and buffers, and the C library keeps stacks of ended threads. This definition takes the place of the C
// library's pthread_create and calls it.
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

namespace {

using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

constexpr uintptr_t kOwnFrame = 256;

struct Work {
  void* (*run)(void*);
  void* argument;
};

// Zeroes this thread's stack from its end to right below this frame. Calls nothing: what a call would keep on the
// stack is what is overwritten.
__attribute__((noinline)) void WipeBelow(uintptr_t end) {
  const uintptr_t frame = reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) - kOwnFrame;
  for (uintptr_t at = end; at + sizeof(uint64_t) <= frame; at += sizeof(uint64_t)) {
    *reinterpret_cast<volatile uint64_t*>(at) = 0;
  }
}

uintptr_t EndOfStack() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) abort();
  void* end = nullptr;
  size_t size = 0;
  pthread_attr_getstack(&attributes, &end, &size);
  pthread_attr_destroy(&attributes);
  return reinterpret_cast<uintptr_t>(end);
}

// Keeps the frames of the work below the one that WipeBelow spares.
__attribute__((noinline)) void* Carry(const Work& work) {
  char distance[4 * kOwnFrame];
  __asm__ __volatile__("" : : "r"(distance) : "memory");
  void* const result = work.run(work.argument);
  __asm__ __volatile__("" : : "r"(distance) : "memory");
  return result;
}

void* RunAndWipe(void* given) {
  const Work work = *static_cast<Work*>(given);
  free(given);
  const uintptr_t end = EndOfStack();
  void* const result = Carry(work);
  WipeBelow(end);
  return result;
}

}  // namespace

extern "C" __attribute__((visibility("default"), used)) int pthread_create(pthread_t* thread,
                                                                           const pthread_attr_t* attributes,
                                                                           void* (*run)(void*), void* argument) {
  static const auto real = reinterpret_cast<Create>(dlsym(RTLD_NEXT, "pthread_create"));
  auto* const work = static_cast<Work*>(malloc(sizeof(Work)));
  if (real == nullptr || work == nullptr) {
    free(work);
    return EAGAIN;
  }
  *work = {run, argument};
  const int failed = real(thread, attributes, RunAndWipe, work);
  if (failed != 0) free(work);
  return failed;
}
