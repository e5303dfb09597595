// Files and threads as sealing needs them: portable code has neither of its own.
#pragma once
#include <cstddef>
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep::sealing {

// A file to read at any offset, from several threads at once. Its contents are believed by nobody and may change
// between two reads.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;
  // Fills `out`. Fails with kMalformed when the file ends before, with kIo.
  virtual Status ReadAt(std::uint64_t offset, MutableByteView out) const = 0;
};

// A file to write at any offset, from several threads at once.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  // Fails with kNoSpace, kReadOnly, kIo.
  virtual Status WriteAt(std::uint64_t offset, ByteView bytes) = 0;
};

// A piece of work that several threads do together.
class Task {
 public:
  virtual ~Task() = default;
  virtual Status Run() = 0;
};

// Threads lent for a piece of work.
class Workers {
 public:
  virtual ~Workers() = default;
  // Runs `task` once on each thread, this one among them, and returns a failure if there was one. All have ended then.
  virtual Status RunOnAll(Task& task) = 0;
};

// This thread alone.
class OneWorker final : public Workers {
 public:
  Status RunOnAll(Task& task) override { return task.Run(); }
};

}  // namespace edgekeep::sealing
