#include "edgekeep/release/log/verifier_key.h"

#include <algorithm>

#include "edgekeep/base/base64.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/base/utf8.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/release/log/lines.h"

namespace edgekeep::release::log {
namespace {

constexpr std::size_t kIdDigits = 2 * NoteKeyId::kSize;

// Unicode's White_Space beyond ASCII, as UTF-8. U+2000 to U+200A are one range below.
constexpr std::array<std::string_view, 8> kWideSpaces = {"\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80",
                                                         "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF",
                                                         "\xE2\x81\x9F", "\xE3\x80\x80"};

bool HasWideSpace(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::string_view rest = After(text, at);
    if (std::ranges::any_of(kWideSpaces, [&](std::string_view space) { return rest.starts_with(space); })) return true;
    if (!rest.starts_with("\xE2\x80") || rest.size() < 3) continue;
    if (const auto last = static_cast<std::uint8_t>(rest[2]); last >= 0x80 && last <= 0x8A) return true;
  }
  return false;
}

Result<crypto::AlgorithmId> AlgorithmOf(std::uint8_t type) {
  switch (static_cast<SignatureType>(type)) {
    case SignatureType::kEd25519:
    case SignatureType::kEd25519Cosignature:
      return crypto::AlgorithmId::kEd25519;
    case SignatureType::kMlDsa44Cosignature:
      return crypto::AlgorithmId::kMlDsa44;
  }
  return Error(ErrorCode::kUnsupported, "log key: signature type");
}

}  // namespace

bool IsKeyName(std::string_view name) noexcept {
  if (name.empty() || !IsUtf8(AsBytes(name))) return false;
  const auto is_refused = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '+'; };
  return !std::ranges::any_of(name, is_refused) && !HasWideSpace(name);
}

crypto::AlgorithmId VerifierKey::algorithm() const noexcept {
  return type_ == SignatureType::kMlDsa44Cosignature ? crypto::AlgorithmId::kMlDsa44 : crypto::AlgorithmId::kEd25519;
}

Result<VerifierKey> VerifierKey::Create(const crypto::Provider& provider, std::string_view name, SignatureType type,
                                        ByteView public_key) {
  const auto number = static_cast<std::uint8_t>(type);
  EK_TRY_ASSIGN(const crypto::AlgorithmId id, AlgorithmOf(number));
  EK_TRY_ASSIGN(const crypto::Algorithm algorithm, crypto::FindAlgorithm(id, crypto::Kind::kSignature));
  if (!IsKeyName(name) || name.size() > kMaxKeyNameSize) return Malformed("log key: name");
  if (public_key.size() != algorithm.public_size) return Malformed("log key: size");
  VerifierKey key;
  key.name_ = InlineString<kMaxKeyNameSize>::Truncated(name);
  key.type_ = type;
  key.public_key_size_ = public_key.size();
  std::ranges::copy(public_key, key.public_key_.begin());
  const std::array<std::uint8_t, 2> middle = {'\n', number};
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(provider, {AsBytes(name), middle, public_key}));
  EK_TRY_ASSIGN(key.id_, NoteKeyId::From(digest.view().first(NoteKeyId::kSize)));
  return key;
}

Result<VerifierKey> VerifierKey::Parse(const crypto::Provider& provider, std::string_view text) {
  if (text.size() > kMaxVerifierKeySize) return Error(ErrorCode::kTooLarge, "log key");
  // At the first two: base64 may hold a plus of its own.
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos || second - first - 1 != kIdDigits) return Malformed("log key");
  NoteKeyId id;
  EK_TRY(FromHex(After(text, first + 1).substr(0, kIdDigits), id.mutable_view()));
  std::array<std::uint8_t, kMaxNoteKeySize + 1> buffer;
  EK_TRY_ASSIGN(const ByteView key, DecodeBase64(After(text, second + 1), buffer));
  if (key.empty()) return Malformed("log key");
  EK_TRY_ASSIGN(const VerifierKey made,
                Create(provider, text.substr(0, first), static_cast<SignatureType>(key.front()), key.subspan(1)));
  if (made.id() != id) return Malformed("log key: not its id");
  return made;
}

}  // namespace edgekeep::release::log
