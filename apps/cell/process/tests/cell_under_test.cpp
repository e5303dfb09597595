#include "cell_under_test.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "edgekeep/base/check.h"
#include "edgekeep/gate/failure.h"

namespace edgekeep::cell {
namespace {

constexpr int kAnswerMs = 60000;

const char* NameOf(isolation::Purpose purpose) {
  if (purpose == isolation::Purpose::kServe) return "serve";
  return purpose == isolation::Purpose::kInstall ? "install" : "export";
}

[[noreturn]] void Exec(const Launch& launch, const std::string& scratch, int control, int hold) {
  // Out of the way of 3 and 4 first.
  const int far_control = fcntl(control, F_DUPFD, 10);
  const int far_hold = fcntl(hold, F_DUPFD, 10);
  dup2(far_control, 3);
  dup2(far_hold, 4);
  close_range(5, ~0U, 0);
  if (launch.largest_file != 0) {
    const rlimit limit{.rlim_cur = launch.largest_file, .rlim_max = launch.largest_file};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  const std::string pool = std::to_string(launch.pool_bytes);
  setenv("LD_BIND_NOW", "1", 1);  // as the spawner has it
  execl(launch.binary.c_str(), "edgekeep-cell", "--purpose", NameOf(launch.purpose), "--pool-bytes", pool.c_str(),
        "--engine", launch.engine.c_str(), scratch.c_str(), nullptr);
  _exit(127);
}

}  // namespace

CellUnderTest::CellUnderTest(const Launch& launch) {
  auto ends = gate::Channel::Pair();
  int hold[2];
  EK_CHECK(ends && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, hold) == 0);
  char scratch[] = "/tmp/edgekeep-cell-XXXXXX";
  EK_CHECK(mkdtemp(scratch) != nullptr);
  scratch_ = scratch;
  pid_ = fork();
  EK_CHECK(pid_ >= 0);
  if (pid_ == 0) Exec(launch, scratch_, ends->second.fd(), hold[1]);
  control_ = std::move(ends->first);
  hold_ = gate::Descriptor(hold[0]);
  close(hold[1]);
}

CellUnderTest::~CellUnderTest() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  std::filesystem::remove_all(scratch_);
}

Result<gate::CellHello> CellUnderTest::Hello() {
  EK_TRY_ASSIGN(Bytes buffer, Bytes::Allocate(gate::kMaxFrameSize));
  EK_TRY_ASSIGN(const gate::Message message, control_.Receive(buffer.mutable_view(), kAnswerMs));
  if (message.frame.header.command != gate::Command::kCellHello) return Error(ErrorCode::kMalformed, "test: hello");
  return gate::DecodeCellHello(message.frame.body);
}

Result<Bytes> CellUnderTest::Order(gate::Command command, ByteView body, std::span<const int> descriptors) {
  constexpr std::uint64_t kId = 77;
  EK_TRY(control_.Send(command, kId, body, descriptors));
  EK_TRY_ASSIGN(Bytes buffer, Bytes::Allocate(gate::kMaxFrameSize));
  EK_TRY_ASSIGN(const gate::Message message, control_.Receive(buffer.mutable_view(), kAnswerMs));
  if (message.frame.header.id != kId) return Error(ErrorCode::kInternal, "test: id of the answer");
  if (message.frame.header.command == command) return Bytes::Copy(message.frame.body);
  if (message.frame.header.command != gate::Command::kError) return Error(ErrorCode::kInternal, "test: answer");
  EK_TRY_ASSIGN(const gate::Failure failure, gate::DecodeFailureInside(message.frame.body));
  return Error(failure.code, "cell");
}

bool CellUnderTest::WaitUntilDone(int timeout_ms) {
  pollfd watched{.fd = hold_.get(), .events = POLLIN, .revents = 0};
  char byte = 0;
  return poll(&watched, 1, timeout_ms) == 1 && read(hold_.get(), &byte, 1) == 1 && byte == 'e';
}

int CellUnderTest::End() {
  hold_ = gate::Descriptor();
  return WaitForItsEnd();
}

int CellUnderTest::WaitForItsEnd() {
  int status = -1;
  for (int i = 0; i < 1000; ++i) {
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return status;
    }
    poll(nullptr, 0, 10);
  }
  return -1;
}

}  // namespace edgekeep::cell
