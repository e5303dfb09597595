// The page's clients, good and bad.
#include "edgekeep/metrics/http/server.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

namespace edgekeep::metrics {
namespace {

constexpr const char* kGet = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}

  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

  Socket& operator=(Socket&&) = delete;

  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }

  int fd() const { return fd_; }

  bool Say(const std::string& text) const {
    return ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }

  // All that comes until the other side hangs up, or a minute has passed.
  std::string Hear() const {
    std::string heard;
    char buffer[65536];
    pollfd watched{fd_, POLLIN, 0};
    while (::poll(&watched, 1, 60'000) > 0) {
      const ssize_t size = ::recv(fd_, buffer, sizeof buffer, 0);
      if (size <= 0) return heard;
      heard.append(buffer, static_cast<std::size_t>(size));
    }
    return heard + " (nothing more comes)";
  }

 private:
  int fd_;
};

class ServePageTest : public testing::Test {
 protected:
  void Start(const Bounds& bounds) {
    directory_ = std::filesystem::temp_directory_path() / ("edgekeep-page-" + std::to_string(::getpid()));
    std::filesystem::create_directory(directory_);
    address_.sun_family = AF_UNIX;
    const std::string path = directory_ / "page.sock";
    path.copy(address_.sun_path, sizeof address_.sun_path - 1);
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address_), sizeof address_), 0);
    ASSERT_EQ(::listen(listener, 64), 0);
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    end_ = ends[0];
    server_ = std::thread([this, listener, bounds, ended = ends[1]] {
      const Page page{"/metrics", "text/plain", [this] {
                        ++asked_;
                        return text_;
                      }};
      EXPECT_TRUE(ServePage(listener, ended, page, bounds));
    });
  }

  ~ServePageTest() override {
    ::close(end_);
    if (server_.joinable()) server_.join();
    std::filesystem::remove_all(directory_);
  }

  Socket Connect() const {
    Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address_), sizeof address_), 0);
    return socket;
  }

  std::string Ask(const std::string& request) const {
    const Socket socket = Connect();
    EXPECT_TRUE(socket.Say(request));
    return socket.Hear();
  }

  std::string text_ = "figures 1\n";
  std::atomic<int> asked_ = 0;

 private:
  std::filesystem::path directory_;
  sockaddr_un address_{};
  int end_ = -1;
  std::thread server_;
};

TEST_F(ServePageTest, AnswersWhoAsksForThePage) {
  Start({});
  const std::string answer = Ask(kGet);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_NE(answer.find("Content-Length: 10\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nfigures 1\n")) << answer;
  EXPECT_TRUE(Ask("GET /metrics?x=1 HTTP/1.0\r\n\r\n").ends_with("figures 1\n"));
  const std::string head = Ask("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(head.find("Content-Length: 10\r\n"), std::string::npos) << head;
  EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
}

TEST_F(ServePageTest, RefusesEverythingElse) {
  Start({});
  EXPECT_TRUE(Ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(Ask("GET /metrics/../x HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(Ask("POST /metrics HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 405"));
  EXPECT_EQ(Ask("nonsense\r\n\r\n"), "") << "hung up on";
  EXPECT_EQ(Ask("POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello").find("200"), std::string::npos);
  EXPECT_EQ(asked_, 0) << "for none of these is the keep asked";
}

TEST_F(ServePageTest, BoundsWhatOneAsks) {
  Start({});
  const Socket socket = Connect();
  static_cast<void>(socket.Say("GET /metrics HTTP/1.1\r\nX: " + std::string(20'000, 'x')));
  EXPECT_EQ(socket.Hear(), "");
}

TEST_F(ServePageTest, AsksOnceForManyWhoComeAtATime) {
  Start({.freshness = std::chrono::hours(1)});
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(Ask(kGet).ends_with("figures 1\n"));
  EXPECT_EQ(asked_, 1);
}

TEST_F(ServePageTest, HangsUpOnWhoSaysNothing) {
  Start({.patience = std::chrono::milliseconds(100)});
  const Socket silent = Connect();
  const Socket slow = Connect();
  EXPECT_TRUE(slow.Say("GET /metr"));
  EXPECT_EQ(silent.Hear(), "");
  EXPECT_EQ(slow.Hear(), "");
}

// More than sockets hold, so that it never comes to its end.
TEST_F(ServePageTest, HangsUpOnWhoDoesNotRead) {
  text_ = std::string(16 << 20, 'x');
  Start({.patience = std::chrono::milliseconds(200)});
  const Socket deaf = Connect();
  EXPECT_TRUE(deaf.Say(kGet));
  pollfd watched{deaf.fd(), POLLRDHUP, 0};
  EXPECT_EQ(::poll(&watched, 1, 60'000), 1) << "it was hung up on";
  EXPECT_LT(deaf.Hear().size(), text_.size());
}

TEST_F(ServePageTest, ManyWhoStayKeepNobodyOut) {
  Start({.connections = 4, .patience = std::chrono::hours(1)});
  std::vector<Socket> silent;
  for (int i = 0; i < 40; ++i) {
    silent.push_back(Connect());
    if (i % 10 == 9) {
      EXPECT_TRUE(Ask(kGet).ends_with("figures 1\n"));
    }
  }
  EXPECT_EQ(silent.front().Hear(), "") << "who has been there longest gave way";
}

}  // namespace
}  // namespace edgekeep::metrics
