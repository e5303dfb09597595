// What a proposal has for the transparency log: contents of entries, and who signed them.
#pragma once
#include <string>
#include <vector>

#include "edgekeep/author/proposal.h"
#include "edgekeep/formats/log_entry.h"

namespace edgekeep::author {

struct ProposalEntry {
  formats::LogContentKind kind = formats::LogContentKind::kRelease;
  std::string holder;     // who signed
  std::string reason;     // of a rejection
  std::string content;    // of the entry
  std::string statement;  // the signed object over it
};

// The release, signed by its author, then approvals and rejections, each by whom it names, a person of the root that
// `means` lead to. Files that are anything else are passed over. Fails as a review does where the proposal does not
// follow what is released.
Outcome<std::vector<ProposalEntry>> ReadProposalEntries(const Context& context, const std::string& folder,
                                                        const ReviewMeans& means);

}  // namespace edgekeep::author
