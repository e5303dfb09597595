#include "reader_trust.h"

#include <algorithm>
#include <charconv>

#include "edgekeep/author/signing_folder.h"
#include "log_directory.h"
#include "notary_settings.h"
#include "release_arguments.h"

namespace edgekeep::cli::publisher {
namespace {

constexpr std::size_t kMaxSettingsSize = 65536;

author::Outcome<NotarySettings> ReadSettings(const std::string& path) {
  if (path.empty()) return ParseNotarySettings(R"({"profile": "development"})", "notary settings");
  EK_TRY_ASSIGN(const std::string text, ReadText(path, kMaxSettingsSize));
  return ParseNotarySettings(text, path);
}

log::TrustedRoot ToTrust(const author::ChainedRoot& root) {
  std::vector<std::string> approvers;
  for (const author::VerifyingHolder& one : root.people.people) {
    if (one.is_approver) approvers.push_back(one.name);
  }
  std::ranges::sort(approvers);
  return {.version = root.version,
          .digest = root.digest,
          .expires = root.people.expires,
          .holders = root.people.views(),
          .root_holders = root.root_holders,
          .root_threshold = root.root_threshold,
          .policy = {},
          .approvers = std::move(approvers),
          .approvals = root.people.approvals};
}

// Views borrow from where the notaries are: made once all of them are there.
author::Done AddNotaries(ReaderTrust& read, author::VerifyingHolder notary, const std::vector<std::string>& former) {
  std::vector<std::optional<std::uint64_t>> until = {std::nullopt};
  read.notaries.push_back(std::move(notary));
  for (const std::string& text : former) {
    EK_TRY_ASSIGN(const FormerNotary one, ParseFormer(text));
    EK_TRY_ASSIGN(const author::PublicHolder shown, author::ReadPublicHolder(one.path));
    EK_TRY_ASSIGN(author::VerifyingHolder holder, author::ToVerifyingHolder(shown));
    read.notaries.push_back(std::move(holder));
    until.emplace_back(one.until);
  }
  for (std::size_t i = 0; i < until.size(); ++i) {
    read.trust.notaries.push_back({.holder = read.notaries[i].view(), .until = until[i]});
  }
  return {};
}

}  // namespace

author::Outcome<FormerNotary> ParseFormer(const std::string& text) {
  const std::size_t at = text.rfind('@');
  FormerNotary former;
  const char* const end = text.data() + text.size();
  const auto parsed = at == std::string::npos ? std::from_chars_result{end, std::errc::invalid_argument}
                                              : std::from_chars(text.data() + at + 1, end, former.until);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    return author::Failure{ErrorCode::kBadArgument, "a former notary without its end", text,
                           "say FILE@INDEX: its verdicts stand in entries below INDEX, where the next one began"};
  }
  former.path = text.substr(0, at);
  return former;
}

author::Outcome<std::vector<std::string>> ReadRoots(const TrustFiles& files) {
  EK_TRY_ASSIGN(const std::string trusted, ReadRoot(files.root));
  if (files.repository.empty()) return std::vector<std::string>{trusted};
  return author::RootsFrom(trusted, files.repository);
}

author::Outcome<std::unique_ptr<ReaderTrust>> PeopleTrustOf(const Session& session, std::vector<std::string> roots) {
  auto read = std::make_unique<ReaderTrust>();
  read->roots = std::move(roots);
  EK_TRY_ASSIGN(read->chain, author::ReadRootChain(session.context, read->roots));
  for (const author::ChainedRoot& root : read->chain) read->trust.roots.push_back(ToTrust(root));
  read->trust.required_classes = {author::kReleaseClasses.begin(), author::kReleaseClasses.end()};
  return read;
}

author::Outcome<std::unique_ptr<ReaderTrust>> ReadPeopleTrust(const Session& session, const TrustFiles& files) {
  EK_TRY_ASSIGN(std::vector<std::string> roots, ReadRoots(files));
  return PeopleTrustOf(session, std::move(roots));
}

author::Outcome<std::unique_ptr<ReaderTrust>> ReadReaderTrust(const Session& session, const TrustFiles& files,
                                                              author::VerifyingHolder notary) {
  EK_TRY_ASSIGN(std::vector<std::string> roots, ReadRoots(files));
  return ReaderTrustOf(session, std::move(roots), files, std::move(notary));
}

author::Outcome<std::unique_ptr<ReaderTrust>> ReaderTrustOf(const Session& session, std::vector<std::string> roots,
                                                            const TrustFiles& files, author::VerifyingHolder notary) {
  EK_TRY_ASSIGN(auto read, PeopleTrustOf(session, std::move(roots)));
  EK_TRY_ASSIGN(const NotarySettings settings, ReadSettings(files.settings));
  EK_TRY(AddNotaries(*read, std::move(notary), files.former));
  for (std::size_t i = 0; i < read->chain.size(); ++i) {
    EK_TRY_ASSIGN(read->trust.roots[i].policy, WithPeople(settings, read->chain[i].people, read->notaries.front()));
    // Nobody who approved judged; WithPeople says so of each notary.
    for (const author::VerifyingHolder& one : read->notaries) EK_TRY(WithPeople({}, read->chain[i].people, one));
  }
  return read;
}

}  // namespace edgekeep::cli::publisher
