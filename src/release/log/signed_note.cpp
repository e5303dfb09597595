#include "edgekeep/release/log/signed_note.h"

#include <algorithm>

#include "edgekeep/base/base64.h"
#include "edgekeep/base/utf8.h"
#include "edgekeep/release/log/lines.h"

namespace edgekeep::release::log {
namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";  // U+2014 and a space
constexpr std::size_t kBase64OfId = 8;               // holds the four bytes and two more

Error NotANote() {
  return Malformed("signed note");
}

Result<NoteKeyId> IdIn(std::string_view base64) {
  std::array<std::uint8_t, 6> front;
  EK_TRY_ASSIGN(const ByteView bytes, DecodeBase64(base64.substr(0, kBase64OfId), front));
  if (bytes.size() <= NoteKeyId::kSize) return NotANote();
  return NoteKeyId::From(bytes.first(NoteKeyId::kSize));
}

Result<NoteSignature> ParseLine(std::string_view line) {
  if (!line.starts_with(kDash)) return NotANote();
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return NotANote();
  NoteSignature signature{.name = line.substr(0, space), .base64 = After(line, space + 1)};
  if (!IsKeyName(signature.name)) return Malformed("signed note: name");
  EK_TRY(CheckBase64(signature.base64));
  EK_TRY_ASSIGN(signature.key, IdIn(signature.base64));
  return signature;
}

bool IsControl(char c) noexcept {
  return static_cast<unsigned char>(c) < ' ' && c != '\n';
}

}  // namespace

Result<InlineVector<NoteSignature, kMaxNoteSignatures>> ParseSignatureLines(std::string_view lines) {
  if (lines.size() > kMaxNoteSize) return Error(ErrorCode::kTooLarge, "signed note");
  if (!IsUtf8(AsBytes(lines)) || std::ranges::any_of(lines, IsControl)) return NotANote();
  InlineVector<NoteSignature, kMaxNoteSignatures> signatures;
  while (!lines.empty()) {
    EK_TRY_ASSIGN(const std::string_view line, TakeLine(lines));
    EK_TRY_ASSIGN(const NoteSignature signature, ParseLine(line));
    EK_TRY(signatures.PushBack(signature));
  }
  if (signatures.empty()) return NotANote();
  return signatures;
}

Result<SignedNote> ParseSignedNote(std::string_view note) {
  if (note.size() > kMaxNoteSize) return Error(ErrorCode::kTooLarge, "signed note");
  const std::size_t empty_line = note.rfind("\n\n");
  if (empty_line == std::string_view::npos) return NotANote();
  SignedNote parsed{.text = note.substr(0, empty_line + 1), .signatures = {}};
  if (!IsUtf8(AsBytes(parsed.text)) || std::ranges::any_of(parsed.text, IsControl)) return NotANote();
  EK_TRY_ASSIGN(parsed.signatures, ParseSignatureLines(After(note, empty_line + 2)));
  return parsed;
}

}  // namespace edgekeep::release::log
