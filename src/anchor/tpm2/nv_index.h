// The four places in the chip's non-volatile memory that an anchor has.
#pragma once
#include <cstdint>

#include "edgekeep/base/ids.h"
#include "tpm.h"

namespace edgekeep::anchor {

inline constexpr TPM2_HANDLE kVaultRandomIndex = 0x018e4b01;
inline constexpr TPM2_HANDLE kEpochIndex = 0x018e4b02;
inline constexpr TPM2_HANDLE kStateCounterIndex = 0x018e4b03;
inline constexpr TPM2_HANDLE kRetiredIndex = 0x018e4b04;

// Read under `policy`, written by whoever reaches the chip: they could only destroy, which removing it does as well.
TPM2B_NV_PUBLIC VaultRandomIndex(const Digest& policy);
TPM2B_NV_PUBLIC CounterIndex(TPM2_HANDLE handle);
// That it is there says that this anchor is retired, once its vault is gone.
TPM2B_NV_PUBLIC RetiredIndex();

class NvIndex {
 public:
  // kNotFound where nothing is there; kWrongDevice where something else is than what was defined as `wanted`.
  static Result<NvIndex> Open(Tpm& tpm, const TPM2B_NV_PUBLIC& wanted);
  static Result<NvIndex> Define(Tpm& tpm, const TPM2B_NV_PUBLIC& wanted);
  // A counter of this anchor's, above all that were before it in this chip, whether removed or not.
  static Result<NvIndex> OpenOrMakeCounter(Tpm& tpm, TPM2_HANDLE handle);
  static Result<bool> Exists(Tpm& tpm, TPM2_HANDLE handle);
  // Whatever somebody else defined: its bytes, where anybody may read them.
  static Result<Bytes> ReadAnybodys(Tpm& tpm, TPM2_HANDLE handle);
  // Overwrites the random, under whichever policy it is read. Nothing there is success.
  static Status OverwriteRandom(Tpm& tpm, const SecretArray<32>& value);
  // Nothing there is success.
  static Status Remove(Tpm& tpm, TPM2_HANDLE handle);

  ~NvIndex();

  NvIndex(NvIndex&& other) noexcept : tpm_(other.tpm_), handle_(std::exchange(other.handle_, ESYS_TR_NONE)) {}

  NvIndex& operator=(NvIndex&&) = delete;

  ESYS_TR get() const noexcept { return handle_; }

  Result<TPM2B_NAME> Name();
  // Of a counter.
  Result<std::uint64_t> ReadCounter();
  Status Increment();
  // Of the random.
  Status Write(const SecretArray<32>& value);
  Result<SecretArray<32>> Read(ESYS_TR policy_session);

 private:
  NvIndex(Tpm& tpm, ESYS_TR handle) noexcept : tpm_(&tpm), handle_(handle) {}

  Result<bool> Written();

  Tpm* tpm_;
  ESYS_TR handle_;
};

}  // namespace edgekeep::anchor
