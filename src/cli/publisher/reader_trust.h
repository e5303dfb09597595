// Whom a command believes that reads what a log says: people by a chain of roots, notaries.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "edgekeep/author/root_chain.h"
#include "edgekeep/log/trust.h"
#include "session.h"

namespace edgekeep::cli::publisher {

struct TrustFiles {
  std::string root;        // from which on people are followed
  std::string repository;  // where the roots after it are; may be empty
  std::string settings;    // the notary's; may be empty
  // Notaries before: "FILE@INDEX", whose verdicts in entries below INDEX stand.
  std::vector<std::string> former;
};

// The trust, and what it borrows from; it stays where it is.
struct ReaderTrust {
  std::vector<std::string> roots;  // as texts
  std::vector<author::ChainedRoot> chain;
  std::vector<author::VerifyingHolder> notaries;  // those of trust.notaries
  log::LogTrust trust;
};

// Nobody of the people may be a notary, of then or now: kForbidden.
author::Outcome<std::unique_ptr<ReaderTrust>> ReadReaderTrust(const Session& session, const TrustFiles& files,
                                                              author::VerifyingHolder notary);

// Of people alone: no verdict is anybody's.
author::Outcome<std::unique_ptr<ReaderTrust>> ReadPeopleTrust(const Session& session, const TrustFiles& files);

// The same by roots that were read before, of whom the first is believed.
author::Outcome<std::vector<std::string>> ReadRoots(const TrustFiles& files);
author::Outcome<std::unique_ptr<ReaderTrust>> PeopleTrustOf(const Session& session, std::vector<std::string> roots);
author::Outcome<std::unique_ptr<ReaderTrust>> ReaderTrustOf(const Session& session, std::vector<std::string> roots,
                                                            const TrustFiles& files, author::VerifyingHolder notary);

// What `--former` takes.
struct FormerNotary {
  std::string path;
  std::uint64_t until = 0;
};

author::Outcome<FormerNotary> ParseFormer(const std::string& text);

}  // namespace edgekeep::cli::publisher
