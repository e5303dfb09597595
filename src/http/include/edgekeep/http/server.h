// A small HTTP/1.1 server: requests in, answers out.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "edgekeep/base/result.h"

namespace edgekeep::http {

struct Request {
  std::string method;  // "GET", "HEAD", "POST"
  std::string path;    // without a query
  std::string body;
};

struct Answer {
  unsigned status = 500;
  std::string content_type;
  std::string body;
  std::string cache_control;
  std::string allow;
  std::uint64_t retry_after = 0;  // seconds; 0 says nothing of it
};

using Handler = std::function<Answer(const Request&)>;

// Who is slow is hung up on; where more come than there are places for, whoever has been there longest gives way.
struct Bounds {
  std::size_t connections = 256;
  std::chrono::milliseconds patience = std::chrono::seconds(10);
  std::uint64_t max_body = std::uint64_t{1} << 19;
  // Otherwise each connection has one request.
  bool keeps_connections = true;
};

// Answers requests that come to `listener`, a stream socket, one after the other, until `ended` hangs up or becomes
// readable. A HEAD is answered as its GET, without the body. Fails with kIo where the listener fails.
Status Serve(int listener, int ended, const Handler& handler, const Bounds& bounds = {});

// Listens on "address:port"; port 0 is any free one.
class Server {
 public:
  // Fails with kBadArgument (no such address) or kIo.
  static Result<Server> Listen(const std::string& address);
  Server(Server&& other) noexcept;
  ~Server();

  // "127.0.0.1:40123"
  const std::string& address() const noexcept { return address_; }

  Status Serve(int ended, const Handler& handler, const Bounds& bounds = {}) const;

 private:
  Server(int listener, std::string address) noexcept : listener_(listener), address_(std::move(address)) {}

  int listener_;
  std::string address_;
};

}  // namespace edgekeep::http
