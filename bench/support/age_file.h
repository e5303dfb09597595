// A file encrypted by age, opened as people do: `age -d`, its output piped into memory.
#pragma once
#include <filesystem>

#include "fresh_pages.h"

namespace edgekeep::bench {

class AgeFile {
 public:
  // False where Debian's package age is not installed.
  static bool IsThere();

  // Makes a key and encrypts `model`, in `directory`. Throws where it cannot, or where what opens is not the model.
  AgeFile(const std::filesystem::path& model, const std::filesystem::path& directory);

  // Into fresh huge pages.
  FreshPages Open() const;

 private:
  std::filesystem::path key_;
  std::filesystem::path file_;
  std::size_t size_;
};

}  // namespace edgekeep::bench
