// HttpStorage: a log's public files, as a web server has them.
#pragma once
#include <chrono>
#include <map>

#include "edgekeep/log/storage.h"

namespace edgekeep::cli::publisher {

// Nothing that it reads is believed. Keeps what it has read, so that all of a look sees the same files; a server that
// is slow or that has no end costs a bounded time and bounded memory.
class HttpStorage final : public log::Storage {
 public:
  // `url` is "http://host[:port]/directory".
  explicit HttpStorage(std::string url);

  // Fails with kNotFound (404), kTooLarge, kTimedOut or kIo.
  Result<std::string> Read(const std::string& path, std::size_t max_size) const override;

  // All fail with kReadOnly.
  Status Write(const std::string& path, ByteView content) override;
  Status Sync(const std::string& path) override;
  Status SyncDirectory(const std::string& path) override;
  Status Rename(const std::string& from, const std::string& to) override;

 private:
  Result<std::string> Fetch(const std::string& path, std::size_t max_size) const;

  std::string url_;
  std::chrono::steady_clock::time_point end_;
  mutable std::map<std::string, Result<std::string>> read_;
  mutable std::size_t num_bytes_ = 0;
};

}  // namespace edgekeep::cli::publisher
