// Keys that sign notes, for tests.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "edgekeep/release/log/checkpoint.h"

namespace edgekeep::release::log {

const crypto::Provider& Cryptography();

class NoteSigner {
 public:
  NoteSigner(const std::string& name, SignatureType type);

  const VerifierKey& verifier() const { return verifier_; }

  std::string vkey() const;
  // The line under the checkpoint's text, with its end.
  std::string Line(const std::string& text, std::uint64_t time = 0) const;

 private:
  crypto::KeyPair pair_;
  VerifierKey verifier_;
};

std::string Base64(ByteView bytes);
std::string CheckpointText(const std::string& origin, std::uint64_t size, const Digest& root);
// Text, the empty line and the lines.
std::string NoteOf(const std::string& text, const std::vector<std::string>& lines);

template <typename T>
std::string NameOfError(const Result<T>& result) {
  return result ? "trusted" : NameOf(result.error().code());
}

}  // namespace edgekeep::release::log
