// One gate message: a 16-byte header and deterministic CBOR (spec/gate.md §2).
#pragma once
#include <cstddef>
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep::gate {

inline constexpr std::uint16_t kVersion = 1;
inline constexpr std::size_t kFrameHeaderSize = 16;
inline constexpr std::size_t kMaxBodySize = 65536;
inline constexpr std::size_t kMaxFrameSize = kFrameHeaderSize + kMaxBodySize;
// Descriptors that may accompany one message.
inline constexpr std::size_t kMaxDescriptors = 4;

// Requests have these numbers; the answer to a request repeats its number and id, or is kError.
enum class Command : std::uint16_t {
  kError = 0,
  // app.sock
  kOpenModel = 0x0101,
  kExportModel = 0x0102,
  kPutValue = 0x0103,
  kGetValue = 0x0104,
  kDeleteValues = 0x0105,
  kListValues = 0x0106,
  // admin.sock
  kInitialise = 0x0201,
  kShowRequest = 0x0202,
  kInstall = 0x0203,
  kStatus = 0x0204,
  kStatistics = 0x0205,
  kRefreshRelease = 0x0206,
  kGiveReleaseFile = 0x0207,
  kAdopt = 0x0208,
  kProvision = 0x020A,
  kForgetIdentity = 0x020B,
  kInstallLicence = 0x0210,
  kShowAttestationKeys = 0x0211,
  kAttest = 0x0212,
  kRequestRenewal = 0x0213,
  kReturnLicence = 0x0214,
  kRequestCredential = 0x0220,
  kInstallCredential = 0x0221,
  kShowCredential = 0x0222,
  kTransfer = 0x0226,
  kShowOwnership = 0x0227,
  kUseTlsIdentity = 0x0228,
  kOrder = 0x0230,
  kShowOrderAuthority = 0x0231,
  // keep → cell
  kCellHello = 0x0301,  // the cell's first message, unasked
  kServeModel = 0x0302,
  kInstallPackage = 0x0303,
  kPreparePackage = 0x0304,
  kAddSession = 0x0305,  // these three, BoundCalls and StopServing to a cell that serves
  kEndSession = 0x0306,
  kReadStatistics = 0x0307,
  kExportPackage = 0x0308,
  kBoundCalls = 0x0309,
  kStopServing = 0x030A,
  // keep ↔ spawner; bodies are fixed fields (spec/gate.md §8)
  kStartCell = 0x0401,
  kKillCell = 0x0402,
  kCellEnded = 0x0403,  // from the spawner, unasked
  // cell → keep, over the cell's ledger
  kDrawCalls = 0x0501,
  kSignReceipts = 0x0502,
  kReportStatistics = 0x0503,  // has no answer
};

// Little-endian: u16 version, u16 command, u32 body size, u64 id.
struct FrameHeader {
  Command command = Command::kError;
  std::uint32_t body_size = 0;
  std::uint64_t id = 0;
};

struct Frame {
  FrameHeader header;
  ByteView body;  // borrows from the message
};

// Fails with kMalformed (sizes disagree), kUnsupported (another version; unknown command) or kTooLarge.
Result<Frame> DecodeFrame(ByteView message);
// Writes the 16 bytes before a body, for who sends the body from where it lies.
Status EncodeFrameHeader(const FrameHeader& header, MutableByteView out);
// Writes header and body into `message`, and returns how much of it was used.
Result<std::size_t> EncodeFrame(Command command, std::uint64_t id, ByteView body, MutableByteView message);

}  // namespace edgekeep::gate
