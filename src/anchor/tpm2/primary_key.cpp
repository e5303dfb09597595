#include "primary_key.h"

#include <new>

#include "key_templates.h"

namespace edgekeep::anchor {

Result<PrimaryKey> PrimaryKey::Make(Tpm& tpm, ESYS_TR hierarchy, const TPM2B_PUBLIC& key_template) {
  std::unique_ptr<Owned<TPM2B_PUBLIC>> public_half(new (std::nothrow) Owned<TPM2B_PUBLIC>(tpm.calls()));
  std::unique_ptr<Owned<TPMS_CONTEXT>> context(new (std::nothrow) Owned<TPMS_CONTEXT>(tpm.calls()));
  if (!public_half || !context) return Error(ErrorCode::kNoMemory, "tpm2");
  const TPM2B_SENSITIVE_CREATE no_password{};
  const TPM2B_DATA nothing{};
  const TPML_PCR_SELECTION no_pcrs{};
  Owned<TPM2B_CREATION_DATA> creation(tpm.calls());
  Owned<TPM2B_DIGEST> digest(tpm.calls());
  Owned<TPMT_TK_CREATION> ticket(tpm.calls());
  ESYS_TR handle = ESYS_TR_NONE;
  EK_TRY(tpm.Check(tpm.calls().CreatePrimary(tpm.context(), hierarchy, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                                             &no_password, &key_template, &nothing, &no_pcrs, &handle,
                                             public_half->out(), creation.out(), digest.out(), ticket.out()),
                   "tpm2: making a key (has its hierarchy a password?)"));
  const Loaded key(tpm, handle);
  EK_TRY(tpm.Check(tpm.calls().ContextSave(tpm.context(), key.get(), context->out()), "tpm2: saving a key's context"));
  return PrimaryKey(tpm, std::move(public_half), std::move(context));
}

Result<Bytes> PrimaryKey::Point() const {
  EK_TRY_ASSIGN(Bytes point, Bytes::Allocate(65));
  FromTpmPoint(public_area().unique.ecc, point.mutable_view());
  return point;
}

Result<Loaded> PrimaryKey::Load() const {
  ESYS_TR handle = ESYS_TR_NONE;
  EK_TRY(tpm_->Check(tpm_->calls().ContextLoad(tpm_->context(), context_->get(), &handle), "tpm2: loading a key"));
  return Loaded(*tpm_, handle);
}

}  // namespace edgekeep::anchor
