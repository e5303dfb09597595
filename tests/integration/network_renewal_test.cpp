// Leases renewed over a network: a publisher's licence server, a whole device and the courier between them.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <optional>
#include <stdexcept>

#include "binaries.h"
#include "bounded_device.h"
#include "eventually.h"
#include "require.h"

namespace edgekeep::test {
namespace {

constexpr std::chrono::minutes kPatience{1};

// "127.0.0.1:40123", where nobody listens, and where a server that is started again may.
std::string FreeAddress() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof place;
  auto* const address = reinterpret_cast<sockaddr*>(&place);
  const bool is_free = ::bind(socket, address, size) == 0 && ::getsockname(socket, address, &size) == 0;
  ::close(socket);
  Require(is_free, "a free port");
  return "127.0.0.1:" + std::to_string(ntohs(place.sin_port));
}

int Connect(const std::string& address) {
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  place.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  Require(::connect(socket, reinterpret_cast<sockaddr*>(&place), sizeof place) == 0, "connect");
  return socket;
}

class LicenceServer {
 public:
  void Start() {
    const Publisher& publisher = Publisher::Shared();
    server_ =
        Background::StartReady({Binary("edgekeep-publisher"), "licence", "serve", "--listen", address_, "--publisher",
                                publisher.directory(), "--passphrase-file", publisher.passphrase_file()},
                               kPatience);
    Require(server_.has_value(), "the licence server does not start");
  }

  // As a machine that is switched off.
  void Kill() {
    server_->Signal(SIGKILL);
    server_->Wait(kPatience);
    server_.reset();
  }

  const std::string& address() const { return address_; }

  std::string url() const { return "http://" + address_; }

 private:
  std::string address_ = FreeAddress();
  std::optional<Background> server_;
};

class NetworkRenewal : public BoundedDevice {
 protected:
  Outcome Renew(const std::vector<std::string>& more = {}) { return RenewOn(device_, more); }

  Outcome RenewOn(const Device& device, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"device", "renew-licences", "--from", server_.url()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return device.Edgekeep(arguments);
  }

  // "running", "grace", "over"
  std::string Phase() const { return TextOf("\"phase\": \""); }

  std::string TextOf(const std::string& begin) const {
    const std::string text = device_.Edgekeep({"licence", "show", "--json"}).out;
    const std::size_t at = text.find(begin);
    Require(at != std::string::npos, text);
    return text.substr(at + begin.size(), text.find('"', at + begin.size()) - at - begin.size());
  }

  ek_code OpenCode() const {
    const auto client = app::Client::Open({.root = device_.root().c_str()});
    const auto model = client->OpenModel(kProduct, {.ring_bytes = 4096});
    return model ? ek_code{EK_OK} : model.error().code();
  }

  std::string LicenceId() const {
    const std::string text =
        RunProgram({Binary("edgekeep-publisher"), "licence", "show", bounded_licence_, "--json"}).out;
    const std::string begin = "\"id\": \"";
    return text.substr(text.find(begin) + begin.size(), 32);
  }

  // Opened in its grace, while nobody answers. The lease is as short as a machine allows that is this busy.
  void OpenInTheGrace() {
    for (int seconds = 3; seconds < 1000; seconds *= 2) {
      const std::string span = std::to_string(seconds) + "s";
      const Outcome installed = InstallUnder({"--lease", span, "--grace", span, "--start-charge", "0s"});
      Require(installed.exit_code == 0, installed.err);
      if (!Eventually([&] { return Phase() != "running"; }, kPatience)) continue;
      const Outcome tried = Renew();
      const ek_code opened = OpenCode();
      if (Phase() == "over") continue;
      EXPECT_EQ(tried.exit_code, 1);
      EXPECT_NE(tried.err.find("acme/affine: not renewed, it opens for "), std::string::npos) << tried.err;
      EXPECT_EQ(opened, ek_code{EK_OK});
      return;
    }
    throw std::runtime_error("no open in a grace");
  }

  LicenceServer server_;
};

TEST_F(NetworkRenewal, AServerThatIsDownCostsNothingUntilTheGraceIsOver) {
  Seal(1, "");
  OpenInTheGrace();
  ASSERT_TRUE(Eventually([&] { return Phase() == "over"; }, kPatience));
  EXPECT_EQ(OpenCode(), ek_code{EK_EXPIRED}) << "control: past the grace";
  const Outcome over = Renew();
  EXPECT_EQ(over.exit_code, 1);
  EXPECT_NE(over.err.find("IT DOES NOT OPEN"), std::string::npos) << over.err;
  server_.Start();
  // As its unit runs it: root's, with nothing of root's powers.
  const Outcome renewed =
      RunProgram({"/usr/bin/setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", Binary("edgekeep"),
                  "--root", device_.root(), "device", "renew-licences", "--from", server_.url()});
  EXPECT_EQ(renewed.exit_code, 0) << renewed.err;
  EXPECT_TRUE(renewed.out.starts_with("acme/affine: renewed, lease for ")) << renewed.out;
  EXPECT_EQ(OpenCode(), ek_code{EK_OK});
}

TEST_F(NetworkRenewal, TheLicensorSaysWhatIsRenewedAndWhen) {
  Seal(1, "");
  ASSERT_EQ(InstallUnder({"--lease", "2h", "--start-charge", "0s"}).exit_code, 0);
  server_.Start();
  const Outcome early = Renew();
  EXPECT_EQ(early.exit_code, 0) << early.err;
  EXPECT_EQ(early.out, "nothing to do yet\n");
  const auto says = [&](const char* words) {
    const Outcome asked = Renew({"--now"});
    EXPECT_EQ(asked.exit_code, 1);
    EXPECT_NE(asked.err.find(words), std::string::npos) << asked.err;
    EXPECT_EQ(OpenCode(), ek_code{EK_OK}) << "what it has goes on";
  };
  says("status 429 (not-yet-valid: this lease is not due for renewal yet)");
  const Publisher& publisher = Publisher::Shared();
  const auto order = [&](const char* what, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {Binary("edgekeep-publisher"), "licence", what, "--publisher",
                                          publisher.directory()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome done = RunProgram(arguments);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return done.out;
  };
  const std::string id = LicenceId();
  order("stop", {"--licence", id});
  EXPECT_NE(order("stopped", {}).find(id), std::string::npos);
  says("status 403 (forbidden: renewals of this licence are stopped)");
  order("resume", {"--licence", id});
  says("status 429");
  // The licensor's own damage: strangers are told no more of it.
  std::ofstream(publisher.directory() / "stopped" / ("licence-" + id)) << "garbage";
  says("status 500 (internal: the licensor cannot renew licences now)");
  order("resume", {"--licence", id});
  server_.Kill();
  says("asking the licence server failed, io");
  server_.Start();
  says("status 429");
  // Two devices at once, one of which has just come: each gets its own, or what is said of its own.
  Device second;
  second.UseNoSpareCell();
  second.Start();
  const std::filesystem::path request = second.Initialise(publisher.trust_bundle());
  const std::filesystem::path licence =
      Publisher::Shared().Licence(request, kProduct, {"--lease", "1s", "--grace", "1h", "--start-charge", "0s"});
  ASSERT_EQ(second.Edgekeep({"install", sealed_, grant_, licence}).exit_code, 0);
  Background first = Background::Start(
      {Binary("edgekeep"), "--root", device_.root(), "device", "renew-licences", "--from", server_.url(), "--now"},
      files_ / "first.log");
  const auto renewed = [&] { return RenewOn(second).out.starts_with("acme/affine: renewed"); };
  EXPECT_TRUE(Eventually(renewed, kPatience));
  EXPECT_EQ(first.Wait(kPatience), 1);
}

// One request as it stands, and all that comes back.
std::string Exchange(const std::string& address, const std::string& request) {
  const int socket = Connect(address);
  Require(::send(socket, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()), "send");
  std::string answer;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::recv(socket, buffer, sizeof buffer, 0)) > 0;)
    answer.append(buffer, static_cast<std::size_t>(got));
  ::close(socket);
  return answer;
}

TEST(LicenceServerOnItsOwn, TellsStrangersLittleAndIsKeptBusyByNobodyWhoSaysNothing) {
  LicenceServer server;
  server.Start();
  const auto expect = [&](const std::string& line, const std::string& body, const char* status, const char* words) {
    const std::string said =
        Exchange(server.address(),
                 line + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    EXPECT_TRUE(said.starts_with(std::string("HTTP/1.1 ") + status)) << line << "\n" << said;
    EXPECT_TRUE(said.ends_with(words)) << line << "\n" << said;
    return said;
  };
  std::vector<int> silent;
  for (int i = 0; i < 100; ++i) silent.push_back(Connect(server.address()));
  EXPECT_NE(expect("GET /renew-licence", "", "405", "a licence\n").find("Allow: POST"), std::string::npos);
  expect("POST /publisher.ekt", "x", "404", "nothing else is here\n");
  expect("GET /../publisher.ekt", "", "404", "nothing else is here\n");
  EXPECT_NE(expect("POST /renew-licence", "no request", "400", "\r\n\r\nmalformed\n").find("Cache-Control: no-store"),
            std::string::npos);
  expect("POST /renew-licence", "", "400", "\r\n\r\nmalformed\n");
  for (const int socket : silent) ::close(socket);
  const std::string huge =
      Exchange(server.address(), "POST /renew-licence HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n");
  EXPECT_TRUE(huge.starts_with("HTTP/1.1 413 ")) << huge;
}

}  // namespace
}  // namespace edgekeep::test
