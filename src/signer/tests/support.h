// What the tests of signer share.
#pragma once
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/signer/key_file.h"

namespace edgekeep::signer {

inline const crypto::Provider& TestProvider() {
  static const std::unique_ptr<crypto::Provider> provider = crypto::NewOpenSslProvider().value();
  return *provider;
}

// The least the format allows: fast enough for many tests.
inline constexpr formats::Argon2Costs kCheapCosts{
    .memory_kib = formats::kMinArgon2MemoryKib, .passes = formats::kMinArgon2Passes, .lanes = 1};

inline SecretBytes Secret(std::string_view text) {
  return SecretBytes::CopyOf(AsBytes(text)).value();
}

// A directory of its own for one test.
class Directory {
 public:
  Directory() : path_((std::filesystem::temp_directory_path() / "edgekeep-signer.XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
  }

  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  ~Directory() { std::filesystem::remove_all(path_); }

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace edgekeep::signer
