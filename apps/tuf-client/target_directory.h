// TargetDirectory: downloaded targets, each under one name that follows from its path; only verified files lie there.
#pragma once
#include <string>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/release/verified_target.h"
#include "http.h"

namespace edgekeep::tuf_client {

class TargetDirectory {
 public:
  TargetDirectory(std::string directory, const crypto::Provider& provider)
      : directory_(std::move(directory)), provider_(provider) {}

  // True when the target lies there already and is the one that is wanted.
  bool Has(const release::VerifiedTarget& target) const;

  // Fetches the target from below `base_url`, and gives it its name when it is verified.
  Status Fetch(const release::VerifiedTarget& target, const std::string& base_url, Http& http) const;

 private:
  std::string PathOf(const release::VerifiedTarget& target, const std::string& suffix) const;

  std::string directory_;
  const crypto::Provider& provider_;
};

}  // namespace edgekeep::tuf_client
