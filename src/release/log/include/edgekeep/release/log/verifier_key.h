// Verifier keys: who may sign a note, and how (spec/log.md §2).
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/provider.h"

namespace edgekeep::release::log {

enum class SignatureType : std::uint8_t {
  kEd25519 = 0x01,             // over the note's text
  kEd25519Cosignature = 0x04,  // over a checkpoint, with a time
  kMlDsa44Cosignature = 0x06,  // the same
};

inline constexpr std::size_t kMaxKeyNameSize = 255;
inline constexpr std::size_t kMaxNoteKeySize = 1312;
inline constexpr std::size_t kMaxVerifierKeySize = kMaxKeyNameSize + 10 + 1752;

// The first bytes of SHA-256 over name and key: picks a key, proves nothing.
using NoteKeyId = StrongBytes<struct NoteKeyIdTag, 4>;

// A key that was configured, not one that a message brought along.
class VerifierKey {
 public:
  VerifierKey() = default;
  // Fails with kMalformed for a name that no note can hold or a key of the wrong size.
  static Result<VerifierKey> Create(const crypto::Provider& provider, std::string_view name, SignatureType type,
                                    ByteView public_key);
  // "name+0a1b2c3d+base64". Fails with kMalformed, kTooLarge, or kUnsupported for another signature type.
  static Result<VerifierKey> Parse(const crypto::Provider& provider, std::string_view text);

  std::string_view name() const noexcept { return name_.view(); }

  const NoteKeyId& id() const noexcept { return id_; }

  SignatureType type() const noexcept { return type_; }

  crypto::AlgorithmId algorithm() const noexcept;

  ByteView public_key() const noexcept { return ByteView(public_key_).first(public_key_size_); }

 private:
  InlineString<kMaxKeyNameSize> name_;
  NoteKeyId id_;
  SignatureType type_ = SignatureType::kEd25519;
  std::array<std::uint8_t, kMaxNoteKeySize> public_key_{};
  std::size_t public_key_size_ = 0;
};

// True when `name` can stand in a signature line: UTF-8 without control characters, Unicode spaces and plus.
bool IsKeyName(std::string_view name) noexcept;

}  // namespace edgekeep::release::log
