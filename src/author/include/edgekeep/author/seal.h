// Sealing: a model and its side files become one sealed file (spec/sealed-file.md).
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/author/publisher.h"
#include "edgekeep/crypto/suite.h"
#include "edgekeep/formats/product_policy.h"

namespace edgekeep::author {

enum class SealCipher : std::uint8_t { kAes256Gcm, kChaCha20Poly1305 };

struct SealRequest {
  std::string model;
  std::vector<std::string> side_files;
  ProductName product;
  Version version;
  std::string output;  // must not exist
  SealCipher cipher = SealCipher::kAes256Gcm;
  formats::ProductPolicy policy;  // for the device to run it by; signed
};

struct SealReport {
  SealedFileId id;
  std::uint64_t plaintext_size = 0;
  std::uint64_t file_size = 0;
  // Something the device will most likely refuse, in words.
  std::optional<std::string> warning;
};

// Called with bytes done and bytes in all, from the calling thread.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

// Streams: memory does not depend on the size of the input. The output appears under its name only when it is complete,
// synced and verified, otherwise not at all.
Outcome<SealReport> Seal(const Context& context, const Publisher& publisher, const SecretBytes& passphrase,
                         const SealRequest& request, const Progress& progress = {});

}  // namespace edgekeep::author
