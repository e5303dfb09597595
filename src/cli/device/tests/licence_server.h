// A licence server of the test's own, which says whatever it is told to, to one courier after the other.
#pragma once
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace edgekeep::cli::device {

// Its address is one that no list of exceptions from proxies has.
class LicenceServer {
 public:
  // What is sent to whoever has sent a request; it hangs up afterwards.
  using Says = std::function<void(int socket, const std::string& request)>;

  LicenceServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
    socklen_t size = sizeof place;
    auto* const address = reinterpret_cast<sockaddr*>(&place);
    static_cast<void>(::bind(listener_, address, size));
    static_cast<void>(::getsockname(listener_, address, &size));
    url_ = "http://127.0.0.2:" + std::to_string(ntohs(place.sin_port));
  }

  LicenceServer(const LicenceServer&) = delete;
  LicenceServer& operator=(const LicenceServer&) = delete;

  ~LicenceServer() {
    is_ended_ = true;
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
  }

  // Nobody listens before.
  void Start() {
    static_cast<void>(::listen(listener_, 16));
    thread_ = std::thread([this] { Serve(); });
  }

  void WillSay(Says says) {
    const std::lock_guard lock(mutex_);
    says_ = std::move(says);
    requests_.clear();
  }

  void WillSay(std::string answer) {
    WillSay([answer = std::move(answer)](int socket, const std::string&) { Send(socket, answer); });
  }

  static bool Send(int socket, const std::string& text) {
    return ::send(socket, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }

  // "HTTP/1.1 STATUS\r\n…"
  static std::string Answer(const std::string& status, const std::string& body, const std::string& headers = "") {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" +
           body;
  }

  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  bool is_ended() const { return is_ended_; }

  const std::string& url() const { return url_; }

 private:
  void Serve() {
    while (!is_ended_) {
      pollfd watched{listener_, POLLIN, 0};
      if (::poll(&watched, 1, 20) <= 0) continue;
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      const std::string request = Receive(socket);
      Says says;
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        says = says_;
      }
      if (says) says(socket, request);
      ::shutdown(socket, SHUT_RDWR);
      ::close(socket);
    }
  }

  // The tests' bodies end in a full stop.
  static std::string Receive(int socket) {
    std::string request;
    char buffer[4096];
    while (!request.ends_with('.')) {
      const ssize_t got = ::recv(socket, buffer, sizeof buffer, 0);
      if (got <= 0) break;
      request.append(buffer, static_cast<std::size_t>(got));
    }
    return request;
  }

  int listener_;
  std::string url_;
  std::mutex mutex_;  // guards says_, requests_
  Says says_;
  std::vector<std::string> requests_;
  std::atomic<bool> is_ended_ = false;
  std::thread thread_;
};

}  // namespace edgekeep::cli::device
