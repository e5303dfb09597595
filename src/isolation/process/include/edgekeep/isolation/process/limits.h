// Resource limits (setrlimit): the last word on memory, files and processes where there is no cgroup.
#pragma once
#include <cstdint>

#include "edgekeep/base/result.h"
#include "edgekeep/isolation/process/purpose.h"

namespace edgekeep::isolation {

// What a cell of `memory_bytes` (locked memory for its plaintext) may use besides.
std::uint64_t ScratchBytesFor(std::uint64_t memory_bytes) noexcept;

// Locked memory such a cell sets apart for what its engine computes with; taken as it is touched.
std::uint64_t TensorBytesFor(Purpose purpose, std::uint64_t memory_bytes) noexcept;

inline constexpr std::uint64_t kCellTasks = 128;
inline constexpr std::uint64_t kKeepTasks = 512;
inline constexpr std::uint64_t kKeepBytes = 1ULL << 30;

// All memory of a cell, its own or behind files: private memory, and scratch space or rings.
std::uint64_t MemoryBytesFor(Purpose purpose, std::uint64_t memory_bytes) noexcept;

// Bounds this process and what it executes. A cell: no core, 64 descriptors, kCellTasks, private memory 4 ×
// memory_bytes + 1 GiB + TensorBytesFor; serving, files of at most 1 MiB; installing, files of at most 2 × memory_bytes
// + 64 MiB; exporting, of at most memory_bytes, or 1 MiB.
Status LimitCell(Purpose purpose, std::uint64_t memory_bytes);
// From here on no file grows, memory files included: for a cell that writes none and has its secret pages.
Status ForbidGrowingFiles();
// The keep: no core, 1024 descriptors, kKeepTasks, kKeepBytes of private memory.
Status LimitKeep();

// Allows this process and its children to lock memory without bound. False: the host does not let us (no
// CAP_SYS_RESOURCE), and cells lock their pool only.
bool AllowLockingAll() noexcept;
bool MayLockAll() noexcept;

}  // namespace edgekeep::isolation
