// PrimaryKey: a key that the chip makes from its seed; between uses it lies, wrapped by the chip, in this process.
#pragma once
#include <memory>

#include "tpm.h"

namespace edgekeep::anchor {

class PrimaryKey {
 public:
  // Costs a key's making, and leaves no slot of the chip taken.
  static Result<PrimaryKey> Make(Tpm& tpm, ESYS_TR hierarchy, const TPM2B_PUBLIC& key_template);

  // The public half as the chip gave it.
  const TPMT_PUBLIC& public_area() const noexcept { return public_->get()->publicArea; }

  // Of one on a curve: the public key, uncompressed.
  Result<Bytes> Point() const;

  // In a slot of the chip until the result ends.
  Result<Loaded> Load() const;

 private:
  PrimaryKey(Tpm& tpm, std::unique_ptr<Owned<TPM2B_PUBLIC>> public_half,
             std::unique_ptr<Owned<TPMS_CONTEXT>> context) noexcept
      : tpm_(&tpm), public_(std::move(public_half)), context_(std::move(context)) {}

  Tpm* tpm_;
  std::unique_ptr<Owned<TPM2B_PUBLIC>> public_;
  std::unique_ptr<Owned<TPMS_CONTEXT>> context_;
};

}  // namespace edgekeep::anchor
