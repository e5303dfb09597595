#include "log_signing.h"

#include <algorithm>
#include <vector>

#include "edgekeep/author/holder_keys.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/signed_object.h"
#include "folder_entries.h"
#include "opened_proposal.h"

namespace edgekeep::author {
namespace {

constexpr std::string_view kSuffix = ".ekl";
constexpr std::size_t kMaxEntryFile =
    formats::MaxSignedObjectSize(formats::kMaxLogContentSize, formats::kMaxSignatures);

std::string EntriesDirectory(const std::string& folder) {
  return folder + "/entries";
}

Done Add(const Context& context, const std::string& folder, const std::string& stem, ByteView content,
         const ReleaseKeys& keys) {
  EK_TRY_ASSIGN(const Bytes object, At(folder, sealing::SignObject(context.provider, formats::typ::kLogEntry, content,
                                                                   keys.keys.pointers())));
  return AddByContent(context.provider, EntriesDirectory(folder), stem, kSuffix, object.view());
}

// What `holder` signed in the file, under their signatures alone.
Result<ProposalEntry> ReadSignedBy(const Context& context, const std::string& path, const formats::Holder& holder) {
  EK_TRY_ASSIGN(const Bytes file, files::ReadFile(path, kMaxEntryFile));
  EK_TRY_ASSIGN(
      const sealing::VerifiedPayload verified,
      sealing::VerifyObject(context.provider, formats::typ::kLogEntry, file.view(), {&holder, 1}, kReleaseClasses));
  // Signatures of others beside it are nobody's business; a log would keep them for ever.
  EK_TRY_ASSIGN(const Bytes statement,
                sealing::WithSignaturesOf(context.provider, formats::typ::kLogEntry, file.view(), holder));
  return ProposalEntry{.holder = std::string(holder.name),
                       .reason = {},
                       .content = std::string(AsText(verified.payload())),
                       .statement = std::string(AsText(statement.view()))};
}

// As an approval or a rejection of `release`, by nobody but its signer.
Result<ProposalEntry> ReadDecision(const Context& context, const std::string& path, const formats::Holder& holder,
                                   const formats::ContentDigest& release) {
  EK_TRY_ASSIGN(ProposalEntry entry, ReadSignedBy(context, path, holder));
  EK_TRY_ASSIGN(entry.kind, formats::KindOfLogContent(AsBytes(entry.content)));
  if (entry.kind == formats::LogContentKind::kApproval) {
    EK_TRY_ASSIGN(const formats::Approval approval, formats::DecodeApproval(AsBytes(entry.content)));
    if (approval.release == release && approval.holder == holder.name) return entry;
  }
  if (entry.kind == formats::LogContentKind::kRejection) {
    EK_TRY_ASSIGN(const formats::Rejection rejection, formats::DecodeRejection(AsBytes(entry.content)));
    entry.reason = rejection.reason;
    if (rejection.release == release && rejection.holder == holder.name) return entry;
  }
  return Error(ErrorCode::kWrongProduct, "no decision about this release");
}

template <typename Encode>
Outcome<Bytes> Encoded(std::size_t max_size, Encode encode) {
  EK_TRY_ASSIGN(Bytes buffer, At("entry", Bytes::Allocate(max_size)));
  CborWriter writer(buffer.mutable_view());
  EK_TRY(At("entry", encode(writer)));
  const std::size_t size = writer.written().size();
  buffer.Truncate(size);
  return buffer;
}

}  // namespace

Done AddReleaseEntry(const Context& context, const std::string& folder, ByteView content, const ReleaseKeys& author) {
  return Add(context, folder, "release", content, author);
}

Done AddApproval(const Context& context, const std::string& folder, const formats::ContentDigest& release,
                 const ReleaseKeys& holder) {
  const formats::Approval approval{release, holder.holder.name};
  EK_TRY_ASSIGN(const Bytes content,
                Encoded(512, [&](CborWriter& out) { return formats::EncodeApproval(approval, out); }));
  return Add(context, folder, "approval-" + holder.holder.name, content.view(), holder);
}

Done AddRejection(const Context& context, const std::string& folder, const formats::ContentDigest& release,
                  const std::string& reason, const ReleaseKeys& holder) {
  const formats::Rejection rejection{release, holder.holder.name, reason};
  EK_TRY_ASSIGN(const Bytes content,
                Encoded(2048, [&](CborWriter& out) { return formats::EncodeRejection(rejection, out); }));
  return Add(context, folder, "rejection-" + holder.holder.name, content.view(), holder);
}

Outcome<ProposalEntry> ReadReleaseEntry(const Context& context, const std::string& folder, const std::string& root,
                                        ByteView content, const std::string& author) {
  EK_TRY_ASSIGN(const RootPeople people, ReadRootPeople(context, root));
  EK_TRY_ASSIGN(const auto names, EntriesOf(EntriesDirectory(folder), kSuffix));
  for (const formats::Holder& holder : people.deciding()) {
    if (holder.name != author) continue;
    for (const std::string& name : names) {
      if (!name.starts_with("release-")) continue;
      Result<ProposalEntry> entry = ReadSignedBy(context, EntriesDirectory(folder) + "/" + name, holder);
      if (entry && Equal(AsBytes(entry->content), content)) return *std::move(entry);
    }
  }
  return Failure{ErrorCode::kBadSignature, "not signed by its author " + author, folder, "ask the author about it"};
}

Outcome<std::vector<ProposalEntry>> ReadDecisions(const Context& context, const std::string& folder,
                                                  const std::string& root, const formats::ContentDigest& release) {
  EK_TRY_ASSIGN(const RootPeople people, ReadRootPeople(context, root));
  EK_TRY_ASSIGN(const auto names, EntriesOf(EntriesDirectory(folder), kSuffix));
  std::vector<ProposalEntry> found;
  for (const std::string& name : names) {
    if (name.starts_with("release-")) continue;
    for (const formats::Holder& holder : people.deciding()) {
      Result<ProposalEntry> entry = ReadDecision(context, EntriesDirectory(folder) + "/" + name, holder, release);
      if (!entry || std::ranges::find(found, entry->content, &ProposalEntry::content) != found.end()) continue;
      found.push_back(*std::move(entry));
    }
  }
  return found;
}

Outcome<std::vector<ProposalEntry>> ReadProposalEntries(const Context& context, const std::string& folder,
                                                        const ReviewMeans& means) {
  EK_TRY_ASSIGN(const OpenedProposal proposal, OpenProposal(context, folder, means));
  const release::ReleaseStatement& statement = proposal.statement;
  const std::string& root = proposal.root.text;
  const std::string author(statement.entry().author);
  EK_TRY_ASSIGN(ProposalEntry release, ReadReleaseEntry(context, folder, root, statement.content(), author));
  EK_TRY_ASSIGN(std::vector<ProposalEntry> entries, ReadDecisions(context, folder, root, statement.digest()));
  entries.insert(entries.begin(), std::move(release));
  return entries;
}

Outcome<std::vector<std::pair<std::string, std::string>>> ReadRejections(const Context& context,
                                                                         const std::string& folder,
                                                                         const std::string& root,
                                                                         const formats::ContentDigest& release) {
  EK_TRY_ASSIGN(const auto decisions, ReadDecisions(context, folder, root, release));
  std::vector<std::pair<std::string, std::string>> found;
  for (const ProposalEntry& one : decisions) {
    if (one.kind == formats::LogContentKind::kRejection) found.emplace_back(one.holder, one.reason);
  }
  return found;
}

}  // namespace edgekeep::author
