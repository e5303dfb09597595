#include "submission_service.h"

#include "edgekeep/author/holder_keys.h"
#include "log_directory.h"
#include "release_arguments.h"

namespace edgekeep::cli::publisher {
namespace {

http::Answer Say(unsigned status, std::string text) {
  return {.status = status,
          .content_type = "text/plain; charset=utf-8",
          .body = std::move(text),
          .cache_control = "no-cache",
          .allow = {}};
}

unsigned StatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformed:
    case ErrorCode::kUnsupported:
      return 400;
    case ErrorCode::kUntrusted:
    case ErrorCode::kExpired:
      return 403;
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kOverRate:
      return 429;
    case ErrorCode::kBusy:
    case ErrorCode::kNotYetValid:
      return 503;
    default:
      return 500;
  }
}

// What is about one statement says which.
http::Answer Refuse(const Error& error, std::size_t number) {
  const unsigned status = StatusOf(error.code());
  std::string text;
  if (error.code() == ErrorCode::kUntrusted || status == 400) text = "statement " + std::to_string(number) + ": ";
  return Say(status, text + NameOf(error.code()) + ": " + error.where() + "\n");
}

author::Outcome<std::unique_ptr<ReaderTrust>> ReadTrust(const Session& session, const SubmissionArguments& arguments) {
  if (arguments.notary.empty()) return ReadPeopleTrust(session, arguments.trust);
  EK_TRY_ASSIGN(const author::PublicHolder shown, author::ReadPublicHolder(arguments.notary));
  EK_TRY_ASSIGN(author::VerifyingHolder notary, author::ToVerifyingHolder(shown));
  return ReadReaderTrust(session, arguments.trust, std::move(notary));
}

}  // namespace

author::Outcome<std::unique_ptr<SubmissionService>> SubmissionService::Open(const Session& session,
                                                                            const std::string& directory,
                                                                            SubmissionArguments arguments) {
  const std::string keys_directory = directory + "/keys";
  EK_TRY_ASSIGN(const SecretBytes passphrase, session.Passphrase());
  EK_TRY_ASSIGN(log::NoteKeys keys,
                author::At(keys_directory, log::NoteKeys::Open(session.context.provider, keys_directory,
                                                               log::NoteRole::kLog, passphrase)));
  std::unique_ptr<SubmissionService> service(
      new SubmissionService(session, directory, std::move(arguments), std::move(keys)));
  EK_TRY_ASSIGN(service->files_, author::At(directory, log::OpenDirectoryToRead(directory)));
  EK_TRY(service->FollowRoots());
  // As good as the first submission will find it: its keys are the log's, and what a cut left half done is completed.
  const Result<log::LockedLog> opened = service->OpenLocked();
  if (!opened && opened.error().code() != ErrorCode::kBusy) return author::Describe(opened.error(), directory);
  EK_TRY(author::At(directory, service->desk_->Look()));
  return service;
}

Result<log::LockedLog> SubmissionService::OpenLocked() const {
  log::LockedLog opened;
  EK_TRY_ASSIGN(opened.storage, log::OpenDirectory(directory_));
  EK_TRY_ASSIGN(log::Log log, log::Log::Open(session_.context.provider, *opened.storage, keys_.signers()));
  opened.log = std::make_unique<log::Log>(std::move(log));
  return opened;
}

// Roots follow each other while the log is served: whom a new one names may enter something from its ceremony's entry
// on. The whole log is read anew then, by the keys that it was to be read by.
author::Done SubmissionService::FollowRoots() {
  if (read_ != nullptr) {
    EK_TRY_ASSIGN(std::vector<std::string> newer, author::RootsFrom(read_->roots.back(), arguments_.trust.repository));
    if (newer.size() == 1 || newer == refused_roots_) return {};
    refused_roots_ = std::move(newer);
  }
  EK_TRY_ASSIGN(auto read, ReadTrust(session_, arguments_));
  desk_ = std::make_unique<log::SubmissionDesk>(session_.context.provider, read->trust, *files_,
                                                [this] { return OpenLocked(); });
  read_ = std::move(read);
  return {};
}

http::Answer SubmissionService::Take(const std::string& body, UnixTime now) {
  // What somebody put into the repository that is no root keeps nobody out whom the ones before name.
  if (const author::Done followed = FollowRoots(); !followed) {
    session_.report.Warn("roots: " + followed.error().where + ": " + followed.error().what);
  }
  const Result<log::Submitted> entered = desk_->Enter(body, now, rates_);
  if (!entered) return Refuse(entered.error(), desk_->refused());
  return Say(200, log::WriteSubmitted(*entered));
}

}  // namespace edgekeep::cli::publisher
