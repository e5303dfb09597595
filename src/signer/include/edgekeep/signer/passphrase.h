// Where passphrases come from: a terminal, a private file, a descriptor; never an argument or the environment.
#pragma once
#include <string>

#include "edgekeep/base/secret.h"

namespace edgekeep::signer {

inline constexpr std::size_t kMaxPassphraseSize = 1024;
inline constexpr std::size_t kMinNewPassphraseSize = 12;

// The first and only line of a private file (files::ReadPrivateFile), without its end. kMalformed when it is empty or
// has more lines, or a NUL byte.
Result<SecretBytes> ReadPassphraseFile(const std::string& path);

// As ReadPassphraseFile, from an open descriptor up to its end.
Result<SecretBytes> ReadPassphraseDescriptor(int descriptor);

// Shows `prompt` on a terminal and reads one line without echo; the terminal's mode is put back on every way out.
// kBadState when `terminal` is none, kPeerGone when a signal interrupts or the terminal hangs up.
Result<SecretBytes> AskPassphrase(int terminal, const std::string& prompt);

// Asks twice; kBadArgument when the answers differ.
Result<SecretBytes> AskNewPassphrase(int terminal, const std::string& prompt);

// Fails with kBadArgument for one shorter than kMinNewPassphraseSize bytes.
Status CheckNewPassphrase(const SecretBytes& passphrase);

}  // namespace edgekeep::signer
