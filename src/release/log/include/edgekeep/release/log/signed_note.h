// Signed notes (c2sp.org/signed-note; spec/log.md §3): a text and lines of signatures under it.
#pragma once
#include <string_view>

#include "edgekeep/base/inline_vector.h"
#include "edgekeep/release/log/verifier_key.h"

namespace edgekeep::release::log {

inline constexpr std::size_t kMaxNoteSize = 262144;
inline constexpr std::size_t kMaxNoteSignatures = 128;

// One signature line. Who wrote it is claimed, not proven.
struct NoteSignature {
  std::string_view name;
  NoteKeyId key;
  std::string_view base64;  // of the key's id and the signature; canonical

  bool IsBy(const VerifierKey& verifier) const noexcept { return key == verifier.id() && name == verifier.name(); }
};

struct SignedNote {
  std::string_view text;  // ends with a line's end
  InlineVector<NoteSignature, kMaxNoteSignatures> signatures;
};

// Takes a note apart at its last empty line. Nothing is verified here; views borrow from `note`. Fails with kMalformed,
// or kTooLarge over the limits above.
Result<SignedNote> ParseSignedNote(std::string_view note);

// Parses lines of signatures alone, as a witness answers: one at least.
Result<InlineVector<NoteSignature, kMaxNoteSignatures>> ParseSignatureLines(std::string_view lines);

}  // namespace edgekeep::release::log
