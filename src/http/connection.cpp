#include "connection.h"

#include <sys/socket.h>

#include <algorithm>

namespace edgekeep::http {

Connection::Connection(files::Descriptor socket, const Handler& handler, const Bounds& bounds)
    : socket_(std::move(socket)), handler_(handler), bounds_(bounds) {
  Begin();
}

void Connection::Begin() {
  parser_.emplace();
  parser_->header_limit(kMaxHead);
  parser_->body_limit(bounds_.max_body);
  parser_->eager(true);
  answer_.clear();
  sent_ = 0;
  has_more_ = !received_.empty();
  deadline_ = Clock::now() + bounds_.patience;
}

pollfd Connection::Awaited() const noexcept {
  return {socket_.get(), static_cast<short>(answer_.empty() ? POLLIN : POLLOUT), 0};
}

bool Connection::Work() {
  if (answer_.empty()) {
    if (!std::exchange(has_more_, false) && !Receive()) return false;
    if (!Parse()) return false;
  }
  return answer_.empty() || Send();
}

// False where nothing more comes, or more than a request may have.
bool Connection::Receive() {
  char chunk[16384];
  const std::size_t room = std::min<std::uint64_t>(sizeof chunk, kMaxHead + bounds_.max_body - received_.size());
  const ssize_t got = room == 0 ? 0 : ::recv(socket_.get(), chunk, room, 0);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  received_.append(chunk, static_cast<std::size_t>(got));
  return got > 0;
}

// False for what is no request. Where it is whole there is an answer.
bool Connection::Parse() {
  Parsing error;
  while (!received_.empty() && !parser_->is_done() && !error) {
    received_.erase(0, parser_->put(boost::asio::buffer(received_), error));
  }
  if (error == beast::error::body_limit) {
    ReplyTooLarge();
    return true;
  }
  if (error && error != beast::error::need_more) return false;
  if (parser_->is_done()) Reply(parser_->get());
  return true;
}

void Connection::ReplyTooLarge() {
  beast::response<beast::string_body> response(beast::status::payload_too_large, 11);
  response.keep_alive(false);
  Say(response, true);
}

void Connection::Reply(const beast::request<beast::string_body>& request) {
  const bool is_head = request.method() == beast::verb::head;
  const std::string target(request.target());
  Answer answer = handler_({.method = is_head ? "GET" : std::string(request.method_string()),
                            .path = target.substr(0, target.find('?')),
                            .body = request.body()});
  beast::response<beast::string_body> response(static_cast<beast::status>(answer.status), request.version());
  response.set(beast::field::content_type, answer.content_type);
  if (!answer.cache_control.empty()) response.set(beast::field::cache_control, answer.cache_control);
  if (!answer.allow.empty()) response.set(beast::field::allow, answer.allow);
  if (answer.retry_after != 0) response.set(beast::field::retry_after, std::to_string(answer.retry_after));
  response.keep_alive(bounds_.keeps_connections && request.keep_alive());
  response.body() = std::move(answer.body);
  Say(response, !is_head);
}

void Connection::Say(beast::response<beast::string_body>& response, bool has_body) {
  goes_on_ = response.keep_alive();
  response.prepare_payload();
  if (!has_body) response.body().clear();  // the length is its GET's
  answer_ = TextOf(response, response.result_int());
  deadline_ = Clock::now() + bounds_.patience;
}

bool Connection::Send() {
  while (sent_ < answer_.size()) {
    const ssize_t sent = ::send(socket_.get(), answer_.data() + sent_, answer_.size() - sent_, MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    sent_ += static_cast<std::size_t>(sent);
  }
  Begin();
  return goes_on_;
}

}  // namespace edgekeep::http
