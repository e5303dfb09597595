#include "submission_service.h"

#include "edgekeep/author/holder_keys.h"
#include "log_directory.h"
#include "release_arguments.h"

namespace edgekeep::cli::publisher {
namespace {

// All who read are kept waiting meanwhile.
constexpr std::chrono::seconds kServersPatience{1};

http::Answer Say(unsigned status, std::string text) {
  return {.status = status,
          .content_type = "text/plain; charset=utf-8",
          .body = std::move(text),
          .cache_control = "no-cache",
          .allow = {}};
}

// Of what was sent.
unsigned StatusOfRefused(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformed:
    case ErrorCode::kUnsupported:
      return 400;
    case ErrorCode::kUntrusted:
    case ErrorCode::kForbidden:
      return 403;
    case ErrorCode::kTooLarge:
      return 413;
    default:
      return 500;
  }
}

// Of the log: what is malformed or too large there is its own damage.
unsigned StatusOfLog(ErrorCode code) {
  switch (code) {
    case ErrorCode::kExpired:
      return 403;
    case ErrorCode::kOverRate:
      return 429;
    case ErrorCode::kBusy:
    case ErrorCode::kNotYetValid:
      return 503;
    default:
      return 500;
  }
}

http::Answer Refuse(unsigned status, const Error& error, const std::string& about = {}) {
  return Say(status, about + NameOf(error.code()) + ": " + error.where() + "\n");
}

author::Outcome<std::unique_ptr<ReaderTrust>> ReadTrust(const Session& session, const SubmissionArguments& arguments,
                                                        std::vector<std::string> roots) {
  if (arguments.notary.empty()) return PeopleTrustOf(session, std::move(roots));
  EK_TRY_ASSIGN(const author::PublicHolder shown, author::ReadPublicHolder(arguments.notary));
  EK_TRY_ASSIGN(author::VerifyingHolder notary, author::ToVerifyingHolder(shown));
  return ReaderTrustOf(session, std::move(roots), arguments.trust, std::move(notary));
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
  EK_TRY_ASSIGN(opened.storage, log::OpenDirectory(directory_, kServersPatience));
  EK_TRY_ASSIGN(log::Log log, log::Log::Open(session_.context.provider, *opened.storage, keys_.signers()));
  opened.log = std::make_unique<log::Log>(std::move(log));
  return opened;
}

// Roots follow each other while the log is served: whom a new one names may enter something from its ceremony's entry
// on. The whole log is read anew then, by the keys that it was to be read by. What was followed once is not asked of
// the repository again: whatever becomes of it, nobody whom a root dismissed comes back.
author::Done SubmissionService::FollowRoots() {
  std::vector<std::string> roots;
  if (read_ == nullptr) {
    EK_TRY_ASSIGN(roots, ReadRoots(arguments_.trust));
  } else {
    EK_TRY_ASSIGN(const auto newer, author::RootsFrom(read_->roots.back(), arguments_.trust.repository));
    if (newer.size() == 1 || newer == refused_roots_) return {};
    roots = read_->roots;
    roots.insert(roots.end(), newer.begin() + 1, newer.end());
    if (const auto chain = author::ReadRootChain(session_.context, roots); !chain) {
      refused_roots_ = newer;  // roots that are wrong stay wrong; what fails from here on may go right the next time
      return chain.error();
    }
  }
  EK_TRY_ASSIGN(auto read, ReadTrust(session_, arguments_, std::move(roots)));
  desk_ = std::make_unique<log::SubmissionDesk>(session_.context.provider, read->trust, *files_,
                                                [this] { return OpenLocked(); });
  read_ = std::move(read);
  return {};
}

// What somebody put into the repository that is no root keeps nobody out whom the ones before name. Told of once.
void SubmissionService::WarnOfRoots(const author::Done& followed) {
  const std::string warning = followed ? "" : "roots: " + followed.error().where + ": " + followed.error().what;
  if (!warning.empty() && warning != warning_) session_.report.Warn(warning);
  warning_ = warning;
}

http::Answer SubmissionService::Take(const std::string& body, UnixTime now) {
  const auto statements = log::ReadSubmission(body);
  if (!statements) return Refuse(StatusOfRefused(statements.error().code()), statements.error());
  WarnOfRoots(FollowRoots());
  const Result<log::Submitted> entered = desk_->Enter(*statements, now, rates_);
  if (entered) return Say(200, log::WriteSubmitted(*entered));
  const Error& error = entered.error();
  const std::optional<std::size_t> refused = desk_->refused();
  if (!refused) return Refuse(StatusOfLog(error.code()), error);
  return Refuse(StatusOfRefused(error.code()), error, "statement " + std::to_string(*refused) + ": ");
}

}  // namespace edgekeep::cli::publisher
