// Memory that no page of has been touched, in huge pages where the kernel gives them: where a cell keeps plaintext, and
// the quickest place to read a file into.
#pragma once
#include <cstddef>
#include <filesystem>

#include "edgekeep/base/bytes.h"

namespace edgekeep::bench {

class FreshPages {
 public:
  // Reads the whole file, in 1 MiB pieces, one thread. Throws where it cannot.
  static FreshPages Holding(const std::filesystem::path& file);

  explicit FreshPages(std::size_t size);
  FreshPages(FreshPages&& other) noexcept;
  FreshPages& operator=(FreshPages&&) = delete;
  ~FreshPages();

  MutableByteView bytes() const noexcept { return bytes_; }

 private:
  MutableByteView bytes_;
};

}  // namespace edgekeep::bench
