// Granting: a sealed file's content key under its product's epoch key (spec/grant.md).
#pragma once
#include <optional>
#include <string>

#include "edgekeep/author/publisher.h"
#include "edgekeep/formats/grant.h"

namespace edgekeep::author {

struct GrantReport {
  SealedFileId sealed_file;
  ProductName product;
  Version version;
  Epoch epoch;
};

struct GrantRequest {
  std::string sealed_file;
  std::string output;          // must not exist
  std::optional<Epoch> epoch;  // absent: the current one
};

// The licensor's act: verifies that this publisher's author signed the sealed file, unwraps its content key, and wraps
// it under the epoch key.
Outcome<GrantReport> MakeGrant(const Context& context, const Publisher& publisher, const SecretBytes& passphrase,
                               const GrantRequest& request);

}  // namespace edgekeep::author
