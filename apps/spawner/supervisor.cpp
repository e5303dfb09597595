#include "supervisor.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "readiness.h"

namespace edgekeep::spawner {
namespace {

using gate::Command;
using gate::Descriptor;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kFirstBackOff{100};
constexpr milliseconds kLongestBackOff{10'000};
// A keep that lived this long begins anew at the first back-off.
constexpr seconds kSettled{30};
// How long an orderly end of the keep may take.
constexpr seconds kGrace{5};

}  // namespace

int Supervisor::Run() {
  while (!stopping_ && !failed_) {
    StartKeepWhenDue();
    Wait();
    TakeSignals();
    ServeKeep();
    TakeReady();
  }
  return EndEverything();
}

void Supervisor::StartKeepWhenDue() {
  if (keep_.pid != 0 || Clock::now() < next_start_) return;
  auto keep = StartKeep(*settings_);
  if (!keep) {
    std::fprintf(stderr, "edgekeep-spawner: the keep cannot be started: %s\n", keep.error().where());
    failed_ = true;
    return;
  }
  keep_ = std::move(*keep);
  keep_started_ = Clock::now();
}

void Supervisor::Wait() {
  pollfd watched[] = {{.fd = signals_.get(), .events = POLLIN, .revents = 0},
                      {.fd = keep_.channel.fd(), .events = POLLIN, .revents = 0},
                      {.fd = keep_.ready.get(), .events = POLLIN, .revents = 0}};
  int timeout = -1;
  if (keep_.pid == 0) {
    const auto left = duration_cast<milliseconds>(next_start_ - Clock::now()).count() + 1;
    timeout = static_cast<int>(std::max<std::int64_t>(left, 0));
  }
  poll(watched, std::size(watched), failed_ ? 0 : timeout);
}

void Supervisor::TakeSignals() {
  signalfd_siginfo signal{};
  while (read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
    if (signal.ssi_signo == SIGTERM || signal.ssi_signo == SIGINT) stopping_ = true;
  }
  CollectChildren();
}

void Supervisor::CollectChildren() {
  int status = 0;
  for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid == keep_.pid) {
      OnKeepEnded(status);
      continue;
    }
    const isolation::CellNumber cell = cells_.TakeEnded(pid);
    if (cell == 0 || keep_.pid == 0) continue;
    const auto body = Encode(isolation::CellEnded{.cell = cell, .wait_status = static_cast<std::uint32_t>(status)});
    if (const Status sent = keep_.channel.Send(Command::kCellEnded, 0, body); !sent) EndKeepFor(sent.error());
  }
}

void Supervisor::OnKeepEnded(int wait_status) {
  if (!stopping_) {
    const bool killed = WIFSIGNALED(wait_status);
    std::fprintf(stderr, "edgekeep-spawner: the keep ended (%s %d)\n", killed ? "signal" : "status",
                 killed ? WTERMSIG(wait_status) : WEXITSTATUS(wait_status));
  }
  // It may have said that it answers with its last breath.
  TakeReady();
  keep_ = Keep();
  cells_.Abandon();
  failed_ = !announced_;
  const bool settled = Clock::now() - keep_started_ > kSettled;
  back_off_ = settled ? kFirstBackOff : std::clamp(back_off_ * 2, kFirstBackOff, kLongestBackOff);
  next_start_ = Clock::now() + back_off_;
}

void Supervisor::ServeKeep() {
  std::array<std::uint8_t, isolation::kSpawnerFrameSize> buffer{};
  while (keep_.channel.valid()) {
    const auto message = keep_.channel.ReceiveWithoutDescriptors(buffer, 0);
    if (!message && message.error().code() == ErrorCode::kTimedOut) return;
    const Status served = message ? Serve(message->frame) : Status(message.error());
    if (!served) EndKeepFor(served.error());
  }
}

Status Supervisor::Serve(const gate::Frame& frame) {
  switch (frame.header.command) {
    case Command::kStartCell:
      return AnswerStart(frame.header.id, frame.body);
    case Command::kKillCell: {
      EK_TRY_ASSIGN(const isolation::KillCell order, isolation::DecodeKillCell(frame.body));
      cells_.Kill(order.cell);
      return {};
    }
    default:
      return Error(ErrorCode::kUnsupported, "command to the spawner");
  }
}

Status Supervisor::AnswerStart(std::uint64_t id, ByteView body) {
  EK_TRY_ASSIGN(const isolation::StartCell order, isolation::DecodeStartCell(body));
  const auto started = cells_.Start(order);
  if (!started) {
    const auto refusal = static_cast<std::uint32_t>(started.error().code());
    return keep_.channel.Send(Command::kStartCell, id, Encode(isolation::CellStarted{.error = refusal, .cell = 0}));
  }
  const int control = started->control.get();
  return keep_.channel.Send(Command::kStartCell, id,
                            Encode(isolation::CellStarted{.error = 0, .cell = started->number}), {&control, 1});
}

// The spawner does not argue with a keep that breaks the protocol, nor with one that hung up: it is ended, its end is
// collected, and a new one starts.
void Supervisor::EndKeepFor(const Error& fault) {
  if (fault.code() != ErrorCode::kPeerGone)
    std::fputs("edgekeep-spawner: the keep broke the protocol and is ended\n", stderr);
  kill(keep_.pid, SIGKILL);
  keep_.channel = gate::Channel();
}

void Supervisor::TakeReady() {
  if (!keep_.ready.valid()) return;
  char said[16];
  const ssize_t size = read(keep_.ready.get(), said, sizeof said);
  if (size < 0) return;
  if (size > 0 && !announced_) {
    announced_ = true;
    AnnounceReady(settings_->arguments.ready_fd, settings_->service_manager);
  }
  keep_.ready = Descriptor();
}

int Supervisor::EndEverything() {
  const auto deadline = Clock::now() + kGrace;
  if (keep_.pid != 0) kill(keep_.pid, SIGTERM);
  while (keep_.pid != 0 || cells_.any()) {
    const auto left = duration_cast<milliseconds>(deadline - Clock::now()).count();
    if (keep_.pid != 0 && left <= 0) kill(keep_.pid, SIGKILL);
    pollfd watched{.fd = signals_.get(), .events = POLLIN, .revents = 0};
    poll(&watched, 1, static_cast<int>(std::clamp<std::int64_t>(left, 10, 1000)));
    TakeSignals();
    if (keep_.pid == 0) cells_.Abandon();
    // The keep may close its cells on its way out.
    ServeKeep();
  }
  return stopping_ ? 0 : 1;
}

}  // namespace edgekeep::spawner
