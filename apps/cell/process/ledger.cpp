#include "ledger.h"

#include <sys/stat.h>

#include <array>

#include "crash_wipe.h"
#include "edgekeep/gate/admin.h"
#include "edgekeep/gate/failure.h"

namespace edgekeep::cell {
namespace {

// An anchor may be slow to sign.
constexpr int kSignMs = 10'000;

}  // namespace

Result<Ledger> Ledger::Over(gate::Descriptor socket) {
  struct stat about{};
  if (::fstat(socket.get(), &about) != 0 || !S_ISSOCK(about.st_mode)) return Error(ErrorCode::kMalformed, "ledger");
  Ledger ledger;
  EK_TRY_ASSIGN(ledger.buffer_, Bytes::Allocate(gate::kMaxFrameSize));
  ledger.keep_ = gate::Channel(std::move(socket));
  return ledger;
}

template <std::size_t kMaxSize, typename Body>
Status Ledger::Ask(gate::Command command, const Body& body, Status (*encode)(const Body&, CborWriter&)) {
  if (!keep_.valid()) return Error(ErrorCode::kPeerGone, "ledger");
  std::array<std::uint8_t, kMaxSize> buffer;
  CborWriter out(buffer);
  EK_TRY(encode(body, out));
  CrashWipe::HoldBack();
  return keep_.Send(command, ++last_id_, out.written());
}

// An answer that makes no sense ends the ledger: what follows would be taken for something else.
Result<gate::Frame> Ledger::Receive(int timeout_ms) {
  if (!keep_.valid()) return Error(ErrorCode::kPeerGone, "ledger");
  const auto message = keep_.ReceiveWithoutDescriptors(buffer_.mutable_view(), timeout_ms);
  if (message) return message->frame;
  if (message.error().code() != ErrorCode::kTimedOut) keep_ = gate::Channel();
  return message.error();
}

Status Ledger::Send(const gate::CallDraw& draw) {
  return Ask(gate::Command::kDrawCalls, draw, gate::EncodeCallDraw);
}

Result<gate::DrawnCalls> Ledger::AwaitDrawn(int timeout_ms) {
  if (drawn_) return *std::exchange(drawn_, std::nullopt);
  EK_TRY_ASSIGN(const gate::Frame frame, Receive(timeout_ms));
  if (frame.header.command == gate::Command::kDrawCalls) return gate::DecodeDrawnCalls(frame.body);
  keep_ = gate::Channel();
  return Error(ErrorCode::kMalformed, "ledger: not the answer to a draw");
}

Status Ledger::Report(const gate::CellStatistics& statistics) {
  return Ask<gate::kMaxCellStatisticsSize>(gate::Command::kReportStatistics, statistics, gate::EncodeCellStatistics);
}

Result<Bytes> Ledger::Sign(const gate::ReceiptsToSign& receipts) {
  EK_TRY(Ask(gate::Command::kSignReceipts, receipts, gate::EncodeReceiptsToSign));
  for (const std::uint64_t id = last_id_;;) {
    EK_TRY_ASSIGN(const gate::Frame frame, Receive(kSignMs));
    if (frame.header.command == gate::Command::kDrawCalls) {
      EK_TRY_ASSIGN(drawn_, gate::DecodeDrawnCalls(frame.body));
      continue;
    }
    // Of an earlier question that nobody waited for any more.
    if (frame.header.id != id) continue;
    if (frame.header.command == gate::Command::kError) {
      EK_TRY_ASSIGN(const gate::Failure failure, gate::DecodeFailure(frame.body));
      return Error(failure.code, "ledger");
    }
    EK_TRY_ASSIGN(const ByteView object, gate::DecodeBlob(frame.body));
    return Bytes::Copy(object);
  }
}

}  // namespace edgekeep::cell
