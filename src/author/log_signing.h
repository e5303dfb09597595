// Log entries of a proposal, signed by holders (spec/log-entries.md §4), as files beside it.
#pragma once
#include "edgekeep/author/proposal.h"
#include "edgekeep/author/proposal_entries.h"

namespace edgekeep::author {

// entries/release-DIGEST.ekl, entries/approval-HOLDER-DIGEST.ekl, entries/rejection-HOLDER-DIGEST.ekl.
Done AddReleaseEntry(const Context& context, const std::string& folder, ByteView content, const ReleaseKeys& author);
Done AddApproval(const Context& context, const std::string& folder, const formats::ContentDigest& release,
                 const ReleaseKeys& holder);
Done AddRejection(const Context& context, const std::string& folder, const formats::ContentDigest& release,
                  const std::string& reason, const ReleaseKeys& holder);

// Fails with kBadSignature unless the folder has the release's entry signed by `author`, whose keys `root` has.
Outcome<ProposalEntry> ReadReleaseEntry(const Context& context, const std::string& folder, const std::string& root,
                                        ByteView content, const std::string& author);
// Approvals and rejections of the release that a person of `root` rightly signed, each content once.
Outcome<std::vector<ProposalEntry>> ReadDecisions(const Context& context, const std::string& folder,
                                                  const std::string& root, const formats::ContentDigest& release);
// Of them the rejections: holder and reason.
Outcome<std::vector<std::pair<std::string, std::string>>> ReadRejections(const Context& context,
                                                                         const std::string& folder,
                                                                         const std::string& root,
                                                                         const formats::ContentDigest& release);

}  // namespace edgekeep::author
