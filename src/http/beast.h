// What is used of Boost.Beast: its parser, its messages and how it writes a head. Its sockets, timers and coroutines
// cost more compile time than all the rest of a program; poll(2) serves here as well.
#pragma once
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <string>

namespace edgekeep::http {

namespace beast = boost::beast::http;
using Parsing = boost::beast::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kMaxHead = 8192;

// `start` is what a head's first line takes: a version and a status, or a version and a verb.
template <typename Message, typename Start>
std::string TextOf(const Message& message, Start start) {
  std::string text;
  beast::fields::writer head(message, message.version(), start);
  const auto parts = head.get();
  for (const auto part : boost::beast::buffers_range_ref(parts)) {
    text.append(static_cast<const char*>(part.data()), part.size());
  }
  return text + message.body();
}

}  // namespace edgekeep::http
