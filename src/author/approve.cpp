#include "edgekeep/author/proposal.h"
#include "opened_proposal.h"

namespace edgekeep::author {
namespace {

Failure NoApprover(const std::string& name, const std::string& folder) {
  return {ErrorCode::kForbidden, name + " is no approver", folder, "have an approver of the root decide"};
}

}  // namespace

Done Approve(const Context& context, const std::string& folder, const ReviewMeans& means, const Digest& digest,
             const ReleaseKeys& keys) {
  // Reviews once more: what is approved has been verified on this machine, now.
  EK_TRY_ASSIGN(const ProposalReview review, ReviewProposal(context, folder, means));
  EK_TRY_ASSIGN(const OpenedProposal proposal, OpenProposal(context, folder, means));
  if (review.digest != digest || proposal.folder.digest() != digest) {
    return Failure{ErrorCode::kWrongVersion, "not what was reviewed", folder,
                   "review it again, and approve what you saw"};
  }
  const std::string& name = keys.holder.name;
  if (name == review.author) {
    return Failure{ErrorCode::kForbidden, "nobody approves a release of one's own", name, "ask somebody else"};
  }
  if (!proposal.roles.at("targets").keys.contains(name)) return NoApprover(name, folder);
  EK_TRY(AddApproval(context, folder, proposal.statement.digest(), keys));
  return proposal.folder.Sign(context, keys);
}

Done Reject(const Context& context, const std::string& folder, const ReviewMeans& means, const std::string& reason,
            const ReleaseKeys& keys) {
  EK_TRY_ASSIGN(const OpenedProposal proposal, OpenProposal(context, folder, means));
  const std::string& name = keys.holder.name;
  if (!MayDecide(proposal.roles, name)) return NoApprover(name, folder);
  return AddRejection(context, folder, proposal.statement.digest(), reason, keys);
}

}  // namespace edgekeep::author
