// A notary's verdicts as files, for logs that are not here.
#pragma once
#include <string>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/log/notary_desk.h"

namespace edgekeep::log {

// verdict-INDEX.ekl for each; where that one is on another log, verdict-INDEX-LOG.ekl beside it, LOG being the first
// eight bytes of SHA-256 over the log's origin. A file stays, whatever comes of it, so that nothing is judged twice.
class VerdictFiles final : public VerdictFolder {
 public:
  // In a directory that is there, of the log of that origin.
  static Result<VerdictFiles> Open(const crypto::Provider& provider, std::string directory, std::string origin);

  // One that cannot be read may be favourable.
  std::optional<bool> Find(std::uint64_t release_index) const override;
  // Fails with kAlreadyExists and otherwise as writing does.
  Status Add(const GivenVerdict& verdict) override;

  // Where this log's verdict is, or would be.
  std::string PathOf(std::uint64_t release_index) const;

 private:
  VerdictFiles(std::string directory, std::string origin, std::string mark)
      : directory_(std::move(directory)), origin_(std::move(origin)), mark_(std::move(mark)) {}

  std::string directory_;
  std::string origin_;
  std::string mark_;
};

}  // namespace edgekeep::log
