#include "edgekeep/crypto/provider.h"

namespace edgekeep::crypto {
namespace {

Status OpenWhole(AeadState& aead, ByteView nonce, ByteView aad, ByteView ciphertext, MutableByteView plaintext) {
  EK_TRY(aead.StartOpen(nonce, aad));
  EK_TRY(aead.OpenPiece(ciphertext.first(plaintext.size()), plaintext));
  return aead.FinishOpen(ciphertext.last(kAeadTagSize));
}

}  // namespace

Status AeadState::Open(ByteView nonce, ByteView aad, ByteView ciphertext, MutableByteView plaintext) {
  if (ciphertext.size() != plaintext.size() + kAeadTagSize) return Error(ErrorCode::kBadArgument, "AEAD sizes");
  // In place the tag lies behind the plaintext and is still there at the end.
  const Status status = OpenWhole(*this, nonce, aad, ciphertext, plaintext);
  if (!status) Wipe(plaintext);
  return status;
}

}  // namespace edgekeep::crypto
