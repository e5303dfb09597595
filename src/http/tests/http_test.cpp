#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "edgekeep/http/client.h"
#include "edgekeep/http/server.h"

namespace edgekeep::http {
namespace {

Answer Echo(const Request& request) {
  return {.status = request.path == "/missing" ? 404U : 200U,
          .content_type = "text/plain",
          .body = request.method + " " + request.path + " " + request.body,
          .cache_control = "no-cache"};
}

class HttpTest : public testing::Test {
 protected:
  void Start(const Bounds& bounds = {}) {
    ASSERT_EQ(::pipe(end_), 0);
    Server server = Server::Listen("127.0.0.1:0").value();
    address_ = server.address();
    thread_ = std::jthread(
        [this, bounds, server = std::move(server)]() mutable { EXPECT_TRUE(server.Serve(end_[0], Echo, bounds)); });
  }

  void TearDown() override {
    if (!thread_.joinable()) return;
    ::close(end_[1]);
    thread_.join();
    ::close(end_[0]);
  }

  std::string Url(const std::string& path) const { return "http://" + address_ + path; }

  // Connects, sends, and reads to the end.
  std::string Raw(const std::string& sent) const {
    const int socket = Connect();
    EXPECT_EQ(::send(socket, sent.data(), sent.size(), MSG_NOSIGNAL), static_cast<ssize_t>(sent.size()));
    const std::string received = ReadAll(socket);
    ::close(socket);
    return received;
  }

  int Connect() const {
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(static_cast<std::uint16_t>(std::stoul(address_.substr(address_.rfind(':') + 1))));
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&place), sizeof place), 0);
    return socket;
  }

  static std::string ReadAll(int socket) {
    std::string all;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::recv(socket, buffer, sizeof buffer, 0)) > 0;)
      all.append(buffer, static_cast<std::size_t>(got));
    return all;
  }

  std::string address_;
  int end_[2] = {-1, -1};
  std::jthread thread_;
};

TEST_F(HttpTest, AnswersWhatItsHandlerSays) {
  Start();
  const auto answer = Post(Url("/a?query"), "body", 1000);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200U);
  EXPECT_EQ(answer->body, "POST /a body");
  EXPECT_EQ(Post(Url("/missing"), "", 1000)->status, 404U);
}

TEST_F(HttpTest, KeepsAConnectionForSeveralRequests) {
  Start();
  const std::string text =
      Raw("GET /one HTTP/1.1\r\nHost: a\r\n\r\nHEAD /two HTTP/1.1\r\nHost: a\r\n\r\nGET /three HTTP/1.1\r\nHost: "
          "a\r\nConnection: "
          "close\r\n\r\n");
  EXPECT_NE(text.find("GET /one "), std::string::npos);
  EXPECT_EQ(text.find("GET /two "), std::string::npos) << "a HEAD has no body";
  EXPECT_NE(text.find("GET /three "), std::string::npos);
}

TEST_F(HttpTest, HangsUpOnWhoIsSlow) {
  Start({.patience = std::chrono::milliseconds(50)});
  const int silent = Connect();
  EXPECT_EQ(ReadAll(silent), "");
  ::close(silent);
}

TEST_F(HttpTest, RefusesLargeBodiesAndHeads) {
  Start({.max_body = 100});
  EXPECT_EQ(Post(Url("/a"), std::string(100, 'x'), 1000)->status, 200U);
  EXPECT_NE(Raw("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n").find(" 413 "), std::string::npos);
  EXPECT_EQ(Raw("GET /" + std::string(20000, 'a') + " HTTP/1.1\r\n\r\n").find(" 200 "), std::string::npos);
}

TEST_F(HttpTest, ManyThatSayNothingGiveWay) {
  Start({.connections = 4});
  std::vector<int> silent;
  for (int i = 0; i < 12; ++i) silent.push_back(Connect());
  EXPECT_EQ(Post(Url("/a"), "", 1000)->status, 200U);
  for (const int socket : silent) ::close(socket);
}

TEST_F(HttpTest, ClientBoundsTheAnswer) {
  Start();
  EXPECT_EQ(Post(Url("/a"), std::string(2000, 'x'), 1000).error().code(), ErrorCode::kTooLarge);
}

// What a client makes of a server that says this and hangs up.
Result<Answer> AnswerFrom(const std::string& said) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof place;
  EXPECT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&place), size), 0);
  EXPECT_EQ(::listen(listener, 1), 0);
  EXPECT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&place), &size), 0);
  const std::jthread server([&said, listener] {
    const int socket = ::accept(listener, nullptr, nullptr);
    char request[4096];
    EXPECT_GT(::recv(socket, request, sizeof request, 0), 0);
    static_cast<void>(::send(socket, said.data(), said.size(), MSG_NOSIGNAL));
    ::close(socket);
    ::close(listener);
  });
  return Get("http://127.0.0.1:" + std::to_string(ntohs(place.sin_port)) + "/", 1000);
}

TEST(HttpClient, TakesAnswersThatAreWhole) {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  for (const char* rest : {"Content-Length: 3\r\n\r\nabc", "\r\nabc", "Content-Length: 3\r\n\r\nabcdef",
                           "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"}) {
    const auto answer = AnswerFrom(head + rest);
    ASSERT_TRUE(answer) << rest;
    EXPECT_EQ(answer->body, "abc") << rest;
  }
  const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
  for (const std::string& said : {std::string(), std::string("nonsense"), std::string("HTTP/1.1 200"), head,
                                  head + "Content-Length: 4\r\n\r\nabc", chunked + "3\r\nabc\r\n",
                                  chunked + "1;" + std::string(100'000, 'x'), head + std::string(20'000, 'x')}) {
    EXPECT_EQ(AnswerFrom(said).error().code(), ErrorCode::kIo) << said.substr(0, 80);
  }
}

TEST(HttpClient, WaitsNoLongerThanItsPatience) {
  Server silent = Server::Listen("127.0.0.1:0").value();
  EXPECT_EQ(Get("http://" + silent.address() + "/", 10, std::chrono::milliseconds(30)).error().code(),
            ErrorCode::kTimedOut);
}

TEST(HttpClient, RefusesWhatIsNoAddress) {
  EXPECT_EQ(Post("https://a/", "", 10).error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(Post("http:///a", "", 10).error().code(), ErrorCode::kBadArgument);
}

TEST(HttpServerTest, ListensOnAddressesOnly) {
  for (const char* address :
       {"", "127.0.0.1", "localhost:80", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "300.0.0.1:80"}) {
    EXPECT_EQ(Server::Listen(address).error().code(), ErrorCode::kBadArgument) << address;
  }
  EXPECT_EQ(Server::Listen("203.0.113.1:80").error().code(), ErrorCode::kIo);
}

}  // namespace
}  // namespace edgekeep::http
