#include "cosignature_lines.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "edgekeep/base/base64.h"
#include "edgekeep/base/reader.h"
#include "edgekeep/release/log/signed_note.h"

namespace edgekeep::log {
namespace {

using release::log::NoteKeyId;
using release::log::NoteSignature;

constexpr std::size_t kMaxBlobSize = NoteKeyId::kSize + sizeof(std::uint64_t) + 2420;

// As both types of cosignature state it, after the key's id.
Result<UnixTime> TimeOf(const NoteSignature& line) {
  std::array<std::uint8_t, kMaxBlobSize> buffer;
  EK_TRY_ASSIGN(const ByteView blob, DecodeBase64(line.base64, buffer));
  Reader in(blob);
  EK_TRY(in.ReadBytes(NoteKeyId::kSize));
  const auto time = in.ReadU64BigEndian();
  if (!time) return Error(ErrorCode::kMalformed, "cosignature: time");
  return UnixTime{*time};
}

struct Cosignature {
  NoteSignature line;
  UnixTime time;
};

void Keep(const Cosignature& one, std::vector<Cosignature>& kept) {
  const auto same = std::ranges::find_if(
      kept, [&](const Cosignature& k) { return k.line.key == one.line.key && k.line.name == one.line.name; });
  if (same == kept.end()) {
    kept.push_back(one);
  } else if (same->time < one.time) {
    *same = one;
  }
}

std::string TextOf(const NoteSignature& line) {
  return "\u2014 " + std::string(line.name) + " " + std::string(line.base64) + "\n";
}

}  // namespace

Result<std::string> WithCosignatures(std::string_view note, std::string_view lines,
                                     std::span<const release::log::VerifierKey> own, UnixTime not_after) {
  EK_TRY_ASSIGN(const auto parsed, release::log::ParseSignedNote(note));
  EK_TRY_ASSIGN(const auto added, release::log::ParseSignatureLines(lines));
  std::string text = std::string(parsed.text) + "\n";
  std::vector<Cosignature> kept;
  for (const auto& some : {parsed.signatures.view(), added.view()}) {
    for (const NoteSignature& line : some) {
      if (std::ranges::any_of(own, [&](const auto& key) { return line.IsBy(key); })) {
        text += TextOf(line);
        continue;
      }
      EK_TRY_ASSIGN(const UnixTime time, TimeOf(line));
      if (time <= not_after) Keep({line, time}, kept);
    }
  }
  for (const Cosignature& one : kept) text += TextOf(one.line);
  return text;
}

}  // namespace edgekeep::log
