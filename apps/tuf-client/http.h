// Http: GET of one file at a time, bounded in bytes and in time.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "edgekeep/base/bytes.h"

namespace edgekeep::tuf_client {

// How much of a server's slowness and size is put up with.
struct FetchBounds {
  std::uint64_t max_bytes = 0;
  std::chrono::seconds max_time{0};  // 0: no bound for the whole
};

// Below this a server is given up after some time, however long its file may take.
inline constexpr long kMinBytesPerSecond = 1024;

class Http {
 public:
  // `max_slowness`: how long a server may stay below kMinBytesPerSecond. Fails with kNoMemory.
  static Result<Http> Open(std::chrono::seconds max_slowness);

  Http(Http&&) noexcept;
  Http& operator=(Http&&) = delete;
  ~Http();

  // Hands over bytes as they come, as long as `take` returns true. Fails with kNotFound for 404 alone, kTooLarge,
  // kTimedOut, and kIo for everything else that is not 200.
  Status Get(const std::string& url, const FetchBounds& bounds, const std::function<bool(ByteView)>& take);

  // The whole body.
  Result<std::string> GetAll(const std::string& url, const FetchBounds& bounds);

 private:
  struct Handle;

  explicit Http(std::unique_ptr<Handle> handle);

  std::unique_ptr<Handle> handle_;
};

}  // namespace edgekeep::tuf_client
