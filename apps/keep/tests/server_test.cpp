// The keep behind its real sockets, against clients that no library of ours would be.
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "edgekeep/gate/app.h"
#include "edgekeep/gate/posix/ring_memory.h"
#include "server_fixture.h"

namespace edgekeep::keep {
namespace {

TEST_F(ServerTest, AnswersSeveralRequestsOnOneConnection) {
  Channel admin = Connect("admin.sock");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Exchange(admin, Command::kStatus, {}));
  fixture::TestPublisher publisher;
  EXPECT_TRUE(Exchange(admin, Command::kInitialise, Blob(publisher.Bundle())));
  EXPECT_TRUE(Exchange(admin, Command::kShowRequest, {}));
}

TEST_F(ServerTest, EndsWhenAskedToAndWhenTheSpawnerIsGone) {
  End();
  EXPECT_TRUE(ended_by_request_);
  Server second(*keep_, *watch_, std::nullopt);
  const fixture::TemporaryDirectory elsewhere;
  ASSERT_TRUE(second.Listen(elsewhere.path()));
  spawner_.second = Channel();
  EXPECT_FALSE(second.Run(gate::Descriptor(::eventfd(0, EFD_CLOEXEC)).get(), spawner_.first.fd()));
}

TEST_F(ServerTest, GarbageIsToldSoAndTheConnectionEnds) {
  const Buffer garbage = fixture::Pattern(500, 3);
  for (const std::size_t size : {std::size_t{1}, std::size_t{15}, std::size_t{16}, std::size_t{17}, garbage.size()}) {
    Channel channel = Connect("admin.sock");
    ASSERT_EQ(::send(channel.fd(), garbage.data(), size, MSG_NOSIGNAL), static_cast<ssize_t>(size));
    Bytes buffer = Bytes::Allocate(gate::kMaxFrameSize).value();
    const auto message = channel.Receive(buffer.mutable_view(), kPatienceMs);
    ASSERT_TRUE(message) << size;
    EXPECT_EQ(message->frame.header.command, Command::kError);
    const auto after = channel.Receive(buffer.mutable_view(), kPatienceMs);
    ASSERT_FALSE(after);
    EXPECT_EQ(after.error().code(), ErrorCode::kPeerGone);
  }
  EXPECT_TRUE(Answers());
}

TEST_F(ServerTest, HugeSizeInTheHeaderIsRefused) {
  Channel channel = Connect("admin.sock");
  Buffer frame(gate::kFrameHeaderSize + 4);
  Writer writer(frame);
  writer.WriteU16LittleEndian(gate::kVersion).value();
  writer.WriteU16LittleEndian(static_cast<std::uint16_t>(Command::kStatus)).value();
  writer.WriteU32LittleEndian(UINT32_MAX).value();
  ASSERT_GT(::send(channel.fd(), frame.data(), frame.size(), MSG_NOSIGNAL), 0);
  EXPECT_EQ(Receive(channel, Command::kStatus).error().code(), ErrorCode::kTooLarge);
  EXPECT_TRUE(Answers());
}

TEST_F(ServerTest, InstallWithoutDescriptorOrWithAWrongOne) {
  fixture::TestPublisher publisher;
  Channel admin = Connect("admin.sock");
  ASSERT_TRUE(Exchange(admin, Command::kInitialise, Blob(publisher.Bundle())));
  const auto expect_bad_argument = [](const Result<Buffer>& refused) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::kBadArgument);
  };
  expect_bad_argument(Exchange(admin, Command::kInstall, InstallBody({1}, {2})));
  ASSERT_EQ(::mkfifo((directory_.path() / "fifo").c_str(), 0600), 0);
  expect_bad_argument(InstallFrom(directory_.path() / "fifo", O_RDWR | O_NONBLOCK, admin));
  expect_bad_argument(InstallFrom(directory_.path() / "fifo", O_RDONLY | O_NONBLOCK, admin));
  expect_bad_argument(InstallFrom(directory_.path(), O_RDONLY, admin));
  expect_bad_argument(InstallFrom("/dev/zero", O_RDONLY, admin));
  expect_bad_argument(InstallFrom(directory_.path() / "f", O_RDWR | O_CREAT, admin));
  // Control: a regular file for reading is looked into, and refused for what is in it.
  EXPECT_EQ(InstallFrom(directory_.path() / "f", O_RDONLY, admin).error().code(), ErrorCode::kMalformed);
}

// A device with a model installed, all of it through the sockets.
class OpenedTest : public ServerTest {
 protected:
  OpenedTest() {
    device_.cells.read_file = [this](int descriptor) {
      Buffer bytes(files_.CheckedSize(descriptor).value());
      files_.ReadAt(descriptor, 0, bytes).value();
      return bytes;
    };
    Channel admin = Connect("admin.sock");
    EXPECT_TRUE(Exchange(admin, Command::kInitialise, Blob(publisher_.Bundle())));
    const Buffer request_body = Exchange(admin, Command::kShowRequest, {}).value();
    const Buffer request = fixture::ToBuffer(gate::DecodeBlob(request_body).value());
    const fixture::Package package = publisher_.Seal({3}, fixture::Pattern(3000, 7));
    std::ofstream(path_).write(reinterpret_cast<const char*>(package.file.data()),
                               static_cast<std::streamsize>(package.file.size()));
    const gate::Descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    const int descriptor = file.get();
    const Buffer body = InstallBody(publisher_.Grant(package, {4}), fixture::LicenceFor(publisher_, request));
    EXPECT_TRUE(Exchange(admin, Command::kInstall, body, {&descriptor, 1}));
  }

  // The two descriptors of an opened session: ring and socket.
  std::pair<gate::Descriptor, gate::Descriptor> Open() {
    Buffer body(1024);
    CborWriter writer(body);
    gate::EncodeOpenModelRequest({ProductName::Parse(fixture::kProduct).value(), 4096, 1, 1}, writer).value();
    Channel app = Connect("app.sock");
    EXPECT_TRUE(app.Send(Command::kOpenModel, 42, writer.written()));
    Bytes buffer = Bytes::Allocate(gate::kMaxFrameSize).value();
    Result<gate::Message> message = app.Receive(buffer.mutable_view(), kPatienceMs);
    EXPECT_TRUE(message && message->frame.header.command == Command::kOpenModel && message->num_descriptors == 2);
    return {std::move(message->descriptors[0]), std::move(message->descriptors[1])};
  }

  bool CellsBecome(int number) {
    for (int i = 0; i < 500; ++i) {
      if (device_.cells.num_running == number) return true;
      ::poll(nullptr, 0, 10);
    }
    return false;
  }

  static bool HangsUp(int socket) {
    pollfd watched{socket, POLLRDHUP, 0};
    return ::poll(&watched, 1, kPatienceMs) == 1 && (watched.revents & (POLLRDHUP | POLLHUP)) != 0;
  }

  fixture::TestPublisher publisher_;
  std::filesystem::path path_ = directory_.path() / "x.eks";
};

TEST_F(OpenedTest, SessionOutlivesItsConnectionAndEndsWithItsSocket) {
  auto [ring, session] = Open();
  EXPECT_TRUE(gate::RingMemory::Map(std::move(ring)));
  EXPECT_EQ(device_.cells.num_running, 1);
  session = gate::Descriptor();
  EXPECT_TRUE(CellsBecome(0)) << "the cell outlives its application";
}

// One that gets no successor.
TEST_F(OpenedTest, EndOfTheCellHangsUpTheApplication) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
  const gate::Descriptor reading(pipe[0]);
  device_.cells.end_signal = reading.get();
  const auto [ring, session] = Open();
  device_.cells.faults.start_error = ErrorCode::kModelRefused;
  device_.cells.CrashLast();
  ::close(pipe[1]);
  EXPECT_TRUE(HangsUp(session.get()));
  EXPECT_TRUE(CellsBecome(0));
}

// The watch looks at all cells when any session ends, and sees the crash before anything hangs up.
TEST_F(OpenedTest, EndOfTheCellThatIsSeenInPassingHangsUpTheApplication) {
  const auto [ring, session] = Open();
  auto [other_ring, other] = Open();
  device_.cells.faults.start_error = ErrorCode::kModelRefused;
  device_.cells.CrashLast();
  other = gate::Descriptor();
  EXPECT_TRUE(HangsUp(session.get()));
  EXPECT_TRUE(CellsBecome(0));
}

TEST_F(OpenedTest, ApplicationThatIsGoneWhenTheModelIsReadyLeavesNoCell) {
  Buffer body(1024);
  CborWriter writer(body);
  gate::EncodeOpenModelRequest({ProductName::Parse(fixture::kProduct).value(), 4096, 1, 1}, writer).value();
  {
    Channel app = Connect("app.sock");
    ASSERT_TRUE(app.Send(Command::kOpenModel, 42, writer.written()));
  }
  EXPECT_TRUE(CellsBecome(0));
  EXPECT_TRUE(Answers());
}

TEST_F(OpenedTest, ManySessionsShareACellUntilTheLastOneEnds) {
  std::vector<std::pair<gate::Descriptor, gate::Descriptor>> sessions;
  for (int i = 0; i < 5; ++i) sessions.push_back(Open());
  EXPECT_EQ(device_.cells.num_running, 1);
  EXPECT_EQ(device_.cells.num_sessions_added, 5);
  sessions.erase(sessions.begin(), sessions.begin() + 4);
  sessions.push_back(Open());
  EXPECT_EQ(device_.cells.num_running, 1);
  sessions.clear();
  EXPECT_TRUE(CellsBecome(0));
}

TEST_F(ServerTest, ClientGoneInTheMiddle) {
  for (int i = 0; i < 20; ++i) {
    Channel channel = Connect("app.sock");
    ASSERT_TRUE(channel.Send(Command::kOpenModel, 1, {}));
  }
  EXPECT_TRUE(Answers());
}

TEST_F(ServerTest, StrangersAreToldOnceAndShutOut) {
  const passwd* const nobody = ::getpwnam("nobody");
  if (::geteuid() != 0 || nobody == nullptr) GTEST_SKIP() << "SKIP strangers: needs root, to become somebody else";
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0755), 0);
  for (const char* const name : {"app.sock", "admin.sock"}) {
    const pid_t child = ::fork();
    if (child == 0) {
      if (::setgroups(0, nullptr) != 0 || ::setgid(nobody->pw_gid) != 0 || ::setuid(nobody->pw_uid) != 0) ::_exit(9);
      Result<Channel> channel = Channel::Connect((directory_.path() / name).string());
      if (!channel) ::_exit(8);
      const auto first = Exchange(*channel, Command::kStatus, {});
      if (first || first.error().code() != ErrorCode::kForbidden) ::_exit(7);
      const auto second = Receive(*channel, Command::kStatus);
      ::_exit(second || second.error().code() != ErrorCode::kPeerGone ? 6 : 0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << name << ": " << WEXITSTATUS(status);
  }
}

}  // namespace
}  // namespace edgekeep::keep
