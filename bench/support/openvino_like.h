// How OpenVINO's Security Add-on opens a model, imitated in its favour from its source: the encrypted model is base64
// in one JSON text; opening hashes that text twice with SHA-512 (once for each signature over it), takes base64 apart
// and decrypts AES-256-CTR by 8 KiB pieces. Left out: parsing JSON, the signatures themselves, and its further copies.
#pragma once
#include <filesystem>

#include "fresh_pages.h"

namespace edgekeep::bench {

class OpenVinoLike {
 public:
  // Writes `model` in that form to `file`. Throws where it cannot, or where what opens is not the model.
  OpenVinoLike(const std::filesystem::path& model, const std::filesystem::path& file);

  // From the file to the model's bytes in fresh huge pages.
  FreshPages Open() const;

 private:
  std::filesystem::path model_;
  std::filesystem::path file_;
};

}  // namespace edgekeep::bench
