// Installation: what an installed product is opened from.
#pragma once
#include "edgekeep/core/open.h"
#include "open_file.h"
#include "operations.h"
#include "records.h"
#include "state.h"

namespace edgekeep::keep {

// What may be opened, decided under the state's mutex. Files are open already: an install that commits meanwhile takes
// their names, not them.
struct Installation {
  update::Installed installed;
  core::OpenDecision decision;
  OpenFile canonical;
  OpenFile prepared;  // open when the record names one and it is there
  formats::LicenceId licence;
  formats::LicenceTerms terms;
  formats::ProductPolicy policy;  // under these terms and demands
  OpenDemands demands;

  const formats::CommitRecord& record() const { return installed.current()->record(); }
};

enum class OpenedFor : std::uint8_t { kServing, kExport };

// Checks record, licence and files. Takes the state's mutex. Fails with the reason for public facts, among them
// kForbidden for an export that licence or operations policy do not allow and for isolation below the latter's floor,
// and with kDenied.
Result<Installation> Decide(KeepState& state, const ProductName& product, OpenedFor use = OpenedFor::kServing);

}  // namespace edgekeep::keep
