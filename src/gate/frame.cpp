#include "edgekeep/gate/frame.h"

#include <algorithm>
#include <utility>

#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"

namespace edgekeep::gate {
namespace {

Result<Command> CommandOf(std::uint16_t number) {
  switch (const auto command = static_cast<Command>(number); command) {
    case Command::kError:
    case Command::kOpenModel:
    case Command::kExportModel:
    case Command::kPutValue:
    case Command::kGetValue:
    case Command::kDeleteValues:
    case Command::kListValues:
    case Command::kInitialise:
    case Command::kShowRequest:
    case Command::kInstall:
    case Command::kStatus:
    case Command::kStatistics:
    case Command::kRefreshRelease:
    case Command::kGiveReleaseFile:
    case Command::kAdopt:
    case Command::kProvision:
    case Command::kForgetIdentity:
    case Command::kShowAttestationKeys:
    case Command::kAttest:
    case Command::kInstallLicence:
    case Command::kRequestRenewal:
    case Command::kReturnLicence:
    case Command::kRequestCredential:
    case Command::kInstallCredential:
    case Command::kShowCredential:
    case Command::kTransfer:
    case Command::kShowOwnership:
    case Command::kUseTlsIdentity:
    case Command::kOrder:
    case Command::kShowOrderAuthority:
    case Command::kCellHello:
    case Command::kServeModel:
    case Command::kInstallPackage:
    case Command::kPreparePackage:
    case Command::kAddSession:
    case Command::kEndSession:
    case Command::kReadStatistics:
    case Command::kExportPackage:
    case Command::kStartCell:
    case Command::kKillCell:
    case Command::kCellEnded:
    case Command::kDrawCalls:
    case Command::kSignReceipts:
    case Command::kReportStatistics:
    case Command::kBoundCalls:
    case Command::kStopServing:
      return command;
  }
  return Error(ErrorCode::kUnsupported, "unknown gate command");
}

}  // namespace

Result<Frame> DecodeFrame(ByteView message) {
  if (message.size() > kMaxFrameSize) return Error(ErrorCode::kTooLarge, "gate message");
  Reader reader(message);
  EK_TRY_ASSIGN(const std::uint16_t version, reader.ReadU16LittleEndian());
  EK_TRY_ASSIGN(const std::uint16_t number, reader.ReadU16LittleEndian());
  Frame frame;
  EK_TRY_ASSIGN(frame.header.body_size, reader.ReadU32LittleEndian());
  EK_TRY_ASSIGN(frame.header.id, reader.ReadU64LittleEndian());
  if (version != kVersion) return Error(ErrorCode::kUnsupported, "version of the gate");
  EK_TRY_ASSIGN(frame.header.command, CommandOf(number));
  if (frame.header.body_size > kMaxBodySize) return Error(ErrorCode::kTooLarge, "gate message");
  if (frame.header.body_size != reader.remaining()) return Error(ErrorCode::kMalformed, "size of a gate message");
  EK_TRY_ASSIGN(frame.body, reader.ReadBytes(reader.remaining()));
  return frame;
}

Status EncodeFrameHeader(const FrameHeader& header, MutableByteView out) {
  if (header.body_size > kMaxBodySize) return Error(ErrorCode::kTooLarge, "gate message");
  Writer writer(out);
  EK_TRY(writer.WriteU16LittleEndian(kVersion));
  EK_TRY(writer.WriteU16LittleEndian(std::to_underlying(header.command)));
  EK_TRY(writer.WriteU32LittleEndian(header.body_size));
  return writer.WriteU64LittleEndian(header.id);
}

Result<std::size_t> EncodeFrame(Command command, std::uint64_t id, ByteView body, MutableByteView message) {
  if (body.size() > kMaxBodySize || message.size() < kFrameHeaderSize + body.size()) {
    return Error(ErrorCode::kTooLarge, "gate message");
  }
  EK_TRY(EncodeFrameHeader({.command = command, .body_size = static_cast<std::uint32_t>(body.size()), .id = id},
                           message.first(kFrameHeaderSize)));
  std::copy(body.begin(), body.end(), message.begin() + kFrameHeaderSize);
  return kFrameHeaderSize + body.size();
}

}  // namespace edgekeep::gate
