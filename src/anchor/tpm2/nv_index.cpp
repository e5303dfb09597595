#include "nv_index.h"

#include <algorithm>

#include "edgekeep/base/reader.h"

namespace edgekeep::anchor {
namespace {

constexpr const char* kReading = "tpm2: reading non-volatile memory";
constexpr const char* kWriting = "tpm2: writing non-volatile memory";

// The handle, however it got there: what is behind it is for who asked to find out.
Result<ESYS_TR> Find(Tpm& tpm, TPM2_HANDLE handle) {
  ESYS_TR found = ESYS_TR_NONE;
  EK_TRY(
      tpm.Check(tpm.calls().TR_FromTPMPublic(tpm.context(), handle, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &found),
                "tpm2: non-volatile memory of this device"));
  return found;
}

bool Same(const TPMS_NV_PUBLIC& found, const TPMS_NV_PUBLIC& wanted) {
  return found.nvIndex == wanted.nvIndex && found.nameAlg == wanted.nameAlg && found.dataSize == wanted.dataSize &&
         (found.attributes & ~TPMA_NV_WRITTEN) == wanted.attributes &&
         Equal({found.authPolicy.buffer, found.authPolicy.size}, {wanted.authPolicy.buffer, wanted.authPolicy.size});
}

}  // namespace

TPM2B_NV_PUBLIC VaultRandomIndex(const Digest& policy) {
  TPM2B_NV_PUBLIC index{};
  index.nvPublic.nvIndex = kVaultRandomIndex;
  index.nvPublic.nameAlg = TPM2_ALG_SHA256;
  index.nvPublic.attributes = TPMA_NV_POLICYREAD | TPMA_NV_AUTHWRITE | TPMA_NV_NO_DA;
  index.nvPublic.authPolicy.size = static_cast<UINT16>(policy.view().size());
  std::ranges::copy(policy.view(), index.nvPublic.authPolicy.buffer);
  index.nvPublic.dataSize = 32;
  return index;
}

TPM2B_NV_PUBLIC CounterIndex(TPM2_HANDLE handle) {
  TPM2B_NV_PUBLIC index{};
  index.nvPublic.nvIndex = handle;
  index.nvPublic.nameAlg = TPM2_ALG_SHA256;
  index.nvPublic.attributes =
      (TPM2_NT_COUNTER << TPMA_NV_TPM2_NT_SHIFT) | TPMA_NV_AUTHREAD | TPMA_NV_AUTHWRITE | TPMA_NV_NO_DA;
  index.nvPublic.dataSize = 8;
  return index;
}

TPM2B_NV_PUBLIC RetiredIndex() {
  TPM2B_NV_PUBLIC index{};
  index.nvPublic.nvIndex = kRetiredIndex;
  index.nvPublic.nameAlg = TPM2_ALG_SHA256;
  index.nvPublic.attributes = TPMA_NV_AUTHREAD | TPMA_NV_AUTHWRITE | TPMA_NV_NO_DA;
  index.nvPublic.dataSize = 1;
  return index;
}

Status NvIndex::OverwriteRandom(Tpm& tpm, const SecretArray<32>& value) {
  const Result<ESYS_TR> found = Find(tpm, kVaultRandomIndex);
  if (!found && found.error().code() == ErrorCode::kNotFound) return {};
  if (!found) return found.error();
  NvIndex random(tpm, *found);
  return random.Write(value);
}

Result<NvIndex> NvIndex::Open(Tpm& tpm, const TPM2B_NV_PUBLIC& wanted) {
  EK_TRY_ASSIGN(const ESYS_TR handle, Find(tpm, wanted.nvPublic.nvIndex));
  NvIndex index(tpm, handle);
  Owned<TPM2B_NV_PUBLIC> found(tpm.calls());
  Owned<TPM2B_NAME> name(tpm.calls());
  EK_TRY(tpm.Check(tpm.calls().NV_ReadPublic(tpm.context(), handle, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                             found.out(), name.out()),
                   kReading));
  if (!Same(found->nvPublic, wanted.nvPublic)) {
    return Error(ErrorCode::kWrongDevice, "tpm2: this TPM's non-volatile memory is another device's");
  }
  return index;
}

Result<NvIndex> NvIndex::Define(Tpm& tpm, const TPM2B_NV_PUBLIC& wanted) {
  const TPM2B_AUTH no_password{};
  ESYS_TR handle = ESYS_TR_NONE;
  EK_TRY(tpm.Check(tpm.calls().NV_DefineSpace(tpm.context(), ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                              ESYS_TR_NONE, &no_password, &wanted, &handle),
                   "tpm2: defining non-volatile memory"));
  return NvIndex(tpm, handle);
}

Result<NvIndex> NvIndex::OpenOrMakeCounter(Tpm& tpm, TPM2_HANDLE handle) {
  const TPM2B_NV_PUBLIC wanted = CounterIndex(handle);
  EK_TRY_ASSIGN(const bool exists, Exists(tpm, handle));
  EK_TRY_ASSIGN(NvIndex index, exists ? Open(tpm, wanted) : Define(tpm, wanted));
  EK_TRY_ASSIGN(const bool written, index.Written());
  // The first one sets it above every counter that this chip ever had.
  if (!written) EK_TRY(index.Increment());
  return index;
}

Result<bool> NvIndex::Exists(Tpm& tpm, TPM2_HANDLE handle) {
  Result<ESYS_TR> found = Find(tpm, handle);
  if (!found && found.error().code() == ErrorCode::kNotFound) return false;
  if (!found) return found.error();
  (void)tpm.calls().TR_Close(tpm.context(), &*found);
  return true;
}

Status NvIndex::Remove(Tpm& tpm, TPM2_HANDLE handle) {
  const Result<ESYS_TR> found = Find(tpm, handle);
  if (!found && found.error().code() == ErrorCode::kNotFound) return {};
  if (!found) return found.error();
  // The library forgets the handle itself where the chip did.
  return tpm.Check(tpm.calls().NV_UndefineSpace(tpm.context(), ESYS_TR_RH_OWNER, *found, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                                ESYS_TR_NONE),
                   "tpm2: removing non-volatile memory");
}

Result<Bytes> NvIndex::ReadAnybodys(Tpm& tpm, TPM2_HANDLE handle) {
  EK_TRY_ASSIGN(const ESYS_TR found, Find(tpm, handle));
  const NvIndex index(tpm, found);
  Owned<TPM2B_NV_PUBLIC> area(tpm.calls());
  Owned<TPM2B_NAME> name(tpm.calls());
  EK_TRY(tpm.Check(
      tpm.calls().NV_ReadPublic(tpm.context(), found, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, area.out(), name.out()),
      kReading));
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(area->nvPublic.dataSize));
  // A certificate is longer than one answer.
  for (std::size_t at = 0; at < bytes.size();) {
    const auto size = static_cast<UINT16>(std::min<std::size_t>(bytes.size() - at, 512));
    Owned<TPM2B_MAX_NV_BUFFER> data(tpm.calls());
    EK_TRY(tpm.Check(tpm.calls().NV_Read(tpm.context(), found, found, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                                         size, static_cast<UINT16>(at), data.out()),
                     kReading));
    if (data->size != size) return Error(ErrorCode::kIo, kReading);
    std::ranges::copy(ByteView(data->buffer, size), bytes.mutable_view().subspan(at).begin());
    at += size;
  }
  return bytes;
}

NvIndex::~NvIndex() {
  if (handle_ != ESYS_TR_NONE) (void)tpm_->calls().TR_Close(tpm_->context(), &handle_);
}

Result<TPM2B_NAME> NvIndex::Name() {
  Owned<TPM2B_NAME> name(tpm_->calls());
  EK_TRY(tpm_->Check(tpm_->calls().TR_GetName(tpm_->context(), handle_, name.out()), kReading));
  return *name;
}

Result<std::uint64_t> NvIndex::ReadCounter() {
  Owned<TPM2B_MAX_NV_BUFFER> data(tpm_->calls());
  EK_TRY(tpm_->Check(tpm_->calls().NV_Read(tpm_->context(), handle_, handle_, tpm_->Session(Secrecy::kNone),
                                           ESYS_TR_NONE, ESYS_TR_NONE, 8, 0, data.out()),
                     kReading));
  Reader in(ByteView(data->buffer, std::min<std::size_t>(data->size, sizeof data->buffer)));
  return in.ReadU64BigEndian();
}

Result<bool> NvIndex::Written() {
  Owned<TPM2B_NV_PUBLIC> found(tpm_->calls());
  Owned<TPM2B_NAME> name(tpm_->calls());
  EK_TRY(tpm_->Check(tpm_->calls().NV_ReadPublic(tpm_->context(), handle_, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                                 found.out(), name.out()),
                     kReading));
  return (found->nvPublic.attributes & TPMA_NV_WRITTEN) != 0;
}

Status NvIndex::Increment() {
  return tpm_->Check(tpm_->calls().NV_Increment(tpm_->context(), handle_, handle_, tpm_->Session(Secrecy::kNone),
                                                ESYS_TR_NONE, ESYS_TR_NONE),
                     kWriting);
}

Status NvIndex::Write(const SecretArray<32>& value) {
  TPM2B_MAX_NV_BUFFER data{};
  data.size = 32;
  std::ranges::copy(value.Reveal(), data.buffer);
  const Status written =
      tpm_->Check(tpm_->calls().NV_Write(tpm_->context(), handle_, handle_, tpm_->Session(Secrecy::kQuestion),
                                         ESYS_TR_NONE, ESYS_TR_NONE, &data, 0),
                  kWriting);
  Wipe({data.buffer, sizeof data.buffer});
  return written;
}

Result<SecretArray<32>> NvIndex::Read(ESYS_TR policy_session) {
  Owned<TPM2B_MAX_NV_BUFFER> data(tpm_->calls());
  EK_TRY(tpm_->Check(tpm_->calls().NV_Read(tpm_->context(), handle_, handle_, policy_session,
                                           tpm_->Session(Secrecy::kAnswer), ESYS_TR_NONE, 32, 0, data.out()),
                     kReading));
  if (data->size != 32) return Error(ErrorCode::kIo, kReading);
  return SecretArray<32>::CopyOf(std::span<const std::uint8_t, 32>(data->buffer, 32));
}

}  // namespace edgekeep::anchor
