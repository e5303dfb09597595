// Context: what every act of a publisher needs from outside.
#pragma once
#include <functional>

#include "edgekeep/author/failure.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/signer/key_file.h"

namespace edgekeep::author {

// How keys on PKCS#11 tokens are reached.
struct TokenAccess {
  std::string module;  // its path; empty for all that p11-kit is set up with
  // Called where a holder's key lies on a token.
  std::function<Outcome<SecretBytes>()> ask_pin = [] { return Describe(Error(ErrorCode::kBadState), "PIN"); };
};

struct Context {
  const crypto::Provider& provider;  // outlives everything made with it
  UnixTime now;
  // Asked now and then during long work; true ends it with kPeerGone and nothing left behind.
  std::function<bool()> stop_requested = [] { return false; };
  // Of the key files of a new publisher, holder, log or witness; its later ones cost what its first did.
  formats::Argon2Costs key_file_costs = signer::kDefaultCosts;
  TokenAccess tokens = {};
};

}  // namespace edgekeep::author
