#include "cbor_head.h"

#include "edgekeep/base/reader.h"

namespace edgekeep {
namespace {

constexpr std::uint8_t kOneByte = 24;
constexpr std::uint8_t kTwoBytes = 25;
constexpr std::uint8_t kFourBytes = 26;
constexpr std::uint8_t kEightBytes = 27;

// Returns the argument that follows the initial byte, whether or not a shorter form would have held it.
Result<std::uint64_t> ReadArgument(std::uint8_t information, Reader& reader) {
  switch (information) {
    case kOneByte:
      return reader.ReadU8();
    case kTwoBytes:
      return reader.ReadU16BigEndian();
    case kFourBytes:
      return reader.ReadU32BigEndian();
    case kEightBytes:
      return reader.ReadU64BigEndian();
    default:
      if (information > kEightBytes) return Error(ErrorCode::kMalformed, "CBOR: indefinite or reserved length");
      return information;
  }
}

// The smallest argument that needs the form `information` (RFC 8949 §4.2.1: shorter ones must be used).
std::uint64_t SmallestFor(std::uint8_t information) {
  switch (information) {
    case kOneByte:
      return kOneByte;
    case kTwoBytes:
      return 1U << 8;
    case kFourBytes:
      return 1U << 16;
    case kEightBytes:
      return 1ULL << 32;
    default:
      return 0;
  }
}

}  // namespace

Result<CborHead> TakeCborHead(ByteView& rest) {
  Reader reader(rest);
  EK_TRY_ASSIGN(const std::uint8_t initial, reader.ReadU8());
  const std::uint8_t information = initial & 31;
  EK_TRY_ASSIGN(const std::uint64_t argument, ReadArgument(information, reader));
  if (argument < SmallestFor(information)) return Error(ErrorCode::kMalformed, "CBOR: not the shortest form");
  rest = rest.last(reader.remaining());
  return CborHead{.major = static_cast<CborMajor>(initial >> 5), .argument = argument};
}

}  // namespace edgekeep
