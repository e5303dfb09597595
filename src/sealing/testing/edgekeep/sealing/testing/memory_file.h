// Files in memory with faults to order, and threads to work on them: for tests of this module and those above it.
#pragma once
#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "edgekeep/sealing/byte_file.h"

namespace edgekeep::sealing::testing {

class MemoryFile final : public ByteSource, public ByteSink {
 public:
  MemoryFile() = default;

  explicit MemoryFile(std::vector<std::uint8_t> content) : bytes(std::move(content)) {}

  std::uint64_t size() const override { return bytes.size(); }

  Status ReadAt(std::uint64_t offset, MutableByteView out) const override {
    if (fail_reads) return Error(*fail_reads, "test: read");
    if (offset > bytes.size() || out.size() > bytes.size() - offset) return Error(ErrorCode::kMalformed, "truncated");
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return {};
  }

  Status WriteAt(std::uint64_t offset, ByteView content) override {
    const std::lock_guard lock(mutex_);
    if (fail_writes) return Error(*fail_writes, "test: write");
    if (offset + content.size() > room) return Error(ErrorCode::kNoSpace, "test: disk full");
    if (bytes.size() < offset + content.size()) bytes.resize(static_cast<std::size_t>(offset) + content.size());
    std::ranges::copy(content, bytes.begin() + static_cast<std::ptrdiff_t>(offset));
    return {};
  }

  std::vector<std::uint8_t> bytes;
  std::uint64_t room = 1ULL << 40;  // writes beyond it find the disk full
  std::optional<ErrorCode> fail_reads;
  std::optional<ErrorCode> fail_writes;

 private:
  std::mutex mutex_;
};

class ThreadedWorkers final : public Workers {
 public:
  explicit ThreadedWorkers(std::size_t count) : count_(count) {}

  Status RunOnAll(Task& task) override {
    std::vector<Status> results(count_);
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < count_; ++i) threads.emplace_back([&, i] { results[i] = task.Run(); });
    results[0] = task.Run();
    for (std::thread& thread : threads) thread.join();
    for (const Status& result : results) EK_TRY(result);
    return {};
  }

 private:
  std::size_t count_;
};

}  // namespace edgekeep::sealing::testing
