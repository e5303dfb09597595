#include "edgekeep/release/release_proof.h"

#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/formats/trust_policy.h"
#include "edgekeep/release/log/log_proof.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::release {
namespace {

// An entry of the log, believed to be number `index` of it.
struct FoundEntry {
  formats::LogEntry entry;
  std::uint64_t index = 0;
};

// `where` says which entry is not there.
Result<FoundEntry> Find(const crypto::Provider& provider, const log::TreeHead& head, const formats::ProvenEntry& leaf,
                        const char* where) {
  FoundEntry found;
  EK_TRY_ASSIGN(found.entry, formats::DecodeLogEntry(leaf.entry));
  EK_TRY_ASSIGN(const log::LogProof proof, log::ParseInclusion(leaf.inclusion));
  EK_TRY_ASSIGN(const Digest hash, log::LeafHash(provider, leaf.entry));
  if (!log::VerifyInclusion(provider, proof.index, hash, proof.path.view(), head)) {
    return Error(ErrorCode::kBadSignature, where);
  }
  found.index = proof.index;
  return found;
}

Status CheckStatement(const crypto::Provider& provider, const ProofDemands& demands, ByteView statement,
                      ByteView content) {
  const auto verified =
      sealing::VerifyObject(provider, formats::typ::kLogEntry, statement, demands.notaries, demands.required_classes);
  if (!verified && verified.error().code() == ErrorCode::kUntrusted) {
    return Error(ErrorCode::kUntrusted, "release proof: verdict by no notary");
  }
  if (!verified && verified.error().code() == ErrorCode::kBadSignature) {
    return Error(ErrorCode::kBadSignature, "release proof: the notary did not sign in every class");
  }
  if (!verified) return verified.error();
  if (Equal(verified->payload(), content)) return {};
  return Error(ErrorCode::kWrongProduct, "release proof: the notary signed another verdict");
}

// What a verdict says, and where it stands, against the release that it is to be about.
Status CheckVerdict(const formats::Verdict& verdict, std::string_view origin, const FoundEntry& leaf,
                    const FoundEntry& release, const formats::ContentDigest& digest) {
  if (!verdict.IsOfLog(origin)) return Error(ErrorCode::kWrongProduct, "release proof: verdict of another log");
  if (verdict.release != digest || verdict.release_index != release.index) {
    return Error(ErrorCode::kWrongProduct, "release proof: verdict about another entry");
  }
  // What was judged ends in front of the verdict; times of a log never go back.
  if (leaf.index < verdict.tree_size || leaf.entry.logged_at < release.entry.logged_at) {
    return Error(ErrorCode::kMalformed, "release proof: verdict before what it judged");
  }
  if (verdict.is_favourable()) return {};
  return Error(ErrorCode::kForbidden, "release proof: the verdict is unfavourable");
}

}  // namespace

// One check: what it believes so far.
class ReleaseProofCheck {
 public:
  ReleaseProofCheck(const crypto::Provider& provider, const ProofDemands& demands) noexcept
      : provider_(provider), demands_(demands) {}

  Result<VerifiedReleaseProof> Run(const formats::ReleaseProof& proof, ByteView content) {
    EK_TRY_ASSIGN(const formats::LogEntry claimed, formats::DecodeLogEntry(proof.release.entry));
    if (!Equal(claimed.content, content)) return Error(ErrorCode::kWrongProduct, "release proof: of another release");
    EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(provider_, {content}));
    EK_TRY_ASSIGN(verified_.release_, formats::ContentDigest::From(digest.view()));
    EK_TRY(CheckLog(proof.checkpoint));
    EK_TRY_ASSIGN(const FoundEntry release, Find(provider_, verified_.checkpoint_.head(), proof.release,
                                                 "release proof: the release is not in the log"));
    verified_.index_ = release.index;
    verified_.logged_at_ = release.entry.logged_at;
    if (!demands_.danger_without_verdict) EK_TRY(CheckVerdictOf(proof, release));
    return verified_;
  }

 private:
  Status CheckLog(std::string_view checkpoint) {
    EK_TRY_ASSIGN(verified_.checkpoint_, demands_.log.Verify(provider_, checkpoint, demands_.not_after));
    verified_.num_independent_ = demands_.log.CountIndependent(verified_.checkpoint_, demands_.dependent_cosigners);
    if (verified_.num_independent_ >= demands_.min_independent_witnesses) return {};
    return Error(ErrorCode::kUntrusted, "release proof: too few independent witnesses");
  }

  Status CheckVerdictOf(const formats::ReleaseProof& proof, const FoundEntry& release) {
    if (!proof.verdict) return Error(ErrorCode::kNotFound, "release proof: no verdict");
    EK_TRY_ASSIGN(const FoundEntry leaf, Find(provider_, verified_.checkpoint_.head(), proof.verdict->leaf,
                                              "release proof: the verdict is not in the log"));
    EK_TRY_ASSIGN(const formats::Verdict verdict, formats::DecodeVerdict(leaf.entry.content));
    EK_TRY(CheckStatement(provider_, demands_, proof.verdict->statement, leaf.entry.content));
    EK_TRY(CheckVerdict(verdict, verified_.checkpoint_.origin(), leaf, release, verified_.release_));
    verified_.num_approvals_ = verdict.approvals.size();
    return {};
  }

  const crypto::Provider& provider_;
  const ProofDemands& demands_;
  VerifiedReleaseProof verified_;
};

Result<VerifiedReleaseProof> VerifyReleaseProof(const crypto::Provider& provider, const ProofDemands& demands,
                                                ByteView proof, ByteView release) {
  const Result<formats::ReleaseProof> read = formats::DecodeReleaseProof(proof);
  if (!read && formats::DecodeSignedObject(formats::typ::kTrustPolicy, proof))
    return Error(ErrorCode::kMalformed, "a trust policy (.ektp) in place of a release proof (.ekp)");
  EK_TRY_ASSIGN(const formats::ReleaseProof parts, read);
  return ReleaseProofCheck(provider, demands).Run(parts, release);
}

Result<formats::Verdict> ReadVerdict(ByteView proof) {
  EK_TRY_ASSIGN(const formats::ReleaseProof parts, formats::DecodeReleaseProof(proof));
  if (!parts.verdict) return Error(ErrorCode::kNotFound, "release proof: no verdict");
  EK_TRY_ASSIGN(const formats::LogEntry entry, formats::DecodeLogEntry(parts.verdict->leaf.entry));
  return formats::DecodeVerdict(entry.content);
}

}  // namespace edgekeep::release
