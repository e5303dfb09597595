// Pages for keys: memfd_secret where the kernel has it, which not even root can read through /proc or ptrace(2)'s
// peeks; locked, undumped memory elsewhere.
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep::cell {

class SecretPages {
 public:
  // Maps and touches `size` bytes, so that nothing is left to allocate later. Fails with kNoMemory.
  static Result<SecretPages> Map(std::size_t size);

  SecretPages(const SecretPages&) = delete;
  SecretPages& operator=(const SecretPages&) = delete;
  SecretPages(SecretPages&& other) noexcept;
  SecretPages& operator=(SecretPages&&) = delete;
  // Wipes.
  ~SecretPages();

  MutableByteView bytes() noexcept { return bytes_; }

  // True for memfd_secret.
  bool hidden() const noexcept { return hidden_; }

 private:
  SecretPages(MutableByteView bytes, bool hidden) noexcept : bytes_(bytes), hidden_(hidden) {}

  MutableByteView bytes_;
  bool hidden_;
};

}  // namespace edgekeep::cell
