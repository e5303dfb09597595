#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstring>
#include <fstream>

#include "../../../../tests/support/eventually.h"
#include "fake_device.h"
#include "running_command.h"

namespace edgekeep::cli::device {
namespace {

// What an HTTP client gets; empty where nobody listens.
std::string Ask(const std::string& path, const std::string& request) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  std::string answer;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
    char buffer[4096];
    for (ssize_t size = 0; (size = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) {
      answer.append(buffer, static_cast<std::size_t>(size));
    }
  }
  ::close(fd);
  return answer;
}

constexpr const char* kGet = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";

class MetricsTest : public FakeDevice {
 protected:
  std::string Socket() const { return directory_.path() / "metrics.sock"; }

  std::vector<std::string> ServeCommand() {
    return {"--root", keep_.root(), "metrics", "serve", "--socket", Socket(), "--user", "nobody"};
  }

  WorkDirectory directory_;
};

TEST_F(MetricsTest, ArePrintedOnce) {
  ServeSomething();
  const Output output = Edgekeep({"metrics"});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_NE(output.out.find("\nedgekeep_calls_total{product=\"acme/fake\",result=\"answered\"} 1000\n"),
            std::string::npos)
      << output.out;
}

TEST_F(MetricsTest, AreNoJson) {
  const Output output = Edgekeep({"metrics", "--json"});
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_TRUE(output.out.starts_with("{")) << output.out;
  EXPECT_NE(output.err.find("top --once"), std::string::npos) << output.err;
}

TEST_F(MetricsTest, SayThatNoKeepAnswers) {
  const Output output = device::Edgekeep({"--root", "/nonexistent", "metrics"});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_NE(output.out.find("\nedgekeep_up 0\n"), std::string::npos) << output.out;
}

TEST_F(MetricsTest, AreServedOverHttpUntilItIsInterrupted) {
  ServeSomething();
  RunningCommand serve(ServeCommand());
  ASSERT_TRUE(serve.Says("metrics are served at", 1)) << serve.said;
  struct stat about{};
  ASSERT_EQ(::stat(Socket().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600U);
  const std::string answer = Ask(Socket(), kGet);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_NE(answer.find("text/plain; version=0.0.4"), std::string::npos) << answer;
  EXPECT_NE(answer.find("edgekeep_calls_total{product=\"acme/fake\",result=\"answered\"} 1000\n"), std::string::npos);
  EXPECT_EQ(serve.End(SIGTERM), 0);
  EXPECT_NE(::stat(Socket().c_str(), &about), 0) << "its socket is gone with it";
}

TEST_F(MetricsTest, WhatWasLeftBehindIsReplacedAndNothingElse) {
  {
    RunningCommand killed(ServeCommand());
    ASSERT_TRUE(killed.Says("metrics are served at", 1));
  }
  // The process that speaks HTTP listens until it notices that it was left alone.
  ASSERT_TRUE(test::Eventually([this] { return Ask(Socket(), kGet).empty(); }));
  RunningCommand serve(ServeCommand());
  ASSERT_TRUE(serve.Says("metrics are served at", 1)) << serve.said;
  const Output second = device::Edgekeep(ServeCommand());
  EXPECT_EQ(second.exit_code, 1) << "somebody listens there";
  EXPECT_TRUE(Ask(Socket(), kGet).starts_with("HTTP/1.1 200"));
  EXPECT_EQ(serve.End(SIGINT), 0);
  const std::string file = directory_.Write("a-file", "contents");
  EXPECT_EQ(Edgekeep({"metrics", "serve", "--socket", file}).exit_code, 1);
  EXPECT_EQ(ReadText(file), "contents");
  EXPECT_EQ(Edgekeep({"metrics", "serve", "--socket", Socket(), "--group", "no-such-group"}).exit_code, 1);
  const Output nobody = Edgekeep({"metrics", "serve", "--socket", Socket(), "--user", "no-such-user"});
  EXPECT_EQ(nobody.exit_code, 1);
  EXPECT_EQ(nobody.out, "") << "nothing is served";
  EXPECT_EQ(nobody.err, "edgekeep: no user who may speak HTTP: no-such-user: name one that is there and is not root\n");
  EXPECT_EQ(Edgekeep({"metrics", "serve", "--socket", std::string(200, 'x')}).exit_code, 1);
}

}  // namespace
}  // namespace edgekeep::cli::device
