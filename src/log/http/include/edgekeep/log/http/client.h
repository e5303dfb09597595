// One HTTP request.
#pragma once
#include <chrono>
#include <string>

#include "edgekeep/base/result.h"
#include "edgekeep/log/http/server.h"

namespace edgekeep::log {

// Posts `body` to "http://host[:port]/path". Fails with kUnsupported for another scheme, kBadArgument for no address,
// kTimedOut, kTooLarge for an answer over `max_body`, or kIo.
Result<HttpAnswer> HttpPost(const std::string& url, const std::string& body, std::uint64_t max_body,
                            std::chrono::milliseconds patience = std::chrono::seconds(10));

// As HttpPost, for what is there.
Result<HttpAnswer> HttpGet(const std::string& url, std::uint64_t max_body,
                           std::chrono::milliseconds patience = std::chrono::seconds(10));

}  // namespace edgekeep::log
