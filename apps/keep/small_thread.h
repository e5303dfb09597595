// Threads that work with secrets: small stacks, which fit under the limit of locked memory.
#pragma once
#include <pthread.h>

#include <optional>

namespace edgekeep::keep {

// Starts a thread whose stack is locked, best effort. To be joined or detached. Empty where the system has none left.
std::optional<pthread_t> StartSmallThread(void* (*run)(void*), void* argument) noexcept;

}  // namespace edgekeep::keep
