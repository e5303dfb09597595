// One client of a server.
#pragma once
#include <poll.h>

#include <optional>

#include "beast.h"
#include "edgekeep/files/descriptor.h"
#include "edgekeep/http/server.h"

namespace edgekeep::http {

class Connection {
 public:
  // All three outlive it. The socket does not block.
  Connection(files::Descriptor socket, const Handler& handler, const Bounds& bounds);

  // What it waits for, until when.
  pollfd Awaited() const noexcept;

  Clock::time_point deadline() const noexcept { return deadline_; }

  // True where it need not wait: the next request has come with the last one.
  bool IsReady() const noexcept { return has_more_; }

  // Does what can be done without waiting, at most one request. False: it is over.
  bool Work();

 private:
  void Begin();
  bool Receive();
  bool Parse();
  void Reply(const beast::request<beast::string_body>& request);
  void ReplyTooLarge();
  void Say(beast::response<beast::string_body>& response, bool has_body);
  bool Send();

  files::Descriptor socket_;
  const Handler& handler_;
  const Bounds& bounds_;
  std::optional<beast::request_parser<beast::string_body>> parser_;
  std::string received_;
  std::string answer_;  // empty while a request is read
  std::size_t sent_ = 0;
  bool goes_on_ = true;
  bool has_more_ = false;
  Clock::time_point deadline_;
};

}  // namespace edgekeep::http
