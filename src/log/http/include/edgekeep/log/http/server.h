// A small HTTP/1.1 server: requests in, answers out.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "edgekeep/base/result.h"

namespace edgekeep::log {

struct HttpRequest {
  std::string method;  // "GET", "HEAD", "POST"
  std::string path;    // without a query
  std::string body;
};

struct HttpAnswer {
  unsigned status = 500;
  std::string content_type;
  std::string body;
  std::string cache_control;
};

// Who is slow is hung up on; where more come than there are places for, whoever has been there longest gives way.
struct HttpBounds {
  std::size_t connections = 256;
  std::chrono::milliseconds patience = std::chrono::seconds(10);
  std::uint64_t max_body = std::uint64_t{1} << 19;
};

// Listens on "address:port"; port 0 is any free one.
class HttpServer {
 public:
  // Fails with kBadArgument (no such address) or kIo.
  static Result<HttpServer> Listen(const std::string& address);
  HttpServer(HttpServer&& other) noexcept;
  ~HttpServer();

  // "127.0.0.1:40123"
  const std::string& address() const noexcept { return address_; }

  // Answers requests, one after the other, until `ended` becomes readable. A HEAD is answered as its GET, without the
  // body.
  Status Serve(int ended, const std::function<HttpAnswer(const HttpRequest&)>& handler, const HttpBounds& bounds = {});

 private:
  HttpServer(int listener, std::string address) noexcept : listener_(listener), address_(std::move(address)) {}

  int listener_;
  std::string address_;
};

}  // namespace edgekeep::log
