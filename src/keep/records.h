// Commit records and their licences in the store: read, committed, recovered. All of it requires the state's mutex.
#pragma once
#include "edgekeep/ports/journal.h"
#include "edgekeep/ports/store.h"
#include "edgekeep/update/installed.h"

namespace edgekeep::keep {

// Fails as the store does; damaged copies are no failure here.
Result<update::Installed> ReadInstalled(ports::Store& store, const core::Vault& vault, const ProductName& product);

// The record that counts. Fails with kNotFound, or kDenied when copies are there and none is authentic.
Result<const core::AuthenticRecord*> CurrentOf(const update::Installed& installed);

// Replaces the copy that does not count by `record`: when this returns success, the new record is what counts, whatever
// is cut later. When it fails, either record may count, so neither slot may be erased.
Status Commit(ports::Store& store, const update::Installed& before, const ProductName& product, ByteView record);

// After a commit of `record`, which names `slot`: erases the other slot and brings the other copy up. What fails here
// is finished by the next start.
void FinishCommit(ports::Store& store, const update::Installed& before, const ProductName& product, ByteView record,
                  std::uint8_t slot, ports::Journal& journal);

// The licence that came with the package in `slot`, as it was handed in.
Result<Bytes> ReadLicence(ports::Store& store, const ProductName& product, std::uint8_t slot);
Status WriteLicence(ports::Store& store, const ProductName& product, std::uint8_t slot, ByteView licence);

// Finishes for one product what a cut left undone.
Status Recover(ports::Store& store, const core::Vault& vault, const ProductName& product);

}  // namespace edgekeep::keep
