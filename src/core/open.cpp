#include "edgekeep/core/open.h"

#include <algorithm>

#include "denied.h"
#include "edgekeep/sealing/key_wraps.h"

namespace edgekeep::core {
namespace {

Status CheckCovers(const formats::Licence& licence, const formats::CommitRecord& record) {
  if (!(licence.product == record.product)) return Error(ErrorCode::kWrongProduct, "licence: of another product");
  const Sequence sequence = record.version.sequence;
  if (sequence < licence.terms.first_sequence || sequence > licence.terms.last_sequence) {
    return Error(ErrorCode::kWrongVersion, "licence: version outside its range");
  }
  if (record.epoch > licence.epoch) {
    return Error(ErrorCode::kWrongVersion, "licence: of an earlier epoch than what is installed");
  }
  return {};
}

Result<sealing::SlotKey> Unwrap(const Device& device, const formats::CommitRecord& record, formats::SlotFileKind kind,
                                const sealing::EpochKey& epoch_key, ByteView wrapped) {
  const sealing::SlotBinding binding{.product = record.product,
                                     .slot = record.slot,
                                     .sequence = record.version.sequence,
                                     .file_kind = static_cast<std::uint8_t>(kind)};
  return Denying(sealing::UnwrapSlotKey(device.provider(), device.vault().key(), epoch_key, binding, wrapped));
}

}  // namespace

Result<OpenDecision> DecideOpen(const Device& device, const AuthenticRecord& authentic,
                                const VerifiedLicence& licence) {
  const formats::CommitRecord& record = authentic.record();
  EK_TRY(CheckCovers(licence.licence(), record));
  EK_TRY_ASSIGN(const OpenedLicence opened, OpenLicence(device, licence));
  EK_TRY_ASSIGN(sealing::EpochKey epoch_key, opened.KeyOf(device.provider(), record.epoch));
  EK_TRY_ASSIGN(sealing::SlotKey canonical, Unwrap(device, record, formats::SlotFileKind::kCanonical, epoch_key,
                                                   record.canonical.wrapped_slot_key));
  OpenDecision decision(std::move(canonical), std::move(epoch_key));
  if (record.prepared) {
    EK_TRY_ASSIGN(decision.prepared_key_, Unwrap(device, record, formats::SlotFileKind::kPrepared, decision.epoch_key_,
                                                 record.prepared->file.wrapped_slot_key));
  }
  return decision;
}

Result<formats::ProductPolicy> PolicyUnder(const formats::LicenceTerms& terms, const formats::ProductPolicy& policy) {
  if (!terms.processor_only) return policy;
  if (std::ranges::find(policy.providers, formats::ExecutionProvider::kCpu) == policy.providers.end()) {
    return Error(ErrorCode::kForbidden, "licence: for the processor alone, which the product's policy does not name");
  }
  formats::ProductPolicy narrowed = policy;
  narrowed.providers = formats::CpuAlone();
  narrowed.weights_may_leave = false;
  return narrowed;
}

Result<OpenDecision> DecideExport(const Device& device, const AuthenticRecord& authentic,
                                  const VerifiedLicence& licence) {
  if (!licence.licence().terms.allows_export) {
    return Error(ErrorCode::kForbidden, "licence: does not allow export");
  }
  return DecideOpen(device, authentic, licence);
}

}  // namespace edgekeep::core
