// Context: what every act of a publisher needs from outside.
#pragma once
#include <functional>

#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/signer/key_file.h"

namespace edgekeep::author {

struct Context {
  const crypto::Provider& provider;  // outlives everything made with it
  UnixTime now;
  // Asked now and then during long work; true ends it with kPeerGone and nothing left behind.
  std::function<bool()> stop_requested = [] { return false; };
  // Of the key files of a new publisher, holder, log or witness; its later ones cost what its first did.
  formats::Argon2Costs key_file_costs = signer::kDefaultCosts;
};

}  // namespace edgekeep::author
