// What an application and an engine that took over its cell say to each other: the order is a call's input, the report
// its output. It is the only way out of the cell.
#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "needles.h"

namespace edgekeep::attack {

enum class Task : std::uint8_t {
  kSearchMemory = 1,  // needles → how often each was found in what the cell can read now
  kSearchSnapshot,    // … and in what it could read when the engine was loaded
  kSearchProcesses,   // … and in other processes' memory
  kTellDescriptors,   // → FoundDescriptor of each
  kTellEarlier,       // → FoundDescriptor of each when the engine was loaded
  kTellOpened,        // → how each of kPathsToTry went when the engine was loaded
  kTryAttack,         // an attack by name, with what it knows (order.h) → its outcome
};

// Every order begins with bytes that only its application knows: nobody else may find them.
inline constexpr std::size_t kMarkerSize = 64;

struct FoundDescriptor {
  std::int32_t number = -1;
  std::int32_t flags = 0;  // as F_GETFL has them
  std::uint32_t mode = 0;
  std::uint32_t padding = 0;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
};

// What a library may look at while it is loaded: an errno each, or 0.
inline constexpr const char* kPathsToTry[] = {
    "/lib/x86_64-linux-gnu/libc.so.6",  // which is what loading takes: the control
    "/proc/self/maps",
    "/proc/self/environ",
    "/proc/self/mem",
    "/proc/1/status",
    "/proc/self/fd/3",
    "/edgekeep-cell",
    "/scratch",
    "/",
    "/dev/shm",
    "/etc/passwd",
    "/sys/kernel"};

using Report = std::vector<std::uint8_t>;

inline Report EncodeTask(std::span<const std::uint8_t, kMarkerSize> marker, Task task,
                         std::span<const std::uint8_t> body) {
  Report order(marker.begin(), marker.end());
  order.push_back(static_cast<std::uint8_t>(task));
  order.insert(order.end(), body.begin(), body.end());
  return order;
}

template <typename T>
std::vector<T> ItemsIn(std::span<const std::uint8_t> bytes) {
  std::vector<T> items(bytes.size() / sizeof(T));
  if (!items.empty()) std::memcpy(items.data(), bytes.data(), items.size() * sizeof(T));
  return items;
}

template <typename T>
std::span<const std::uint8_t> BytesOf(const std::vector<T>& items) {
  return {reinterpret_cast<const std::uint8_t*>(items.data()), items.size() * sizeof(T)};
}

}  // namespace edgekeep::attack
