#include "edgekeep/crypto/der.h"

#include <algorithm>
#include <utility>

namespace edgekeep::crypto {
namespace {

constexpr std::size_t kHalf = 32;

Result<std::size_t> ReadLength(Reader& reader) {
  EK_TRY_ASSIGN(const std::uint8_t first, reader.ReadU8());
  if (first < 0x80) return std::size_t{first};
  std::size_t length = 0;
  std::size_t shortest = 0;
  if (first == 0x81) {
    EK_TRY_ASSIGN(length, reader.ReadU8());
    shortest = 0x80;
  } else if (first == 0x82) {
    EK_TRY_ASSIGN(length, reader.ReadU16BigEndian());
    shortest = 0x100;
  }
  if (length < shortest || shortest == 0) return Error(ErrorCode::kMalformed, "DER length");
  return length;
}

}  // namespace

Result<ByteView> ReadDer(Reader& reader, DerTag tag) {
  EK_TRY_ASSIGN(const std::uint8_t found, reader.ReadU8());
  if (found != std::to_underlying(tag)) return Error(ErrorCode::kMalformed, "DER tag");
  EK_TRY_ASSIGN(const std::size_t length, ReadLength(reader));
  return reader.ReadBytes(length);
}

Result<ByteView> ReadDerPositive(Reader& reader) {
  EK_TRY_ASSIGN(const ByteView contents, ReadDer(reader, DerTag::kInteger));
  if (contents.empty() || contents[0] >= 0x80) return Error(ErrorCode::kMalformed, "DER integer");
  if (contents[0] != 0) return contents;
  if (contents.size() < 2 || contents[1] < 0x80) return Error(ErrorCode::kMalformed, "DER integer");
  return contents.subspan(1);
}

Result<std::array<std::uint8_t, 64>> ReadDerEcdsaP256(ByteView der) {
  Reader outer(der);
  EK_TRY_ASSIGN(const ByteView sequence, ReadDer(outer, DerTag::kSequence));
  EK_TRY(outer.ExpectEnd());
  Reader inner(sequence);
  EK_TRY_ASSIGN(const ByteView r, ReadDerPositive(inner));
  EK_TRY_ASSIGN(const ByteView s, ReadDerPositive(inner));
  EK_TRY(inner.ExpectEnd());
  if (r.size() > kHalf || s.size() > kHalf) return Error(ErrorCode::kMalformed, "ECDSA signature");
  std::array<std::uint8_t, 2 * kHalf> both{};
  std::ranges::copy(r, both.begin() + static_cast<std::ptrdiff_t>(kHalf - r.size()));
  std::ranges::copy(s, both.end() - static_cast<std::ptrdiff_t>(s.size()));
  return both;
}

}  // namespace edgekeep::crypto
