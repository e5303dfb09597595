#include "edgekeep/release/log/checkpoint.h"

#include "edgekeep/base/base64.h"
#include "edgekeep/base/check.h"
#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/release/log/lines.h"

namespace edgekeep::release::log {
namespace {

constexpr std::string_view kCosignatureHeader = "cosignature/v1\ntime ";
constexpr std::string_view kSubtreeLabel{"subtree/v1\n\0", 12};
constexpr std::size_t kMaxBlobSize = NoteKeyId::kSize + sizeof(std::uint64_t) + 2420;

Result<Digest> ParseDigest(std::string_view line) {
  std::array<std::uint8_t, Digest::kSize> bytes;
  EK_TRY_ASSIGN(const ByteView decoded, DecodeBase64(line, bytes));
  return Digest::From(decoded);
}

Status WriteCosignatureMessage(const Checkpoint& checkpoint, UnixTime time, Writer& out) {
  char digits[20];
  EK_TRY(out.WriteBytes(AsBytes(kCosignatureHeader)));
  EK_TRY(out.WriteBytes(AsBytes(WriteDecimal(time.value, digits))));
  EK_TRY(out.WriteU8('\n'));
  return out.WriteBytes(AsBytes(checkpoint.text));
}

Status WriteShortString(std::string_view text, Writer& out) {
  EK_CHECK(text.size() <= UINT8_MAX);
  EK_TRY(out.WriteU8(static_cast<std::uint8_t>(text.size())));
  return out.WriteBytes(AsBytes(text));
}

Status WriteSubtreeMessage(const VerifierKey& key, const Checkpoint& checkpoint, UnixTime time, Writer& out) {
  EK_TRY(out.WriteBytes(AsBytes(kSubtreeLabel)));
  EK_TRY(WriteShortString(key.name(), out));
  EK_TRY(out.WriteU64BigEndian(time.value));
  EK_TRY(WriteShortString(checkpoint.origin, out));
  EK_TRY(out.WriteU64BigEndian(0));
  EK_TRY(out.WriteU64BigEndian(checkpoint.size));
  return out.WriteBytes(checkpoint.root.view());
}

Status WriteMessage(const VerifierKey& key, const Checkpoint& checkpoint, UnixTime time, Writer& out) {
  switch (key.type()) {
    case SignatureType::kEd25519:
      return out.WriteBytes(AsBytes(checkpoint.text));
    case SignatureType::kEd25519Cosignature:
      return WriteCosignatureMessage(checkpoint, time, out);
    case SignatureType::kMlDsa44Cosignature:
      return WriteSubtreeMessage(key, checkpoint, time, out);
  }
  return Error(ErrorCode::kInternal, "log key: signature type");
}

Result<UnixTime> ReadTime(const VerifierKey& key, Reader& in) {
  if (key.type() == SignatureType::kEd25519) return UnixTime{0};
  EK_TRY_ASSIGN(const std::uint64_t time, in.ReadU64BigEndian());
  if (time > INT64_MAX) return Malformed("cosignature: time");
  return UnixTime{time};
}

// Of two times of one key.
bool CountsBefore(UnixTime one, UnixTime other, const std::optional<UnixTime>& not_after) {
  const bool is_believed = !not_after || one <= *not_after;
  const bool is_other_believed = !not_after || other <= *not_after;
  return is_believed == is_other_believed ? one > other : is_believed;
}

// Any line by this key is right, or the whole note is none.
Result<std::optional<UnixTime>> VerifyLinesBy(const crypto::Provider& provider, const VerifierKey& key,
                                              const Checkpoint& checkpoint, std::span<const NoteSignature> lines,
                                              const std::optional<UnixTime>& not_after) {
  std::optional<UnixTime> counted;
  for (const NoteSignature& line : lines) {
    if (!line.IsBy(key)) continue;
    EK_TRY_ASSIGN(const UnixTime time, VerifyLine(provider, key, checkpoint, line));
    if (!counted || CountsBefore(time, *counted, not_after)) counted = time;
  }
  return counted;
}

}  // namespace

Result<Checkpoint> ParseCheckpoint(std::string_view text) {
  if (text.size() > kMaxCheckpointTextSize) return Error(ErrorCode::kTooLarge, "checkpoint");
  Checkpoint checkpoint{.text = text, .origin = {}, .size = 0, .root = {}};
  std::string_view rest = text;
  EK_TRY_ASSIGN(checkpoint.origin, TakeLine(rest));
  if (checkpoint.origin.empty()) return Malformed("checkpoint: origin");
  if (checkpoint.origin.size() > kMaxOriginSize) return Error(ErrorCode::kTooLarge, "checkpoint: origin");
  EK_TRY_ASSIGN(const std::string_view size, TakeLine(rest));
  EK_TRY_ASSIGN(checkpoint.size, ParseDecimal(size));
  EK_TRY_ASSIGN(const std::string_view root, TakeLine(rest));
  EK_TRY_ASSIGN(checkpoint.root, ParseDigest(root));
  while (!rest.empty()) {
    EK_TRY_ASSIGN(const std::string_view extension, TakeLine(rest));
    if (extension.empty()) return Malformed("checkpoint: empty extension line");
  }
  return checkpoint;
}

Result<Bytes> MessageFor(const VerifierKey& key, const Checkpoint& checkpoint, UnixTime time) {
  EK_TRY_ASSIGN(Bytes message, Bytes::Allocate(checkpoint.text.size() + 1024));
  Writer out(message.mutable_view());
  EK_TRY(WriteMessage(key, checkpoint, time, out));
  message.Truncate(out.size());
  return message;
}

Result<UnixTime> VerifyLine(const crypto::Provider& provider, const VerifierKey& key, const Checkpoint& checkpoint,
                            const NoteSignature& line) {
  std::array<std::uint8_t, kMaxBlobSize> buffer;
  const Result<ByteView> blob = DecodeBase64(line.base64, buffer);
  if (!blob) return Error(ErrorCode::kBadSignature, "signature: size");
  Reader in(blob->subspan(NoteKeyId::kSize));
  const Result<UnixTime> time = ReadTime(key, in);
  if (!time) return Error(ErrorCode::kBadSignature, "cosignature: time");
  EK_TRY_ASSIGN(const ByteView signature, in.ReadBytes(in.remaining()));
  EK_TRY_ASSIGN(const Bytes message, MessageFor(key, checkpoint, *time));
  EK_TRY_ASSIGN(const crypto::Algorithm algorithm, crypto::FindAlgorithm(key.algorithm(), crypto::Kind::kSignature));
  if (signature.size() != algorithm.output_size) return Error(ErrorCode::kBadSignature, "signature: size");
  EK_TRY(provider.Verify(key.algorithm(), key.public_key(), message.view(), signature));
  return *time;
}

Result<SignedCheckpoint> VerifyCheckpoint(const crypto::Provider& provider, std::string_view note,
                                          std::span<const VerifierKey> keys, std::optional<UnixTime> not_after) {
  if (keys.size() > kMaxVerifierKeys) return Error(ErrorCode::kTooLarge, "log keys");
  EK_TRY_ASSIGN(const SignedNote parsed, ParseSignedNote(note));
  SignedCheckpoint checkpoint;
  EK_TRY_ASSIGN(checkpoint.checkpoint_, ParseCheckpoint(parsed.text));
  bool is_signed = false;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    EK_TRY_ASSIGN(checkpoint.times_[i],
                  VerifyLinesBy(provider, keys[i], checkpoint.checkpoint_, parsed.signatures.view(), not_after));
    is_signed = is_signed || checkpoint.times_[i].has_value();
  }
  if (!is_signed) return Error(ErrorCode::kUntrusted, "checkpoint: no signature by a known key");
  return checkpoint;
}

}  // namespace edgekeep::release::log
