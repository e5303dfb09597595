// TpmVault: the vault key, out of a key of the chip's and a random in it, for approved boot states alone.
#pragma once
#include <memory>

#include "anchor_file.h"
#include "nv_index.h"
#include "primary_key.h"

namespace edgekeep::anchor {

class TpmVault {
 public:
  static Result<std::unique_ptr<TpmVault>> OpenOrMake(const crypto::Provider& provider, Tpm& tpm, ports::Store& store,
                                                      std::uint32_t pcrs);

  // One that was made, by what is in the chip now; null where that is not what made it, or where there is none. Fails
  // with kForbidden where the boot state keeps that from being seen.
  static Result<std::unique_ptr<TpmVault>> OpenIfAlive(const crypto::Provider& provider, Tpm& tpm, ports::Store& store);

  std::uint32_t pcrs() const noexcept { return file_.pcrs; }

  Result<SecretArray<32>> Key();
  // The random is overwritten; a cut after that leaves a vault that opens nothing of before. This one is of no use any
  // more, and OpenOrMake makes another.
  Status Destroy();
  // The state that runs is approved for the next epoch, and then that is where the chip is: a cut in between leaves the
  // old states approved, and the raise to be repeated.
  Result<std::uint64_t> RaiseEpoch();
  Status ApproveState(const Digest& state);

 private:
  // What of it is in the chip.
  struct InChip {
    NvIndex random;
    NvIndex epoch;
    PrimaryKey key;
  };

  TpmVault(const crypto::Provider& provider, Tpm& tpm, ports::Store& store, const AnchorFile& file,
           InChip in_chip) noexcept
      : provider_(&provider),
        tpm_(&tpm),
        store_(&store),
        file_(file),
        random_(std::move(in_chip.random)),
        epoch_(std::move(in_chip.epoch)),
        key_(std::move(in_chip.key)) {}

  static Result<std::unique_ptr<TpmVault>> Open(const crypto::Provider& provider, Tpm& tpm, ports::Store& store,
                                                const AnchorFile& file);
  static Result<std::unique_ptr<TpmVault>> Make(const crypto::Provider& provider, Tpm& tpm, ports::Store& store,
                                                std::uint32_t pcrs);

  Result<SecretArray<32>> KeyUnder(const BootApproval& approval);
  Status SealAuthority(const SecretBytes& authority_key);
  Result<SecretBytes> OpenAuthority();
  Result<BootApproval> Approve(const SecretBytes& authority_key, const Digest& state, std::uint64_t epoch_limit);

  const crypto::Provider* provider_;
  Tpm* tpm_;
  ports::Store* store_;
  AnchorFile file_;
  NvIndex random_;
  NvIndex epoch_;
  PrimaryKey key_;
};

}  // namespace edgekeep::anchor
