// May this product be opened here and now? Asked anew at every open (spec/commit-record.md §4).
#pragma once
#include <optional>

#include "edgekeep/core/commit_record.h"
#include "edgekeep/core/licence.h"
#include "edgekeep/sealing/keys.h"

namespace edgekeep::core {

// The keys with which an installed package may be opened. Only DecideOpen makes one. Slot keys need the vault key and
// the epoch key together: without a licence of sufficient epoch this device cannot open what it has on its own disk.
class OpenDecision {
 public:
  const sealing::SlotKey& canonical_key() const noexcept { return canonical_key_; }

  // Present when the record has a prepared form.
  const std::optional<sealing::SlotKey>& prepared_key() const noexcept { return prepared_key_; }

  // K of the record's epoch, to wrap a new prepared form's key.
  const sealing::EpochKey& epoch_key() const noexcept { return epoch_key_; }

 private:
  friend Result<OpenDecision> DecideOpen(const Device&, const AuthenticRecord&, const VerifiedLicence&);

  OpenDecision(sealing::SlotKey canonical_key, sealing::EpochKey epoch_key) noexcept
      : canonical_key_(std::move(canonical_key)), epoch_key_(std::move(epoch_key)) {}

  sealing::SlotKey canonical_key_;
  std::optional<sealing::SlotKey> prepared_key_;
  sealing::EpochKey epoch_key_;
};

// `licence` was verified for the record's product and version. Fails with kWrongProduct or kWrongVersion when it was
// not, or does not reach the record's epoch; from the first use of the device's key on with kDenied.
Result<OpenDecision> DecideOpen(const Device& device, const AuthenticRecord& record, const VerifiedLicence& licence);

// The same for handing the plaintext out. Fails with kForbidden, before anything else, where the licence does not allow
// that (spec/licence.md §6).
Result<OpenDecision> DecideExport(const Device& device, const AuthenticRecord& record, const VerifiedLicence& licence);

// How a product is to be run under a licence: as its policy says, but on the processor alone where the terms say so.
// Fails with kForbidden where the policy does not name the processor then.
Result<formats::ProductPolicy> PolicyUnder(const formats::LicenceTerms& terms, const formats::ProductPolicy& policy);

}  // namespace edgekeep::core
