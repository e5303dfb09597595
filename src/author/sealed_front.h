// The front of a sealed file on disk, verified.
#pragma once
#include <string>

#include "edgekeep/author/context.h"
#include "edgekeep/author/failure.h"
#include "edgekeep/base/bytes.h"
#include "edgekeep/formats/trust_bundle.h"
#include "edgekeep/sealing/verified_seal.h"

namespace edgekeep::author {

struct VerifiedFront {
  Bytes bytes;  // what the seal borrows from
  sealing::VerifiedSeal seal;
};

Outcome<VerifiedFront> ReadVerifiedFront(const Context& context, const std::string& path,
                                         const formats::TrustBundle& trust);

}  // namespace edgekeep::author
