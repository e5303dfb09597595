// SubmissionService: a log that takes entries over HTTP from whoever brings them (decision 0142).
#pragma once
#include <memory>
#include <string>

#include "edgekeep/http/server.h"
#include "edgekeep/log/key_directory.h"
#include "edgekeep/log/submission_desk.h"
#include "reader_trust.h"
#include "session.h"

namespace edgekeep::cli::publisher {

struct SubmissionArguments {
  TrustFiles trust;    // whose entries are taken: people by their roots
  std::string notary;  // NAME.holder.json; empty: verdicts are nobody's
};

class SubmissionService {
 public:
  // Opens the log's keys and reads the log. Borrows the session.
  static author::Outcome<std::unique_ptr<SubmissionService>> Open(const Session& session, const std::string& directory,
                                                                  SubmissionArguments arguments);

  http::Answer Take(const std::string& body, UnixTime now);

 private:
  SubmissionService(const Session& session, std::string directory, SubmissionArguments arguments, log::NoteKeys keys)
      : session_(session), directory_(std::move(directory)), arguments_(std::move(arguments)), keys_(std::move(keys)) {}

  author::Done FollowRoots();
  void WarnOfRoots(const author::Done& followed);
  Result<log::LockedLog> OpenLocked() const;

  const Session& session_;
  std::string directory_;
  SubmissionArguments arguments_;
  log::NoteKeys keys_;
  std::unique_ptr<log::Storage> files_;
  std::unique_ptr<ReaderTrust> read_;
  std::unique_ptr<log::SubmissionDesk> desk_;
  std::vector<std::string> refused_roots_;  // the newest that is followed, and those after it that are no roots
  std::string warning_;
  log::EntryRates rates_;
};

}  // namespace edgekeep::cli::publisher
