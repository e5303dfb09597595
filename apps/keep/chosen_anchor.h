// The anchor that this device was given: chosen before its first start, reached before the keep locks itself in.
#pragma once
#include <memory>
#include <string>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/anchor_choice.h"
#include "edgekeep/gate/posix/descriptor.h"
#include "edgekeep/ports/anchor.h"
#include "edgekeep/ports/attestor.h"
#include "edgekeep/ports/endorsement.h"
#include "edgekeep/ports/store.h"

namespace edgekeep::keep {

struct ReachedAnchor {
  formats::AnchorChoice choice;
  gate::Descriptor tpm;  // open, where the choice is a TPM
};

struct OpenedAnchor {
  std::unique_ptr<ports::Anchor> anchor;
  // Null where it has none; after the anchor, which they borrow.
  std::unique_ptr<ports::Endorsement> endorsement;
  std::unique_ptr<ports::Attestor> attestor;
};

// Reads the choice in the anchor's directory, none being the software anchor, and opens what it names: a device node or
// a socket, and the library that speaks to it. Nothing else of either can be opened once the keep is confined.
Result<ReachedAnchor> ReachAnchor(const std::string& directory);

// Makes the anchor at the first start. Provider, store and the eventfd `lost_fd`, which is signalled when the silicon
// is gone, outlive it.
Result<OpenedAnchor> OpenAnchor(ReachedAnchor reached, const crypto::Provider& provider, ports::Store& store,
                                int lost_fd);

}  // namespace edgekeep::keep
