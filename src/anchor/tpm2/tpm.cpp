#include "tpm.h"

#include <array>
#include <new>

#include "edgekeep/base/writer.h"

namespace edgekeep::anchor {
namespace {

struct Refusal {
  TSS2_RC code;
  ErrorCode error;
};

// Format-one codes without the number of the parameter they complain about, then the others.
constexpr Refusal kRefusals[] = {
    {TPM2_RC_ECC_POINT, ErrorCode::kMalformed},   {TPM2_RC_AUTH_FAIL, ErrorCode::kForbidden},
    {TPM2_RC_BAD_AUTH, ErrorCode::kForbidden},    {TPM2_RC_POLICY_FAIL, ErrorCode::kForbidden},
    {TPM2_RC_HIERARCHY, ErrorCode::kForbidden},   {TPM2_RC_SIGNATURE, ErrorCode::kBadSignature},
    {TPM2_RC_HANDLE, ErrorCode::kNotFound},       {TPM2_RC_POLICY, ErrorCode::kForbidden},
    {TPM2_RC_PCR_CHANGED, ErrorCode::kForbidden}, {TPM2_RC_LOCKOUT, ErrorCode::kBusy},
    {TPM2_RC_OBJECT_MEMORY, ErrorCode::kBusy},    {TPM2_RC_SESSION_MEMORY, ErrorCode::kBusy},
    {TPM2_RC_NV_RATE, ErrorCode::kBusy},          {TPM2_RC_NV_UNAVAILABLE, ErrorCode::kBusy},
    {TPM2_RC_NV_SPACE, ErrorCode::kNoSpace},      {TPM2_RC_NV_DEFINED, ErrorCode::kAlreadyExists},
};

// Of a code with a parameter's, handle's or session's number, the code alone.
constexpr TSS2_RC WithoutNumber(TSS2_RC code) {
  return (code & TPM2_RC_FMT1) != 0 ? code & (TPM2_RC_FMT1 | 0x3f) : code;
}

std::array<std::uint8_t, 14> FlushCommand(TPM2_HANDLE handle) {
  std::array<std::uint8_t, 14> command{};
  Writer out(command);
  (void)out.WriteU16BigEndian(TPM2_ST_NO_SESSIONS);
  (void)out.WriteU32BigEndian(static_cast<std::uint32_t>(command.size()));
  (void)out.WriteU32BigEndian(TPM2_CC_FlushContext);
  (void)out.WriteU32BigEndian(handle);
  return command;
}

}  // namespace

Result<std::unique_ptr<Tpm>> Tpm::Open(int fd, std::chrono::milliseconds answer_limit, int lost_fd) {
  EK_TRY_ASSIGN(const EsysCalls* const calls, LoadEsys());
  std::unique_ptr<Tpm> tpm(new (std::nothrow) Tpm(*calls, fd, answer_limit, lost_fd));
  if (!tpm) return Error(ErrorCode::kNoMemory, "tpm2");
  EK_TRY(tpm->Begin());
  return tpm;
}

Status Tpm::Begin() {
  EK_TRY(Check(calls_->Initialize(&context_, link_.tcti(), nullptr), "tpm2: the library's start"));
  const TSS2_RC started = calls_->Startup(context_, TPM2_SU_CLEAR);
  // Who started the machine did so already.
  if (started != TPM2_RC_INITIALIZE) EK_TRY(Check(started, "tpm2: starting the TPM"));
  for (const TPM2_HANDLE first : {TPM2_TRANSIENT_FIRST, TPM2_LOADED_SESSION_FIRST, TPM2_ACTIVE_SESSION_FIRST}) {
    EK_TRY(FlushLeftovers(first));
  }
  return {};
}

Tpm::~Tpm() {
  if (context_ == nullptr) return;
  if (session_ != ESYS_TR_NONE) (void)calls_->FlushContext(context_, session_);
  (void)calls_->Shutdown(context_, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, TPM2_SU_CLEAR);
  calls_->Finalize(&context_);
}

Status Tpm::FlushLeftovers(TPM2_HANDLE first) {
  TPMI_YES_NO more = 0;
  Owned<TPMS_CAPABILITY_DATA> data(*calls_);
  EK_TRY(Check(calls_->GetCapability(context_, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, TPM2_CAP_HANDLES, first,
                                     TPM2_MAX_CAP_HANDLES, &more, data.out()),
               "tpm2: listing what is loaded"));
  const TPML_HANDLE& handles = data->data.handles;
  for (UINT32 i = 0; i < handles.count && i < TPM2_MAX_CAP_HANDLES; ++i) {
    // Refused where somebody else's resource manager keeps it: then it is in nobody's way.
    EK_TRY(link_.Exchange(FlushCommand(handles.handle[i])));
  }
  return {};
}

Status Tpm::Check(TSS2_RC code, const char* where) const {
  if (code == TSS2_RC_SUCCESS) return {};
  if (link_.timed_out()) return Error(ErrorCode::kTimedOut, "tpm2: the TPM does not answer");
  if (link_.broken()) return Error(ErrorCode::kIo, "tpm2: the TPM is gone");
  if ((code & TSS2_RC_LAYER_MASK) == TSS2_TPM_RC_LAYER) {
    for (const Refusal& refusal : kRefusals) {
      if (WithoutNumber(code) == refusal.code) return Error(refusal.error, where);
    }
  }
  return Error(ErrorCode::kIo, where);
}

ESYS_TR Tpm::Session(Secrecy secrecy) {
  (void)calls_->TRSess_SetAttributes(
      context_, session_, static_cast<TPMA_SESSION>(TPMA_SESSION_CONTINUESESSION | static_cast<std::uint8_t>(secrecy)),
      0xff);
  return session_;
}

Status Tpm::StartSession(ESYS_TR salt_key) {
  TPMT_SYM_DEF cipher{};
  cipher.algorithm = TPM2_ALG_AES;
  cipher.keyBits.aes = 128;
  cipher.mode.aes = TPM2_ALG_CFB;
  return Check(calls_->StartAuthSession(context_, salt_key, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                        nullptr, TPM2_SE_HMAC, &cipher, TPM2_ALG_SHA256, &session_),
               "tpm2: starting a session");
}

}  // namespace edgekeep::anchor
