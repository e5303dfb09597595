#include "edgekeep/attest/tpm_statement.h"

#include "edgekeep/base/reader.h"

namespace edgekeep::attest {
namespace {

constexpr std::uint32_t kMagic = 0xff544347;  // stands before nothing that the chip was given to sign
constexpr std::uint16_t kSha256Bank = 0x000b;

Error Bad() {
  return Error(ErrorCode::kMalformed, "a TPM's statement");
}

// TPM2B: a length, and as many bytes.
Result<ByteView> ReadSized(Reader& in) {
  EK_TRY_ASSIGN(const std::uint16_t size, in.ReadU16BigEndian());
  return in.ReadBytes(size);
}

Status ReadQuote(Reader& in, TpmStatement& statement) {
  EK_TRY_ASSIGN(const std::uint32_t banks, in.ReadU32BigEndian());
  EK_TRY_ASSIGN(const std::uint16_t bank, in.ReadU16BigEndian());
  if (banks != 1 || bank != kSha256Bank) return Error(ErrorCode::kUnsupported, "a quote of other banks");
  EK_TRY_ASSIGN(const std::uint8_t size, in.ReadU8());
  if (size > 4) return Bad();
  EK_TRY_ASSIGN(const ByteView selection, in.ReadBytes(size));
  for (std::size_t i = 0; i < size; ++i) statement.selected |= std::uint32_t{selection[i]} << (8 * i);
  EK_TRY_ASSIGN(statement.digest, ReadSized(in));
  return {};
}

Status ReadCertifiedKey(Reader& in, TpmStatement& statement) {
  EK_TRY_ASSIGN(statement.name, ReadSized(in));
  EK_TRY(ReadSized(in));  // the qualified name: the name, and where the key hangs
  return {};
}

Status ReadCounter(Reader& in, TpmStatement& statement) {
  EK_TRY_ASSIGN(statement.name, ReadSized(in));
  EK_TRY_ASSIGN(const std::uint16_t offset, in.ReadU16BigEndian());
  EK_TRY_ASSIGN(const std::uint16_t size, in.ReadU16BigEndian());
  if (offset != 0 || size != 8) return Bad();
  EK_TRY_ASSIGN(statement.counter, in.ReadU64BigEndian());
  return {};
}

Status ReadAttested(Reader& in, TpmStatement& statement) {
  switch (statement.kind) {
    case StatementKind::kQuote:
      return ReadQuote(in, statement);
    case StatementKind::kCertifiedKey:
      return ReadCertifiedKey(in, statement);
    case StatementKind::kCounter:
      return ReadCounter(in, statement);
  }
  return Error(ErrorCode::kUnsupported, "another kind of statement");
}

}  // namespace

Result<TpmStatement> DecodeTpmStatement(ByteView attest) {
  Reader in(attest);
  EK_TRY_ASSIGN(const std::uint32_t magic, in.ReadU32BigEndian());
  if (magic != kMagic) return Bad();
  EK_TRY_ASSIGN(const std::uint16_t type, in.ReadU16BigEndian());
  TpmStatement statement;
  statement.kind = static_cast<StatementKind>(type);
  EK_TRY(ReadSized(in));  // the signer's qualified name: its signature says who it is
  EK_TRY_ASSIGN(statement.qualifying_data, ReadSized(in));
  EK_TRY_ASSIGN(statement.clock.milliseconds, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(statement.clock.resets, in.ReadU32BigEndian());
  EK_TRY_ASSIGN(statement.clock.restarts, in.ReadU32BigEndian());
  EK_TRY_ASSIGN(const std::uint8_t safe, in.ReadU8());
  if (safe > 1) return Bad();
  EK_TRY_ASSIGN(statement.firmware, in.ReadU64BigEndian());
  EK_TRY(ReadAttested(in, statement));
  EK_TRY(in.ExpectEnd());
  return statement;
}

}  // namespace edgekeep::attest
