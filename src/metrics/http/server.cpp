#include "edgekeep/metrics/http/server.h"

#include <unistd.h>

#include "edgekeep/http/server.h"

namespace edgekeep::metrics {
namespace {

using Clock = std::chrono::steady_clock;

class PageServer {
 public:
  PageServer(const Page& page, const Bounds& bounds) : page_(page), bounds_(bounds) {}

  http::Answer AnswerTo(const http::Request& request) {
    if (request.method != "GET")
      return {.status = 405, .content_type = "text/plain", .body = Hint(), .allow = "GET, HEAD"};
    if (request.path != page_.path) return {.status = 404, .content_type = "text/plain", .body = Hint()};
    return {.status = 200, .content_type = page_.content_type, .body = Text()};
  }

 private:
  std::string Hint() const { return "The page is at " + page_.path + "\n"; }

  const std::string& Text() {
    const auto now = Clock::now();
    if (text_.empty() || now - made_ >= bounds_.freshness) {
      text_ = page_.text();
      made_ = Clock::now();
    }
    return text_;
  }

  const Page& page_;
  const Bounds& bounds_;
  std::string text_;
  Clock::time_point made_;
};

}  // namespace

Status ServePage(int listener, int ended, const Page& page, const Bounds& bounds) {
  PageServer server(page, bounds);
  const Status served = http::Serve(
      listener, ended, [&server](const http::Request& request) { return server.AnswerTo(request); },
      {.connections = bounds.connections, .patience = bounds.patience, .max_body = 0, .keeps_connections = false});
  ::close(listener);
  ::close(ended);
  return served;
}

}  // namespace edgekeep::metrics
