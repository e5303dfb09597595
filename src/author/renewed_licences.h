// What was renewed last under a licence's id, in PUBLISHER/renewed: whoever did not get it gets it again, and whoever
// shows an earlier licence of that id gets what the last one says and no more.
#pragma once
#include <optional>

#include "edgekeep/author/publisher.h"
#include "edgekeep/formats/licence.h"

namespace edgekeep::author {

struct RenewedLicence {
  Bytes file;      // the others borrow from it
  KeyId kem;       // of the device's key that it is wrapped to
  ByteView bytes;  // the signed object
  formats::Licence licence;
};

// Nothing where none was. What lies there counts where this licensor signed it, under that id.
Outcome<std::optional<RenewedLicence>> LastRenewed(const Context& context, const Publisher& publisher,
                                                   const formats::LicenceId& id);

// Makes durable what LastRenewed read: whoever wrote it may have been cut off before that, or told that it failed.
Done SyncRenewed(const Publisher& publisher);

// Durable once it returns.
Done RememberRenewed(const Publisher& publisher, const formats::LicenceId& id, const KeyId& kem, ByteView licence);

}  // namespace edgekeep::author
