// device renew-licences: what a courier asks, and what servers, good and hostile, may do to it. The keep is the test's.
#include <gtest/gtest.h>

#include <chrono>

#include "../renewal_schedule.h"
#include "command.h"
#include "edgekeep/gate/admin.h"
#include "edgekeep/gate/failure.h"
#include "fixture/fake_keep.h"
#include "licence_server.h"
#include "running_command.h"

namespace edgekeep::cli::device {
namespace {

constexpr std::uint64_t kHourOfLease = 3600, kDayOfLease = 24 * kHourOfLease;

gate::ProductStatus Leased(const char* product, std::uint64_t used_days) {
  gate::ProductStatus status{};
  status.product = ProductName::Parse(product).value();
  status.version = {.sequence = {1}, .display = VersionText::Truncated("1")};
  status.licensed = true;
  status.lease = gate::LeaseFacts{
      .seconds = 30 * kDayOfLease, .grace_seconds = 7 * kDayOfLease, .used_seconds = used_days * kDayOfLease};
  return status;
}

// Takes "licence of PRODUCT." alone, and has a whole lease from then on.
class LeasedDevice : public testing::Test {
 protected:
  LeasedDevice() {
    keep_.ServeAdministrators([this](gate::Channel& connection, const gate::Message& request) {
      const std::lock_guard lock(mutex_);
      const gate::Command command = request.frame.header.command;
      std::vector<std::uint8_t> room(gate::kMaxBodySize);
      CborWriter body(room);
      const bool is_done = Answer(command, request.frame.body, body);
      if (!is_done) {
        EXPECT_TRUE(gate::EncodeFailure(gate::FailureOf(Error(ErrorCode::kMalformed)), body));
      }
      EXPECT_TRUE(connection.Send(is_done ? command : gate::Command::kError, request.frame.header.id, body.written()));
    });
  }

  void Add(const gate::ProductStatus& product) { EXPECT_TRUE(status_.products.PushBack(product)); }

  Output Renew(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = Command();
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Edgekeep(arguments);
  }

  std::vector<std::string> Command() {
    return {"--root", keep_.root(), "device", "renew-licences", "--from", server_.url()};
  }

  std::uint64_t Used(std::size_t product) {
    const std::lock_guard lock(mutex_);
    return status_.products[product].lease->used_seconds;
  }

  LicenceServer server_;

 private:
  bool Answer(gate::Command command, ByteView asked, CborWriter& body) {
    if (command == gate::Command::kStatus) return gate::EncodeStatusAnswer(status_, body).has_value();
    if (command == gate::Command::kRequestRenewal) {
      const auto product = gate::DecodeLicensedProduct(asked);
      return product && gate::EncodeBlob(AsBytes("request of " + std::string(product->product.view()) + "."), body);
    }
    const auto licence = gate::DecodeBlob(asked);
    if (command != gate::Command::kInstallLicence || !licence) return false;
    for (gate::ProductStatus& product : status_.products) {
      const std::string name(product.product.view());
      if (AsText(*licence) == "older licence of " + name + ".") return Named(product, body);
      if (AsText(*licence) != "licence of " + name + ".") continue;
      product.licensed = true;
      product.lease = Leased("acme/any", 0).lease;
      return Named(product, body);
    }
    return false;
  }

  static bool Named(const gate::ProductStatus& product, CborWriter& body) {
    gate::LicensedProduct licensed;
    licensed.product = product.product;
    return gate::EncodeLicensedProduct(licensed, body).has_value();
  }

  std::mutex mutex_;  // guards status_
  gate::StatusAnswer status_{.initialised = true};
  client::FakeKeep keep_;
};

// "licence of acme/a." to "request of acme/a."
void AnswerRightly(int socket, const std::string& request) {
  const std::size_t at = request.find("\r\n\r\nrequest of ");
  if (at != std::string::npos)
    LicenceServer::Send(socket, LicenceServer::Answer("200 OK", "licence of " + request.substr(at + 15)));
}

TEST_F(LeasedDevice, RenewsEveryLeaseOfWhichHalfIsUsedUpThatEndsFirstFirst) {
  Add(Leased("acme/half", 15));
  Add(Leased("acme/fresh", 14));
  Add(Leased("acme/over", 40));
  gate::ProductStatus returned = Leased("acme/returned", 40);
  returned.returned = true;
  returned.licensed = false;
  returned.lease.reset();
  Add(returned);
  server_.WillSay(AnswerRightly);
  server_.Start();
  const Output renewed = Renew();
  EXPECT_EQ(renewed.exit_code, 0) << renewed.err;
  EXPECT_EQ(renewed.out, "acme/over: renewed, lease for 30 days more\nacme/half: renewed, lease for 30 days more\n");
  EXPECT_EQ(renewed.err, "");
  const auto requests = server_.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_TRUE(requests[0].starts_with("POST /renew-licence HTTP/1.1\r\n")) << requests[0];
  EXPECT_NE(requests[0].find("Content-Type: application/octet-stream\r\n"), std::string::npos);
  EXPECT_TRUE(requests[0].ends_with("\r\n\r\nrequest of acme/over."));
  EXPECT_TRUE(requests[1].ends_with("\r\n\r\nrequest of acme/half."));
  EXPECT_EQ(Renew().out, "nothing to do yet\n");
  EXPECT_EQ(Renew({"--product", "acme/none"}).exit_code, 1);
  EXPECT_EQ(Renew({"--now", "--product", "acme/fresh"}).out, "acme/fresh: renewed, lease for 30 days more\n");
  EXPECT_NE(Renew({"--json"}).out.find("\"not_due\": 3"), std::string::npos);
}

struct Hostile {
  const char* name;
  std::string answer;
  const char* says;
};

// Whatever a server does, what the device has stays as it is, and the line says how long it opens.
TEST_F(LeasedDevice, HostileServersGiveADeviceNothing) {
  Add(Leased("acme/a", 20));
  Add(Leased("acme/b", 1));
  server_.Start();
  const std::string large(70'000, 'x'), licence = "licence of acme/a.";
  const Hostile all[] = {
      {"forged", LicenceServer::Answer("200 OK", "licence of somebody."), "for acme/a failed, malformed"},
      {"another product's", LicenceServer::Answer("200 OK", "licence of acme/b."),
       "answered for acme/b, wrong-product"},
      {"older", LicenceServer::Answer("200 OK", "older licence of acme/a."), "gives no more time, wrong-version"},
      {"truncated", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + licence, "failed, io"},
      {"empty", LicenceServer::Answer("200 OK", ""), "malformed"},
      {"large", LicenceServer::Answer("200 OK", large), "its answer is larger than any may be"},
      {"larger than it says", "HTTP/1.1 200 OK\r\n\r\n" + large, "its answer is larger than any may be"},
      {"said to be huge", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n" + licence, "failed, io"},
      {"endless head", "HTTP/1.1 200 OK\r\nX: " + std::string(400'000, 'x'), "failed, "},
      {"elsewhere", LicenceServer::Answer("302 Found", licence, "Location: " + server_.url() + "/elsewhere\r\n"),
       "sends us elsewhere, forbidden"},
      {"elsewhere with a body", LicenceServer::Answer("307 X", licence, "Location: http://127.0.0.1:1/\r\n"),
       "sends us elsewhere, forbidden"},
      {"refusal", LicenceServer::Answer("403 X", "forbidden: stopped\nmore\n", "Content-Type: text/plain\r\n"),
       "refused, status 403 (forbidden: stopped), forbidden"},
      {"words that would be obeyed",
       LicenceServer::Answer("403 X", "\033[2Jall is well", "Content-Type: text/plain\r\n"),
       "status 403 (?[2Jall is well)"},
      {"a page", LicenceServer::Answer("404 Not Found", "<html>", "Content-Type: text/html\r\n"),
       "this is no licence server, status 404, malformed"},
      {"no licence in 204", "HTTP/1.1 204 X\r\n\r\n", "status 204"},
      {"later", LicenceServer::Answer("429 X", "", "Retry-After: 7\r\n"), "later, status 429"},
      {"broken", LicenceServer::Answer("500 X", licence), "cannot answer now, status 500"},
      {"no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", "failed, "},
      {"silence", "", "failed, io"},
  };
  for (const Hostile& one : all) {
    SCOPED_TRACE(one.name);
    server_.WillSay(one.answer);
    const Output output = Renew();
    EXPECT_EQ(output.exit_code, 1) << output.out;
    EXPECT_TRUE(output.err.starts_with("edgekeep: acme/a: not renewed, it opens for 17 days more: ")) << output.err;
    EXPECT_NE(output.err.find(one.says), std::string::npos) << output.err;
    EXPECT_EQ(std::ranges::count(output.err, '\n'), 1) << output.err;
    EXPECT_EQ(server_.requests().size(), 1U) << "asked where it was told to, once";
    EXPECT_EQ(Used(0), 20 * kDayOfLease);
  }
  server_.WillSay(AnswerRightly);
  EXPECT_EQ(Renew().exit_code, 0) << "control";
}

TEST_F(LeasedDevice, AServerThatHangsOrDripsIsBounded) {
  Add(Leased("acme/a", 20));
  Add(Leased("acme/b", 25));
  Add(Leased("acme/c", 16));
  server_.Start();
  const auto hang = [this](int socket, const std::string&) {
    LicenceServer::Send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n");
    for (int i = 0; i < 40 && !server_.is_ended() && LicenceServer::Send(socket, "x"); ++i) ::poll(nullptr, 0, 50);
  };
  server_.WillSay(hang);
  const auto begin = std::chrono::steady_clock::now();
  const Output output = Renew({"--patience", "1"});
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  EXPECT_NE(
      output.err.find("acme/b: not renewed, it opens for 12 days more: asking the licence server failed, timed-out"),
      std::string::npos)
      << output.err;
  EXPECT_NE(output.err.find("acme/a: not renewed, it opens for 17 days more"), std::string::npos) << output.err;
  EXPECT_NE(output.err.find("acme/c: not renewed, it opens for 21 days more"), std::string::npos) << output.err;
  EXPECT_EQ(server_.requests().size(), 2U) << "who does not answer twice is not asked again";
}

// What is wrong with one licence, the most urgent one, is not wrong with the others.
TEST_F(LeasedDevice, OneThatFailsKeepsNoOtherFromBeingRenewed) {
  Add(Leased("acme/a", 20));
  Add(Leased("acme/b", 25));
  Add(Leased("acme/c", 40));
  server_.Start();
  for (const std::string& broken : {LicenceServer::Answer("500 X", ""), LicenceServer::Answer("403 X", ""),
                                    LicenceServer::Answer("200 OK", "no licence"), std::string()}) {
    server_.WillSay([&](int socket, const std::string& request) {
      if (!request.ends_with("request of acme/c.")) return AnswerRightly(socket, request);
      LicenceServer::Send(socket, broken);
    });
    const Output output = Renew({"--now"});
    EXPECT_EQ(output.exit_code, 1);
    EXPECT_NE(output.err.find("acme/c: not renewed, IT DOES NOT OPEN: "), std::string::npos) << output.err;
    EXPECT_EQ(std::ranges::count(output.err, '\n'), 1) << output.err;
    EXPECT_EQ(server_.requests().size(), 3U);
  }
  EXPECT_EQ(Used(0), 0U);
  EXPECT_EQ(Used(1), 0U);
}

TEST_F(LeasedDevice, AsksWhereItWasToldToAlone) {
  Add(Leased("acme/a", 20));
  server_.WillSay(AnswerRightly);
  server_.Start();
  const std::string port = server_.url().substr(server_.url().rfind(':'));
  for (const std::string& url :
       {"http://licences.example.com" + port, "http://127.0.0.1.example.com" + port, "http://localhost" + port,
        "http://127.0.0.1@example.com" + port, "http://a@127.0.0.1" + port, "ftp://127.0.0.1" + port,
        std::string("file:///etc/passwd"), std::string("127.0.0.1") + port, "http://127.0.0.1" + port + "/#x",
        "http://127.0.0.1" + port + "\r\nX: y"}) {
    const Output output = Edgekeep({"--root", Command()[1], "device", "renew-licences", "--from", url});
    EXPECT_EQ(output.exit_code, 1) << url;
    EXPECT_NE(output.err.find("no licence server, bad-argument"), std::string::npos) << url << output.err;
  }
  EXPECT_EQ(server_.requests().size(), 0U);
  // A proxy of the environment is for elsewhere.
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  EXPECT_EQ(
      Edgekeep({"--root", Command()[1], "device", "renew-licences", "--from", server_.url() + "/path/"}).exit_code, 0);
  ::unsetenv("http_proxy");
  EXPECT_TRUE(server_.requests().at(0).starts_with("POST /path/renew-licence HTTP/1.1\r\n"));
}

TEST_F(LeasedDevice, AServiceGoesOnWhereNobodyAnswersAndSaysSoOnce) {
  Add(Leased("acme/a", 20));
  std::vector<std::string> arguments = Command();
  arguments.insert(arguments.end(), {"--every", "1"});
  RunningCommand service(arguments, RunningCommand::Errors::kAmongTheRest);
  ASSERT_TRUE(service.Says("acme/a: not renewed, it opens for 17 days more: asking the licence server failed, io", 1))
      << service.said;
  ::poll(nullptr, 0, 2500);  // a round or two, of which nothing new is to be said
  server_.WillSay(AnswerRightly);
  server_.Start();
  ASSERT_TRUE(service.Says("acme/a: renewed, lease for 30 days more", 1)) << service.said;
  EXPECT_EQ(std::ranges::count(service.said, '\n'), 2) << service.said;
  EXPECT_EQ(service.End(SIGTERM), 0);
}

TEST_F(LeasedDevice, AServiceEndsWhenItIsAskedToWhateverItWaitsFor) {
  Add(Leased("acme/a", 40));
  server_.Start();
  server_.WillSay([this](int, const std::string&) {
    while (!server_.is_ended()) ::poll(nullptr, 0, 20);
  });
  std::vector<std::string> arguments = Command();
  arguments.insert(arguments.end(), {"--every", "1"});
  RunningCommand service(arguments);
  while (server_.requests().empty()) ::poll(nullptr, 0, 20);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(service.End(SIGTERM), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(15)) << "not until an answer is overdue";
}

// Of a licence whose term is over the keep counts no lease; there may be another one, with a later end.
TEST_F(LeasedDevice, WhatDoesNotOpenIsDueWhyeverThatIs) {
  gate::ProductStatus over = Leased("acme/term", 1);
  over.licensed = false;
  over.lease.reset();
  Add(over);
  gate::ProductStatus endless = Leased("acme/never-leased", 1);
  endless.lease.reset();
  Add(endless);
  server_.Start();
  server_.WillSay(LicenceServer::Answer("403 X", "forbidden: no\n", "Content-Type: text/plain\r\n"));
  const Output output = Renew();
  EXPECT_EQ(output.exit_code, 1) << output.out;
  EXPECT_TRUE(output.err.starts_with("edgekeep: acme/term: not renewed, IT DOES NOT OPEN: ")) << output.err;
  EXPECT_EQ(server_.requests().size(), 1U) << "what is licensed and has no lease is asked for by nobody";
  server_.WillSay(AnswerRightly);
  EXPECT_EQ(Renew().out, "acme/term: renewed, lease for 30 days more\n");
}

// The line decides whether somebody gets up: a lease is worth nothing beyond the licence's end.
TEST_F(LeasedDevice, SaysNoMoreTimeThanTheTermLeaves) {
  gate::ProductStatus ending = Leased("acme/a", 20);
  ending.licence_expires = UnixTime{static_cast<std::uint64_t>(std::time(nullptr)) + 2 * kDayOfLease + 600};
  Add(ending);
  server_.Start();
  server_.WillSay(LicenceServer::Answer("403 X", ""));
  const Output output = Renew();
  EXPECT_TRUE(output.err.starts_with("edgekeep: acme/a: not renewed, it opens for 2 days more: ")) << output.err;
  server_.WillSay(AnswerRightly);
  EXPECT_EQ(Renew().out, "acme/a: renewed, lease for 2 days more\n");
}

// The keep judges what is answered; the courier says to nobody but whom it was told to trust what this device uses.
TEST_F(LeasedDevice, SpeaksToWhomItsAuthorityVouchesFor) {
  Add(Leased("acme/a", 20));
  const WorkDirectory files;
  const auto certificate = [&](const std::string& name) {
    const std::string path = files.path() / (name + ".pem");
    const Output made =
        RunProgram("/usr/bin/openssl",
                   {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                    path + ".key", "-out", path, "-subj", "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1"});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    return path;
  };
  const std::string right = certificate("right"), other = certificate("other");
  RunningCommand server({EK_TLS_LICENCE_SERVER, right, right + ".key"}, RunningCommand::Errors::kApart,
                        "/usr/bin/python3");
  ASSERT_TRUE(server.Says("\n", 1));
  const auto renew = [&](const std::string& ca) {
    std::vector<std::string> arguments = Command();
    arguments.back() = "https://127.0.0.1:" + server.said.substr(0, server.said.find('\n'));
    if (!ca.empty()) arguments.insert(arguments.end(), {"--ca", ca});
    return Edgekeep(arguments);
  };
  for (const std::string& ca : {other, std::string()}) {
    const Output refused = renew(ca);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_NE(refused.err.find("asking the licence server failed, untrusted"), std::string::npos) << refused.err;
  }
  EXPECT_NE(renew(files.path() / "none.pem").exit_code, 0);
  EXPECT_EQ(Used(0), 20 * kDayOfLease);
  const Output renewed = renew(right);  // control
  EXPECT_EQ(renewed.exit_code, 0) << renewed.err;
  EXPECT_EQ(Used(0), 0U);
}

// Nothing lies between two rounds: one that was killed is one that was not made.
TEST_F(LeasedDevice, AKilledCourierCostsNothing) {
  Add(Leased("acme/a", 20));
  server_.WillSay([](int, const std::string&) { ::poll(nullptr, 0, 200); });
  server_.Start();
  {
    RunningCommand killed(Command());
    while (server_.requests().empty()) ::poll(nullptr, 0, 5);
    EXPECT_EQ(killed.End(SIGKILL), -1);
  }
  EXPECT_EQ(Used(0), 20 * kDayOfLease);
  server_.WillSay(AnswerRightly);
  EXPECT_EQ(Renew().exit_code, 0);
}

TEST(RenewalSchedule, SpreadsBacksOffAndWaitsAsLongAsTheServerSays) {
  for (const double chance : {0.0, 0.5, 0.999}) {
    const auto lies = [chance](std::uint64_t wait, std::uint64_t about) {
      EXPECT_EQ(wait, static_cast<std::uint64_t>(static_cast<double>(about) * (0.5 + chance))) << about;
    };
    lies(NextRoundIn(kHourOfLease, {}, chance), kHourOfLease);
    lies(NextRoundIn(kHourOfLease, {.failures = 1}, chance), 60);
    lies(NextRoundIn(kHourOfLease, {.failures = 3}, chance), 240);
    lies(NextRoundIn(kHourOfLease, {.failures = 7}, chance), kHourOfLease);
    lies(NextRoundIn(kHourOfLease, {.failures = UINT_MAX}, chance), kHourOfLease);
    lies(NextRoundIn(30, {.failures = 1}, chance), 30);
    EXPECT_GE(NextRoundIn(kHourOfLease, {.failures = 1, .retry_after = 7200}, chance), 7200U);
    EXPECT_LE(NextRoundIn(kHourOfLease, {.failures = 1, .retry_after = 7200}, chance), 10'800U);
    EXPECT_LE(NextRoundIn(kHourOfLease, {.failures = 1, .retry_after = UINT64_MAX}, chance), kDayOfLease * 3 / 2);
    EXPECT_GE(NextRoundIn(1, {}, chance), 1U);
  }
  EXPECT_EQ(FirstRoundIn(kHourOfLease, 0, 0.9), 0U) << "what does not open does not wait";
  EXPECT_EQ(FirstRoundIn(kHourOfLease, 200, 0.9), 9U);
  EXPECT_EQ(FirstRoundIn(kHourOfLease, 30 * kDayOfLease, 0.5), kHourOfLease / 2);
}

}  // namespace
}  // namespace edgekeep::cli::device
