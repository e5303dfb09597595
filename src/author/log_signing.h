// Log entries of a proposal, signed by holders (spec/log-entries.md §4), as files beside it.
#pragma once
#include "edgekeep/author/proposal.h"
#include "edgekeep/formats/log_entry.h"
#include "metadata_json.h"

namespace edgekeep::author {

// entries/release-DIGEST.ekl, entries/approval-HOLDER-DIGEST.ekl, entries/rejection-HOLDER-DIGEST.ekl.
Done AddReleaseEntry(const Context& context, const std::string& folder, ByteView content, const ReleaseKeys& author);
Done AddApproval(const Context& context, const std::string& folder, const formats::ContentDigest& release,
                 const ReleaseKeys& holder);
Done AddRejection(const Context& context, const std::string& folder, const formats::ContentDigest& release,
                  const std::string& reason, const ReleaseKeys& holder);

// Fails with kBadSignature unless the folder has the release's entry signed by `author`, whose keys `root` has.
Done CheckReleaseEntry(const Context& context, const std::string& folder, const MetadataText& root, ByteView content,
                       const std::string& author);
// Rejections that a holder of `root` rightly signed: holder and reason.
Outcome<std::vector<std::pair<std::string, std::string>>> ReadRejections(const Context& context,
                                                                         const std::string& folder,
                                                                         const MetadataText& root,
                                                                         const formats::ContentDigest& release);

}  // namespace edgekeep::author
