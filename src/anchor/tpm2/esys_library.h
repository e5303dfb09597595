// The ESAPI of tpm2-tss, loaded when a TPM is used: a device without one needs no such library.
#pragma once
#include <tss2/tss2_esys.h>

#include <memory>

#include "edgekeep/base/result.h"
#include "edgekeep/base/secret.h"

namespace edgekeep::anchor {

#define EK_ESYS_CALLS(X)  \
  X(Initialize)           \
  X(Finalize)             \
  X(Free)                 \
  X(Startup)              \
  X(Shutdown)             \
  X(GetCapability)        \
  X(TR_FromTPMPublic)     \
  X(TR_GetName)           \
  X(TR_Close)             \
  X(TRSess_SetAttributes) \
  X(StartAuthSession)     \
  X(CreatePrimary)        \
  X(ContextSave)          \
  X(ContextLoad)          \
  X(FlushContext)         \
  X(LoadExternal)         \
  X(VerifySignature)      \
  X(Sign)                 \
  X(ECDH_ZGen)            \
  X(HMAC)                 \
  X(PCR_Read)             \
  X(PolicyPCR)            \
  X(PolicyNV)             \
  X(PolicyAuthorize)      \
  X(NV_DefineSpace)       \
  X(NV_UndefineSpace)     \
  X(NV_ReadPublic)        \
  X(NV_Write)             \
  X(NV_Read)              \
  X(NV_Increment)         \
  X(Quote)                \
  X(Certify)              \
  X(NV_Certify)           \
  X(ActivateCredential)   \
  X(PolicySecret)         \
  X(PCR_Extend)           \
  X(ReadClock)

struct EsysCalls {
#define EK_ESYS_MEMBER(name) decltype(&Esys_##name) name = nullptr;
  EK_ESYS_CALLS(EK_ESYS_MEMBER)
#undef EK_ESYS_MEMBER
};

// The same table at every call. Fails with kNotFound where the library is not installed, with kUnsupported where it is
// too old. Sets TSS2_LOG: the library writes every refusal to standard error otherwise. Before there are threads.
Result<const EsysCalls*> LoadEsys();

// What the library returned by pointer: wiped, then freed.
template <typename T>
class Owned {
 public:
  explicit Owned(const EsysCalls& calls) noexcept : calls_(&calls) {}

  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;

  ~Owned() {
    if (value_ == nullptr) return;
    Wipe({reinterpret_cast<std::uint8_t*>(value_), sizeof(T)});
    calls_->Free(value_);
  }

  T** out() noexcept { return &value_; }

  const T* get() const noexcept { return value_; }

  const T& operator*() const noexcept { return *value_; }

  const T* operator->() const noexcept { return value_; }

 private:
  const EsysCalls* calls_;
  T* value_ = nullptr;
};

}  // namespace edgekeep::anchor
