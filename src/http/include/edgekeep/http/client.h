// One HTTP request.
#pragma once
#include <chrono>
#include <string>

#include "edgekeep/base/result.h"
#include "edgekeep/http/server.h"

namespace edgekeep::http {

// Posts `body` to "http://host[:port]/path". Fails with kUnsupported for another scheme, kBadArgument for no address,
// kTimedOut, kTooLarge for an answer over `max_body`, or kIo.
Result<Answer> Post(const std::string& url, const std::string& body, std::uint64_t max_body,
                    std::chrono::milliseconds patience = std::chrono::seconds(10));

// As Post, for what is there.
Result<Answer> Get(const std::string& url, std::uint64_t max_body,
                   std::chrono::milliseconds patience = std::chrono::seconds(10));

}  // namespace edgekeep::http
