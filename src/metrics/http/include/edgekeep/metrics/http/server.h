// One page over HTTP, on a Unix stream socket.
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "edgekeep/base/result.h"

namespace edgekeep::metrics {

struct Page {
  std::string path;  // "/metrics"
  std::string content_type;
  // Its text now. May wait: meanwhile nobody is served.
  std::function<std::string()> text;
};

// Who is slow is hung up on, and where more come than there are places for, whoever has been there longest gives way.
struct Bounds {
  std::size_t connections = 16;
  std::chrono::milliseconds patience = std::chrono::seconds(10);
  // A page that is no older is sent to others as well.
  std::chrono::milliseconds freshness = std::chrono::seconds(1);
};

// Serves GET and HEAD of the page on `listener` until `ended` hangs up or becomes readable. One request for each
// connection. Takes both descriptors. Fails with kIo where the listener fails.
Status ServePage(int listener, int ended, const Page& page, const Bounds& bounds = {});

}  // namespace edgekeep::metrics
