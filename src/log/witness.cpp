#include "edgekeep/log/witness.h"

#include <algorithm>

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/log/proof_text.h"
#include "edgekeep/release/log/lines.h"

namespace edgekeep::log {
namespace {

using release::log::Checkpoint;
using release::log::Policy;
using release::log::SignedNote;
using release::log::TreeHead;

constexpr const char* kText = "text/plain; charset=utf-8";
constexpr std::string_view kOld = "old ";

WitnessAnswer Refusal(unsigned status, const std::string& why) {
  return {.status = status, .content_type = kText, .body = why + "\n"};
}

bool Knows(const Policy& logs, std::string_view origin) {
  return std::ranges::any_of(logs.keys(), [&](const auto& key) { return key.name() == origin; });
}

Result<Checkpoint> CheckpointOf(std::string_view note) {
  EK_TRY_ASSIGN(const SignedNote parsed, release::log::ParseSignedNote(note));
  return release::log::ParseCheckpoint(parsed.text);
}

Result<std::string> PathOf(const crypto::Provider& provider, std::string_view origin) {
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(provider, {AsBytes(origin)}));
  return "logs/" + std::string(ToHex(digest.view()).view());
}

// The lines of the log's own keys, which were verified; whatever else came along is nobody's word here.
std::string LinesOfKnownKeys(const Policy& logs, std::string_view note) {
  std::string lines;
  const auto parsed = release::log::ParseSignedNote(note);
  for (const release::log::NoteSignature& line : parsed->signatures) {
    if (!std::ranges::any_of(logs.keys(), [&](const auto& key) { return line.IsBy(key); })) continue;
    lines += "\u2014 " + std::string(line.name) + " " + std::string(line.base64) + "\n";
  }
  return lines;
}

}  // namespace

Result<AddCheckpoint> ParseAddCheckpoint(std::string_view body) {
  if (body.size() > kMaxAddCheckpointSize) return Error(ErrorCode::kTooLarge, "add-checkpoint");
  AddCheckpoint request;
  EK_TRY_ASSIGN(const std::string_view line, release::log::TakeLine(body));
  if (!line.starts_with(kOld)) return Error(ErrorCode::kMalformed, "add-checkpoint");
  EK_TRY_ASSIGN(request.old_size, release::log::ParseDecimal(line.substr(kOld.size())));
  EK_TRY_ASSIGN(request.proof, release::log::TakePath(body));
  request.note = body;
  EK_TRY(CheckpointOf(body));
  return request;
}

std::string WriteAddCheckpoint(std::uint64_t old_size, std::span<const Digest> proof, std::string_view note) {
  std::string body = std::string(kOld) + std::to_string(old_size) + "\n";
  return body + WritePath(proof) + "\n" + std::string(note);
}

std::optional<WitnessAnswer> WhyNotCosign(const crypto::Provider& provider, const Policy& logs,
                                          const AddCheckpoint& request, const std::optional<TreeHead>& latest) {
  const auto checkpoint = CheckpointOf(request.note);
  if (!checkpoint) return Refusal(400, "malformed checkpoint");
  if (!Knows(logs, checkpoint->origin)) return Refusal(404, "unknown log");
  const auto trusted = logs.Verify(provider, request.note);
  if (!trusted) return Refusal(403, "no good signature by the log");
  if (request.old_size > trusted->head().size) return Refusal(400, "old size over the checkpoint's");
  const TreeHead earlier = latest.value_or(TreeHead{});
  if (request.old_size != earlier.size) {
    return WitnessAnswer{
        .status = 409, .content_type = "text/x.tlog.size", .body = std::to_string(earlier.size) + "\n"};
  }
  if (!VerifyConsistency(provider, earlier, trusted->head(), request.proof.view())) {
    return Refusal(422, "the log did not only grow");
  }
  return std::nullopt;
}

Result<std::optional<TreeHead>> Witness::LatestOf(const std::string& path) const {
  const auto note = storage_->Read(path, release::log::kMaxNoteSize);
  if (!note && note.error().code() == ErrorCode::kNotFound) return std::optional<TreeHead>();
  if (!note) return note.error();
  EK_TRY_ASSIGN(const Checkpoint checkpoint, CheckpointOf(*note));
  return std::optional<TreeHead>({.size = checkpoint.size, .root = checkpoint.root});
}

Result<std::string> Witness::Cosign(const AddCheckpoint& request, const std::string& path, UnixTime now) {
  EK_TRY_ASSIGN(const Checkpoint checkpoint, CheckpointOf(request.note));
  std::string lines;
  for (const NoteSigner& signer : signers_) {
    EK_TRY_ASSIGN(const std::string line, signer.Sign(*provider_, checkpoint, now));
    lines += line;
  }
  const std::string note = std::string(checkpoint.text) + "\n" + LinesOfKnownKeys(logs_, request.note) + lines;
  // Before anybody sees a cosignature: what is not stored could be contradicted after a cut.
  EK_TRY(ReplaceFile(*storage_, path, AsBytes(note)));
  EK_TRY(storage_->SyncDirectory(""));
  return lines;
}

WitnessAnswer Witness::Add(std::string_view body, UnixTime now) {
  const auto request = ParseAddCheckpoint(body);
  if (!request) return Refusal(400, "malformed request");
  const std::lock_guard lock(mutex_);
  const auto path = PathOf(*provider_, CheckpointOf(request->note)->origin);
  if (!path) return Refusal(500, "no digest");
  const auto latest = LatestOf(*path);
  if (!latest) return Refusal(500, "the witness's storage failed");
  if (auto refusal = WhyNotCosign(*provider_, logs_, *request, *latest)) return *std::move(refusal);
  auto lines = Cosign(*request, *path, now);
  if (!lines) return Refusal(500, "the witness's storage failed");
  return {.status = 200, .content_type = kText, .body = *std::move(lines)};
}

WitnessAnswer Witness::Latest(std::string_view origin_hash) const {
  Digest digest;
  if (origin_hash.size() != 2 * Digest::kSize || !FromHex(origin_hash, digest.mutable_view())) {
    return Refusal(404, "no such log");
  }
  const std::lock_guard lock(mutex_);
  auto note = storage_->Read("logs/" + std::string(origin_hash), release::log::kMaxNoteSize);
  if (!note) return Refusal(404, "no checkpoint of that log");
  return {.status = 200, .content_type = kText, .body = *std::move(note)};
}

}  // namespace edgekeep::log
