#include "edgekeep/factory/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <atomic>
#include <thread>

#include "station_fixture.h"

namespace edgekeep::factory {
namespace {

class StationServerTest : public StationTest {
 protected:
  void Serve(const std::string& address, std::size_t devices,
             std::chrono::milliseconds patience = std::chrono::seconds(60)) {
    server_.emplace(StationServer::Listen(address).value());
    // The station is opened here, not by two threads.
    station();
    thread_ = std::thread([this, devices, patience] {
      const auto tell = [this, devices](const VisitResult& result) {
        results_.push_back({result.given, result.refusal, result.took});
        return results_.size() < devices;
      };
      EXPECT_TRUE(server_->Serve(station(), end_, Now, tell, patience));
    });
  }

  void TearDown() override {
    if (thread_.joinable()) {
      eventfd_write(end_, 1);
      thread_.join();
    }
    close(end_);
  }

  int Connect() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return fd;
  }

  static void Say(int fd, const std::string& message) {
    const auto size = static_cast<std::uint32_t>(message.size());
    EXPECT_EQ(send(fd, &size, sizeof size, MSG_NOSIGNAL), 4);  // little-endian, as this machine is
    EXPECT_EQ(send(fd, message.data(), message.size(), MSG_NOSIGNAL), static_cast<ssize_t>(message.size()));
  }

  // Empty where the station hangs up.
  static std::string Hear(int fd) {
    std::uint32_t size = 0;
    if (recv(fd, &size, sizeof size, MSG_WAITALL) != 4) return {};
    std::string message(size, '\0');
    return recv(fd, message.data(), size, MSG_WAITALL) == static_cast<ssize_t>(size) ? message : std::string();
  }

  std::string ProvisionOver(int fd, TestDevice& device) {
    Say(fd, device.Hello());
    Say(fd, device.Prove(Hear(fd)).value());
    return Hear(fd);
  }

  static bool IsRefusal(const std::string& message) {
    const auto kind = formats::KindOfProvisioning(AsBytes(message));
    return kind && *kind == formats::ProvisioningKind::kRefusal;
  }

  test::TemporaryDirectory place_;
  const std::string path_ = place_ / "station";
  int end_ = eventfd(0, EFD_CLOEXEC);
  std::optional<StationServer> server_;
  std::vector<VisitResult> results_;
  std::thread thread_;
};

// One who says nothing, one who says nonsense, one who says too much; and two devices, each in the middle of its
// conversation while the other has its own.
TEST_F(StationServerTest, ServesDevicesAtOnceWhoeverElseIsThere) {
  TestDevice second(maker_);
  Serve("unix:" + path_, 5);
  const int silent = Connect(), nonsense = Connect(), large = Connect(), one = Connect(), two = Connect();
  Say(nonsense, "nonsense");
  EXPECT_TRUE(IsRefusal(Hear(nonsense)));
  EXPECT_EQ(Hear(nonsense), "") << "and hangs up";
  constexpr std::uint32_t kTooMuch = 16385;
  EXPECT_EQ(send(large, &kTooMuch, sizeof kTooMuch, MSG_NOSIGNAL), 4);
  EXPECT_EQ(Hear(large), "");
  Say(one, device_->Hello());
  const std::string challenge = Hear(one);
  EXPECT_FALSE(IsRefusal(ProvisionOver(two, second)));
  Say(one, device_->Prove(challenge).value());
  const std::string identity = Hear(one);
  EXPECT_TRUE(JournalledIdentity::Verify(Cryptography(), PolicyOf({&journal_}), identity));
  close(silent);
  thread_.join();
  std::size_t given = 0;
  for (const VisitResult& result : results_) given += result.given ? std::size_t{1} : std::size_t{0};
  EXPECT_EQ(given, 2U);
  for (const int fd : {nonsense, large, one, two}) close(fd);
}

// More silent ones than there are places: they are hung up on, and a device gets in.
TEST_F(StationServerTest, WhoSaysNothingIsHungUpOn) {
  Serve("unix:" + path_, kMaxVisitors + 4, std::chrono::milliseconds(200));
  std::vector<int> silent;
  for (std::size_t i = 0; i < kMaxVisitors + 3; ++i) silent.push_back(Connect());
  for (const int fd : silent) EXPECT_EQ(Hear(fd), "");
  for (const int fd : silent) close(fd);
  const int late = Connect();
  Say(late, "nonsense");
  EXPECT_TRUE(IsRefusal(Hear(late)));
  close(late);
  thread_.join();
}

// Each byte comes in time, and the message never does.
TEST_F(StationServerTest, WhoSaysAByteNowAndThenIsHungUpOnToo) {
  Serve("unix:" + path_, 1, std::chrono::milliseconds(300));
  const int slow = Connect();
  constexpr std::uint32_t kLong = 16384;
  EXPECT_EQ(send(slow, &kLong, sizeof kLong, MSG_NOSIGNAL), 4);
  bool is_heard = true;
  for (int i = 0; is_heard && i < 6000; ++i) {
    is_heard = send(slow, "x", 1, MSG_NOSIGNAL) == 1;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_FALSE(is_heard);
  close(slow);
  thread_.join();
  ASSERT_EQ(results_.size(), 1U);
  EXPECT_EQ(results_[0].refusal->code(), ErrorCode::kTimedOut);
}

TEST_F(StationServerTest, ListensForThisUserOrOnLoopbackAndNowhereElse) {
  for (const char* address :
       {"0.0.0.0:0", "127.0.0.2:0", "[::1]:0", "8080", "unix:", "127.0.0.1:65536", "127.0.0.1:x"}) {
    EXPECT_EQ(RefusalOf(StationServer::Listen(address)), ErrorCode::kBadArgument) << address;
  }
  const auto loopback = StationServer::Listen("127.0.0.1:0");
  ASSERT_TRUE(loopback);
  EXPECT_NE(loopback->address(), "127.0.0.1:0");
  {
    const auto server = StationServer::Listen("unix:" + path_);
    ASSERT_TRUE(server);
    struct stat facts{};
    ASSERT_EQ(stat(path_.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600U);
    EXPECT_FALSE(StationServer::Listen("unix:" + path_)) << "another one is there";
    EXPECT_EQ(stat(path_.c_str(), &facts), 0) << "and stays there";
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

// As after SIGKILL or a power cut: the name is there, and nobody behind it.
TEST_F(StationServerTest, TakesOverTheSocketOfAStationThatWasKilled) {
  {
    const int killed = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(bind(killed, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(listen(killed, 1), 0);
    EXPECT_FALSE(StationServer::Listen("unix:" + path_)) << "it lives";
    close(killed);
  }
  ASSERT_TRUE(std::filesystem::exists(path_));
  EXPECT_TRUE(StationServer::Listen("unix:" + path_));
  std::ofstream(path_) << "no socket";
  EXPECT_FALSE(StationServer::Listen("unix:" + path_));
  EXPECT_EQ(TextOf(path_), "no socket");
}

}  // namespace
}  // namespace edgekeep::factory
