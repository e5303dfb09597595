// Clients that take what they can get: connections, time, descriptors.
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "server_fixture.h"

namespace edgekeep::keep {
namespace {

TEST_F(ServerTest, ClientsThatSayNothingDoNotKeepOthersOut) {
  std::vector<Channel> silent;
  for (int i = 0; i < Limits().applications_of_one_user; ++i) silent.push_back(Connect("app.sock"));
  // All of this user's places are taken; the next one is told so, and the administrator has places of its own.
  Channel late = Connect("app.sock");
  EXPECT_EQ(Exchange(late, Command::kOpenModel, {}).error().code(), ErrorCode::kBusy);
  EXPECT_TRUE(Answers());
  // More of them than may even be told: the keep drops these at once.
  for (int i = 0; i < 2 * Limits().refused; ++i) silent.push_back(Connect("app.sock"));
  EXPECT_TRUE(Answers());
  silent.clear();
  // A place is free again as soon as the keep has noticed.
  for (int i = 0; i < 200; ++i) {
    Channel next = Connect("app.sock");
    const auto answer = Exchange(next, Command::kOpenModel, {});
    ASSERT_FALSE(answer);
    if (answer.error().code() == ErrorCode::kMalformed) return;
    ::poll(nullptr, 0, 20);
  }
  ADD_FAILURE() << "no place became free";
}

// Descriptors that somebody passes are never the keep's own: closing one could hang it.
class PassedDescriptor : public ServerTest {
 protected:
  // Passes the writing end of a pipe beside a command; true when nobody holds it once the answer is there.
  bool IsDropped(const char* socket, Command command, ErrorCode expected) {
    std::array<int, 2> pipe{};
    EXPECT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
    const gate::Descriptor reading(pipe[0]);
    Channel channel = Connect(socket);
    const Status sent = channel.Send(command, 42, {}, {&pipe[1], 1});
    ::close(pipe[1]);
    // Newer kernels refuse it to the sender already.
    if (!sent) {
      EXPECT_TRUE(channel.Send(command, 42, {}));
    }
    const auto answer = Receive(channel, command);
    EXPECT_EQ(answer ? ErrorCode::kInternal : answer.error().code(), expected);
    pollfd watched{reading.get(), POLLIN, 0};
    return ::poll(&watched, 1, kPatienceMs) == 1 && (watched.revents & POLLHUP) != 0;
  }
};

TEST_F(PassedDescriptor, AtTheApplicationsDoorIsDroppedAndRefused) {
  EXPECT_TRUE(IsDropped("app.sock", Command::kOpenModel, ErrorCode::kMalformed));
  EXPECT_TRUE(Answers());
}

// Control: from root, at the administrator's door, descriptors are taken and then judged.
TEST_F(PassedDescriptor, AtTheAdministratorsDoorIsTakenAndJudged) {
  EXPECT_TRUE(IsDropped("admin.sock", Command::kStatus, ErrorCode::kBadArgument));
}

class ImpatientServer : public ServerTest {
 protected:
  ImpatientServer() : ServerTest(std::nullopt, {.idle = std::chrono::milliseconds(200)}) {}
};

TEST_F(ImpatientServer, HangsUpOnWhoSaysNothing) {
  for (const char* const name : {"app.sock", "admin.sock"}) {
    Channel silent = Connect(name);
    pollfd watched{silent.fd(), POLLRDHUP, 0};
    EXPECT_EQ(::poll(&watched, 1, kPatienceMs), 1) << name;
  }
  EXPECT_TRUE(Answers());
}

// Control: a patient one does not, within many times that.
TEST_F(ServerTest, DoesNotHangUpOnWhoSaysNothingForAWhile) {
  Channel silent = Connect("admin.sock");
  pollfd watched{silent.fd(), POLLRDHUP, 0};
  EXPECT_EQ(::poll(&watched, 1, 1000), 0);
  EXPECT_TRUE(Exchange(silent, Command::kStatus, {}));
}

TEST_F(ServerTest, AdministratorsAreBoundedToo) {
  std::vector<Channel> silent;
  for (int i = 0; i < Limits().administrators; ++i) silent.push_back(Connect("admin.sock"));
  Channel late = Connect("admin.sock");
  EXPECT_EQ(Exchange(late, Command::kStatus, {}).error().code(), ErrorCode::kBusy);
  Channel app = Connect("app.sock");
  EXPECT_EQ(Exchange(app, Command::kOpenModel, {}).error().code(), ErrorCode::kMalformed) << "it was let in";
}

// Some other user who may use app.sock, and takes as many connections as there are.
class GreedyNeighbour : public ServerTest {
 protected:
  explicit GreedyNeighbour(const Limits& limits = {}) : ServerTest(Nobody() ? Nobody()->pw_gid : 0, limits) {}

  void SetUp() override {
    if (::geteuid() != 0 || Nobody() == nullptr) GTEST_SKIP() << "SKIP greedy: needs root, to become somebody else";
    ASSERT_EQ(::chmod(directory_.path().c_str(), 0755), 0);
    auto [ours, theirs] = Channel::Pair().value();
    leash_ = std::move(ours);
    neighbour_ = ::fork();
    if (neighbour_ == 0) {
      leash_ = Channel();  // so that its end is noticed
      TakeAll(theirs, directory_.path() / "app.sock");
    }
    theirs = Channel();
    Bytes buffer = Bytes::Allocate(gate::kMaxFrameSize).value();
    ASSERT_TRUE(leash_.Receive(buffer.mutable_view(), kPatienceMs)) << "the neighbour did not connect";
  }

  void TearDown() override {
    leash_ = Channel();
    if (neighbour_ > 0) {
      EXPECT_EQ(::waitpid(neighbour_, nullptr, 0), neighbour_);
    }
  }

  static const passwd* Nobody() { return ::getpwnam("nobody"); }

  // Whether root is served at app.sock or told that it is busy.
  ErrorCode AnswerForAnother() {
    Channel app = Connect("app.sock");
    return Exchange(app, Command::kOpenModel, {}).error().code();
  }

 private:
  [[noreturn]] static void TakeAll(Channel& leash, const std::string& path) {
    if (::setgroups(0, nullptr) != 0 || ::setgid(Nobody()->pw_gid) != 0 || ::setuid(Nobody()->pw_uid) != 0) ::_exit(9);
    std::vector<Channel> held;
    for (int i = 0; i < Limits().applications; ++i) held.push_back(Channel::Connect(path).value());
    if (!leash.Send(Command::kStatus, 1, {})) ::_exit(8);
    std::array<std::uint8_t, gate::kMaxFrameSize> buffer;
    static_cast<void>(leash.Receive(buffer, gate::kForever).has_value());
    ::_exit(0);
  }

  Channel leash_;
  pid_t neighbour_ = 0;
};

TEST_F(GreedyNeighbour, LeavesPlacesToOtherUsers) {
  EXPECT_EQ(AnswerForAnother(), ErrorCode::kMalformed) << "an empty request is refused by who reads it";
  EXPECT_TRUE(Answers());
}

class UnboundedNeighbour : public GreedyNeighbour {
 protected:
  UnboundedNeighbour() : GreedyNeighbour({.applications_of_one_user = Limits().applications}) {}
};

TEST_F(UnboundedNeighbour, ControlTakesThemAll) {
  EXPECT_EQ(AnswerForAnother(), ErrorCode::kBusy);
}

}  // namespace
}  // namespace edgekeep::keep
