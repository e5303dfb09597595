// What a Tpm2Anchor is made of.
#pragma once
#include <atomic>
#include <mutex>
#include <optional>

#include "edgekeep/anchor/tpm2/tpm2_anchor.h"
#include "nv_index.h"
#include "primary_key.h"
#include "vault.h"

namespace edgekeep::anchor {

struct Tpm2Anchor::Parts {
  class Counter final : public ports::MonotonicCounter {
   public:
    explicit Counter(Parts& parts) noexcept : parts_(&parts) {}

    Result<std::uint64_t> Read() override {
      const std::lock_guard lock(parts_->mutex);
      return parts_->state_counter.ReadCounter();
    }

    Result<std::uint64_t> Increment() override {
      const std::lock_guard lock(parts_->mutex);
      EK_TRY(parts_->state_counter.Increment());
      return parts_->state_counter.ReadCounter();
    }

   private:
    Parts* parts_;
  };

  // Not there after an erasure whose second half failed.
  Result<TpmVault*> Vault() {
    EK_TRY(CheckNotRetired());
    if (!vault) return Error(ErrorCode::kBadState, "tpm2: the vault was erased, and no other is made yet");
    return vault.get();
  }

  Status CheckNotRetired() const {
    return retired ? Status(Error(ErrorCode::kForbidden, "tpm2: this anchor was retired")) : Status();
  }

  const crypto::Provider* provider = nullptr;
  ports::Store* store = nullptr;
  std::uint32_t pcrs = 0;
  std::unique_ptr<Tpm> tpm;
  PrimaryKey identity;
  std::optional<PrimaryKey> kem;  // the one that was asked for last: making one takes a chip its time
  Digest kem_unique;              // of it
  NvIndex state_counter;
  std::unique_ptr<TpmVault> vault;
  std::atomic<bool> retired = false;
  std::atomic<bool> forgotten = false;  // and nothing of the vault is left in the chip
  std::mutex mutex;                     // a TPM does one thing at a time
  Counter counter{*this};
};

}  // namespace edgekeep::anchor
