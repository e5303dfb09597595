#include "control_loop.h"

#include <poll.h>
#include <sys/resource.h>

#include <algorithm>

#include "crash_wipe.h"
#include "edgekeep/gate/failure.h"
#include "edgekeep/gate/ledger.h"

namespace edgekeep::cell {
namespace {

std::uint64_t PeakResidentBytes() {
  rusage use{};
  constexpr std::uint64_t kUnit = 1024;
  return ::getrusage(RUSAGE_SELF, &use) == 0 ? static_cast<std::uint64_t>(use.ru_maxrss) * kUnit : 0;
}

}  // namespace

ControlLoop::~ControlLoop() {
  if (thread_) pthread_join(*thread_, nullptr);
}

Status ControlLoop::Start() {
  EK_TRY_ASSIGN(frame_, Bytes::Allocate(gate::kMaxFrameSize));
  pthread_t thread{};
  if (pthread_create(&thread, nullptr, RunIn, this) != 0) return Error(ErrorCode::kNoMemory, "thread");
  thread_ = thread;
  return {};
}

void* ControlLoop::RunIn(void* loop) {
  static_cast<ControlLoop*>(loop)->Run();
  return nullptr;
}

void ControlLoop::Run() {
  Status good;
  while (good) {
    const bool ordered = WaitForSomething();
    DropThoseThatLeft();
    if (ordered) good = TakeOrder();
  }
  answering_->Stop();
}

// True when the keep says something, or has hung up.
bool ControlLoop::WaitForSomething() {
  std::array<pollfd, 1 + gate::kMaxSessionsOfCell> watched{pollfd{control_->fd(), POLLIN | POLLRDHUP, 0}};
  for (std::size_t i = 0; i < clients_.size(); ++i) watched[1 + i] = {clients_[i].socket.get(), POLLRDHUP, 0};
  while (poll(watched.data(), watched.size(), -1) < 0) {
  }
  for (std::size_t i = 0; i < clients_.size(); ++i) left_[i] = watched[1 + i].revents != 0;
  return watched[0].revents != 0;
}

void ControlLoop::DropThoseThatLeft() {
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    if (!left_[i]) continue;
    // Not waiting for a call of its that may be under way: orders go on.
    EK_CHECK(answering_->Drop(clients_[i].number));
    clients_[i] = {};
  }
}

// Fails when there will be no further order.
Status ControlLoop::TakeOrder() {
  EK_TRY_ASSIGN(gate::Message message, control_->Receive(frame_.mutable_view(), gate::kForever));
  return AnswerOrder(message);
}

Status ControlLoop::AnswerOrder(gate::Message& message) {
  const gate::FrameHeader header = message.frame.header;
  const Result<ByteView> answer = CarryOut(message);
  CrashWipe::HoldBack();
  if (answer) return control_->Send(header.command, header.id, *answer);
  CborWriter out(body_);
  EK_TRY(gate::EncodeFailureInside(gate::FailureInsideOf(answer.error()), out));
  return control_->Send(gate::Command::kError, header.id, out.written());
}

Result<ByteView> ControlLoop::CarryOut(gate::Message& message) {
  switch (message.frame.header.command) {
    case gate::Command::kAddSession:
      EK_TRY(AddSession(message));
      return ByteView();
    case gate::Command::kEndSession:
      EK_TRY(EndSession(message.frame.body));
      return ByteView();
    case gate::Command::kBoundCalls:
      if (!message.frame.body.empty()) return Error(ErrorCode::kMalformed, "this order has no body");
      answering_->BoundCalls();
      return ByteView();
    case gate::Command::kStopServing: {
      EK_TRY_ASSIGN(const gate::StopOrder order, gate::DecodeStopOrder(message.frame.body));
      answering_->Refuse(order.code);
      return ByteView();
    }
    case gate::Command::kReadStatistics:
      return ReadStatistics(message.frame.body);
    default:
      return Error(ErrorCode::kUnsupported, "not an order to a cell that serves");
  }
}

Status ControlLoop::AddSession(gate::Message& message) {
  EK_TRY_ASSIGN(const gate::SessionOrder order, gate::DecodeSessionOrder(message.frame.body));
  if (message.num_descriptors != 2) return Error(ErrorCode::kMalformed, "descriptors of an order");
  const auto free = std::ranges::find(clients_, 0U, &Client::number);
  if (free == clients_.end()) return Error(ErrorCode::kBusy, "sessions of a cell");
  EK_TRY_ASSIGN(gate::RingMemory ring, gate::RingMemory::Map(std::move(message.descriptors[0])));
  ring.CloseDescriptor();
  EK_TRY(answering_->Add(order.session, std::move(ring)));
  *free = {order.session, std::move(message.descriptors[1])};
  return {};
}

Status ControlLoop::EndSession(ByteView body) {
  EK_TRY_ASSIGN(const gate::SessionOrder order, gate::DecodeSessionOrder(body));
  const auto client = std::ranges::find(clients_, order.session, &Client::number);
  if (client == clients_.end()) return Error(ErrorCode::kNotFound, "session");
  EK_TRY(answering_->End(order.session));
  *client = {};
  return {};
}

Result<ByteView> ControlLoop::ReadStatistics(ByteView body) {
  if (!body.empty()) return Error(ErrorCode::kMalformed, "this order has no body");
  gate::CellStatistics statistics = answering_->Statistics();
  if (tensors_ != nullptr) statistics.cell.tensor_bytes = tensors_->in_use();
  statistics.cell.peak_bytes = PeakResidentBytes();
  CborWriter out(body_);
  EK_TRY(gate::EncodeCellStatistics(statistics, out));
  return out.written();
}

}  // namespace edgekeep::cell
