#include "edgekeep/signer/passphrase.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "edgekeep/files/descriptor.h"
#include "edgekeep/files/read_file.h"

namespace edgekeep::signer {
namespace {

// Room for the line's end as well.
constexpr std::size_t kMaxInputSize = kMaxPassphraseSize + 2;

Result<SecretBytes> OnlyLineOf(std::span<const std::uint8_t> text) {
  if (!text.empty() && text.back() == '\n') text = text.first(text.size() - 1);
  if (!text.empty() && text.back() == '\r') text = text.first(text.size() - 1);
  if (text.empty()) return Error(ErrorCode::kMalformed, "passphrase: empty");
  if (text.size() > kMaxPassphraseSize) return Error(ErrorCode::kTooLarge, "passphrase");
  if (std::ranges::any_of(text, [](std::uint8_t c) { return c == '\n' || c == '\r' || c == 0; })) {
    return Error(ErrorCode::kMalformed, "passphrase: more than one line");
  }
  return SecretBytes::CopyOf(text);
}

}  // namespace

Result<SecretBytes> ReadPassphraseFile(const std::string& path) {
  EK_TRY_ASSIGN(const SecretBytes text, files::ReadPrivateFile(path, kMaxInputSize));
  return OnlyLineOf(text.Reveal());
}

Result<SecretBytes> ReadPassphraseDescriptor(int descriptor) {
  SecretArray<kMaxInputSize + 1> buffer;
  const auto bytes = buffer.RevealForWriting();
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::read(descriptor, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) return Error(ErrorCode::kPeerGone, "passphrase: interrupted");
    if (got < 0) return files::FromErrno(errno, "passphrase descriptor");
    if (got == 0) return OnlyLineOf(bytes.first(size));
    size += static_cast<std::size_t>(got);
  }
  return Error(ErrorCode::kTooLarge, "passphrase");
}

Status CheckNewPassphrase(const SecretBytes& passphrase) {
  if (passphrase.size() < kMinNewPassphraseSize) {
    return Error(ErrorCode::kBadArgument, "passphrase: shorter than 12 characters");
  }
  return {};
}

}  // namespace edgekeep::signer
