#include "edgekeep/release/log/log_proof.h"

#include <array>

#include "edgekeep/base/base64.h"
#include "edgekeep/release/log/lines.h"

namespace edgekeep::release::log {
namespace {

constexpr std::string_view kMagic = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";

Status TakeExtra(std::string_view& rest, LogProof& proof) {
  if (!rest.starts_with(kExtra)) return {};
  EK_TRY_ASSIGN(const std::string_view line, TakeLine(rest));
  proof.extra = After(line, kExtra.size());
  EK_TRY_ASSIGN(const std::size_t size, CheckBase64(proof.extra));
  if (size == 0) return Malformed("log proof: extra");
  return size <= kMaxProofExtraSize ? Status() : Error(ErrorCode::kTooLarge, "log proof: extra");
}

Status TakeIndex(std::string_view& rest, LogProof& proof) {
  EK_TRY_ASSIGN(const std::string_view line, TakeLine(rest));
  if (!line.starts_with(kIndex)) return Malformed("log proof: index");
  EK_TRY_ASSIGN(proof.index, ParseDecimal(After(line, kIndex.size())));
  return {};
}

Result<LogProof> TakeInclusion(std::string_view& rest) {
  EK_TRY_ASSIGN(const std::string_view magic, TakeLine(rest));
  if (magic != kMagic) return Error(ErrorCode::kUnsupported, "log proof: version");
  LogProof proof;
  EK_TRY(TakeExtra(rest, proof));
  EK_TRY(TakeIndex(rest, proof));
  EK_TRY_ASSIGN(proof.path, TakePath(rest));
  return proof;
}

}  // namespace

Result<MerklePath> TakePath(std::string_view& rest) {
  MerklePath path;
  while (true) {
    EK_TRY_ASSIGN(const std::string_view line, TakeLine(rest));
    if (line.empty()) return path;
    std::array<std::uint8_t, Digest::kSize> buffer;
    EK_TRY_ASSIGN(const ByteView bytes, DecodeBase64(line, buffer));
    EK_TRY_ASSIGN(const Digest digest, Digest::From(bytes));
    EK_TRY(path.PushBack(digest));
  }
}

Result<LogProof> ParseInclusion(std::string_view text) {
  EK_TRY_ASSIGN(const LogProof proof, TakeInclusion(text));
  if (!proof.extra.empty() || !text.empty()) return Malformed("log proof: more than an inclusion");
  return proof;
}

Result<LogProof> ParseLogProof(std::string_view text) {
  if (text.size() > kMaxLogProofSize) return Error(ErrorCode::kTooLarge, "log proof");
  EK_TRY_ASSIGN(LogProof proof, TakeInclusion(text));
  proof.checkpoint = text;
  EK_TRY_ASSIGN(const SignedNote note, ParseSignedNote(text));
  EK_TRY(ParseCheckpoint(note.text));
  return proof;
}

Result<LoggedEntry> VerifyLogProof(const crypto::Provider& provider, const Policy& policy, std::string_view proof,
                                   ByteView entry, std::optional<UnixTime> not_after) {
  EK_TRY_ASSIGN(const LogProof parsed, ParseLogProof(proof));
  LoggedEntry logged;
  EK_TRY_ASSIGN(logged.checkpoint_, policy.Verify(provider, parsed.checkpoint, not_after));
  EK_TRY_ASSIGN(const Digest leaf, LeafHash(provider, entry));
  EK_TRY(VerifyInclusion(provider, parsed.index, leaf, parsed.path.view(), logged.checkpoint_.head()));
  logged.index_ = parsed.index;
  return logged;
}

}  // namespace edgekeep::release::log
