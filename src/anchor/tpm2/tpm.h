// Tpm: one TPM that this process has to itself. One thread at a time.
#pragma once
#include <memory>

#include "esys_library.h"
#include "tpm_link.h"

namespace edgekeep::anchor {

// What travels encrypted between this process and the chip, in a session's words.
enum class Secrecy : std::uint8_t {
  kNone = 0,
  kAnswer = TPMA_SESSION_ENCRYPT,
  kQuestion = TPMA_SESSION_DECRYPT,
  kBoth = TPMA_SESSION_ENCRYPT | TPMA_SESSION_DECRYPT,
};

class Tpm {
 public:
  // Takes the descriptor over. Flushes what an earlier process left in the chip's few slots: it must have been the only
  // one, as this is.
  static Result<std::unique_ptr<Tpm>> Open(int fd, std::chrono::milliseconds answer_limit, int lost_fd = -1);
  // Says good-bye to the chip, so that it does not take the next power cut for an attack.
  ~Tpm();
  Tpm(const Tpm&) = delete;
  Tpm& operator=(const Tpm&) = delete;

  const EsysCalls& calls() const noexcept { return *calls_; }

  ESYS_CONTEXT* context() const noexcept { return context_; }

  // Refusals by their names; `where` is a literal that says what was asked.
  Status Check(TSS2_RC code, const char* where) const;

  // The session whose key only this process and the chip know, once StartSession has made it, set to encrypt what is
  // named. Without it, for a simulator's unit tests, there is none.
  ESYS_TR Session(Secrecy secrecy);
  // Salted to the loaded key `salt_key`, which decrypts.
  Status StartSession(ESYS_TR salt_key);

 private:
  Tpm(const EsysCalls& calls, int fd, std::chrono::milliseconds answer_limit, int lost_fd) noexcept
      : calls_(&calls), link_(fd, answer_limit, lost_fd) {}

  Status Begin();
  Status FlushLeftovers(TPM2_HANDLE first);

  const EsysCalls* calls_;
  TpmLink link_;
  ESYS_CONTEXT* context_ = nullptr;
  ESYS_TR session_ = ESYS_TR_NONE;
};

// An object or session in one of the chip's slots, until this ends.
class Loaded {
 public:
  Loaded(Tpm& tpm, ESYS_TR handle) noexcept : tpm_(&tpm), handle_(handle) {}

  Loaded(Loaded&& other) noexcept : tpm_(other.tpm_), handle_(std::exchange(other.handle_, ESYS_TR_NONE)) {}

  Loaded& operator=(Loaded&&) = delete;

  ~Loaded() {
    if (handle_ != ESYS_TR_NONE) (void)tpm_->calls().FlushContext(tpm_->context(), handle_);
  }

  ESYS_TR get() const noexcept { return handle_; }

 private:
  Tpm* tpm_;
  ESYS_TR handle_;
};

}  // namespace edgekeep::anchor
