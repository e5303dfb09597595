#include "edgekeep/author/policy_ceremony.h"

#include <algorithm>

#include "edgekeep/release/root_holders.h"
#include "edgekeep/release/trust_policy.h"
#include "policy_folder.h"
#include "policy_text.h"
#include "public_keys.h"

namespace edgekeep::author {
namespace {

// Signatures that are to stand in the finished object, of holders who count; borrow from the folder's files.
struct Count {
  std::vector<release::RootHolders> roots;
  std::vector<Tally> tallies;
  std::vector<std::pair<std::string, formats::SignatureEntry>> signatures;  // with the holder's name
};

Done CheckTaken(const Context& context, const std::string& folder, const formats::TrustPolicy& policy) {
  for (const formats::Holder& notary : policy.notaries) {
    if (notary.keys.size() != kReleaseClasses.size())
      return Failure{ErrorCode::kMalformed, "not one key of each class", std::string(notary.name),
                     "name a holder.json"};
  }
  EK_TRY(At(folder, release::log::Policy::Parse(context.provider, policy.log_policy)));
  return {};
}

Result<Bytes> Encode(const formats::TrustPolicy& policy) {
  EK_TRY_ASSIGN(Bytes buffer, Bytes::Allocate(formats::kMaxTrustPolicySize));
  CborWriter writer(buffer.mutable_view());
  EK_TRY(formats::EncodeTrustPolicy(policy, writer));
  buffer.Truncate(writer.written().size());
  return buffer;
}

Result<formats::TrustPolicy> PolicyOf(const PolicyContent& content, std::vector<HolderWithKeys>& notaries) {
  formats::TrustPolicy policy{.version = content.version,
                              .authority = content.authority,
                              .profile = content.profile,
                              .min_approvers = content.min_approvers,
                              .delay = content.delay,
                              .max_time_step = content.max_time_step,
                              .issued_at = content.issued_at,
                              .min_independent_witnesses = content.min_independent_witnesses,
                              .log_policy = content.log_policy};
  for (const std::uint8_t number : kReleaseClasses) EK_TRY(policy.required_classes.PushBack(number));
  notaries.reserve(content.notaries.size());
  for (const PublicHolder& notary : content.notaries) {
    EK_TRY_ASSIGN(HolderWithKeys holder, ReadHolderKeys(notary));
    notaries.push_back(std::move(holder));
    EK_TRY(policy.notaries.PushBack(notaries.back().holder));
  }
  for (const std::string& name : content.dependent_cosigners) EK_TRY(policy.dependent_cosigners.PushBack(name));
  return policy;
}

// True when the holder signed in every class; then the file's signatures are the holder's.
bool TakeSignatures(const Context& context, const PolicyFolder& folder, const Bytes& file,
                    const formats::Holder& holder, Count& count) {
  const auto signers =
      sealing::FindSigners(context.provider, folder.type(), file.view(), {&holder, 1}, kReleaseClasses);
  if (!signers || signers->complete == 0) return false;
  const auto object = formats::DecodeSignedObject(folder.type(), file.view());
  for (const formats::SignatureEntry& entry : object->signatures) {
    const auto same = [&](const auto& other) { return other.second.kid == entry.kid; };
    if (std::ranges::none_of(count.signatures, same)) count.signatures.emplace_back(holder.name, entry);
  }
  return true;
}

// Who of one root signed; a wrong signature counts for nobody, so that no stranger's file holds up a ceremony.
void AddTally(const Context& context, const PolicyFolder& folder, const std::vector<Bytes>& files,
              const std::string& role, Count& count) {
  const release::RootHolders& root = count.roots.back();
  Tally tally{.role = role, .threshold = root.threshold(), .holders = {}};
  for (const formats::Holder& holder : root.holders()) {
    Standing standing{.holder = std::string(holder.name)};
    for (const Bytes& file : files) {
      if (standing.signed_all) break;
      standing.signed_all = TakeSignatures(context, folder, file, holder, count);
    }
    tally.holders.push_back(standing);
  }
  count.tallies.push_back(std::move(tally));
}

Outcome<Count> CountSigners(const Context& context, const PolicyFolder& folder, const std::vector<Bytes>& files,
                            const PolicyRoots& roots) {
  Count count;
  for (const bool before : {false, true}) {
    const std::string& text = before ? roots.root_before : roots.root;
    if (before && text.empty()) continue;
    const std::string role = before ? "root before" : "root";
    // One that was replaced may have expired; whether it is the one before is its reader's to know.
    if (!before) EK_TRY(CheckTrustedRoot(context, text, role));
    EK_TRY_ASSIGN(release::RootHolders holders, At(role, release::RootHolders::Read(AsBytes(text), "root")));
    count.roots.push_back(std::move(holders));
    AddTally(context, folder, files, role, count);
  }
  return count;
}

bool IsComplete(const std::vector<Tally>& tallies) {
  return std::ranges::all_of(tallies, [](const Tally& tally) { return tally.num_signed() >= tally.threshold; });
}

bool SignedIn(const Tally& tally, const std::string& name) {
  return std::ranges::any_of(tally.holders, [&](const Standing& one) { return one.signed_all && one.holder == name; });
}

// As few people as make every quorum: an object has room for 16 signatures. Who counts in more quorums comes first.
std::vector<std::string> PickSigners(const Count& count) {
  std::vector<std::string> names;
  for (const auto& [name, entry] : count.signatures) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  const auto places = [&](const std::string& name) {
    return std::ranges::count_if(count.tallies, [&](const Tally& tally) { return SignedIn(tally, name); });
  };
  std::ranges::stable_sort(names, [&](const auto& a, const auto& b) { return places(a) > places(b); });
  std::vector<std::string> picked;
  std::vector<std::uint64_t> reached(count.tallies.size());
  for (const std::string& name : names) {
    bool helps = false;
    for (std::size_t i = 0; i < reached.size(); ++i) {
      if (!SignedIn(count.tallies[i], name) || reached[i] >= count.tallies[i].threshold) continue;
      helps = true;
    }
    if (!helps) continue;
    for (std::size_t i = 0; i < reached.size(); ++i) reached[i] += SignedIn(count.tallies[i], name) ? 1U : 0U;
    picked.push_back(name);
  }
  return picked;
}

Result<Bytes> Assemble(const PolicyFolder& folder, const Count& count) {
  formats::SignedObject object{.payload = folder.payload(), .signatures = {}};
  const std::vector<std::string> picked = PickSigners(count);
  for (const auto& [name, entry] : count.signatures) {
    if (std::ranges::find(picked, name) != picked.end()) EK_TRY(object.signatures.PushBack(entry));
  }
  if (object.signatures.empty()) return Error(ErrorCode::kUntrusted, "signers");
  EK_TRY_ASSIGN(Bytes out, Bytes::Allocate(formats::kMaxSignedTrustPolicy));
  CborWriter writer(out.mutable_view());
  EK_TRY(formats::EncodeSignedObject(folder.type(), object, writer));
  out.Truncate(writer.written().size());
  return out;
}

}  // namespace

Done StartPolicy(const Context& context, const std::string& folder, const PolicyContent& content) {
  std::vector<HolderWithKeys> notaries;
  EK_TRY_ASSIGN(const formats::TrustPolicy policy, At(folder, PolicyOf(content, notaries)));
  EK_TRY(CheckTaken(context, folder, policy));
  EK_TRY_ASSIGN(const Bytes payload, At(folder, Encode(policy)));
  return PolicyFolder::Create(folder, formats::typ::kTrustPolicy, payload.view());
}

Done StartTimeRepair(const Context&, const std::string& folder, const formats::TimeRepair& repair) {
  std::array<std::uint8_t, formats::kMaxTimeRepairSize> buffer;
  CborWriter writer(buffer);
  EK_TRY(At(folder, formats::EncodeTimeRepair(repair, writer)));
  return PolicyFolder::Create(folder, formats::typ::kTimeRepair, writer.written());
}

Outcome<PolicyReview> ReviewPolicy(const Context& context, const std::string& path, const PolicyRoots& roots) {
  EK_TRY_ASSIGN(const PolicyFolder folder, PolicyFolder::Open(context, path));
  EK_TRY_ASSIGN(const std::vector<Bytes> files, folder.Signed());
  EK_TRY_ASSIGN(Count count, CountSigners(context, folder, files, roots));
  PolicyReview review;
  EK_TRY_ASSIGN(review.lines, At(path, DescribeStatement(folder.type(), folder.payload())));
  review.digest = folder.digest();
  review.is_complete = IsComplete(count.tallies);
  review.tallies = std::move(count.tallies);
  return review;
}

Done SignPolicy(const Context& context, const std::string& path, const Digest& digest, const ReleaseKeys& keys) {
  EK_TRY_ASSIGN(const PolicyFolder folder, PolicyFolder::Open(context, path));
  if (folder.digest() != digest)
    return Failure{ErrorCode::kWrongVersion, "not what was reviewed", path, "look at it again with 'policy show'"};
  EK_TRY(At(path, DescribeStatement(folder.type(), folder.payload())));
  return folder.Sign(context, keys);
}

Outcome<Bytes> FinishPolicy(const Context& context, const std::string& path, const PolicyRoots& roots) {
  EK_TRY_ASSIGN(const PolicyFolder folder, PolicyFolder::Open(context, path));
  EK_TRY_ASSIGN(const std::vector<Bytes> files, folder.Signed());
  EK_TRY_ASSIGN(const Count count, CountSigners(context, folder, files, roots));
  if (!IsComplete(count.tallies))
    return Failure{ErrorCode::kBadSignature, "too few holders signed", path, "see who has with 'policy show'"};
  EK_TRY_ASSIGN(Bytes object, At(path, Assemble(folder, count)));
  for (const release::RootHolders& root : count.roots) {
    EK_TRY(At(path, sealing::VerifyObjectByQuorum(context.provider, folder.type(), object.view(), root.holders(),
                                                  kReleaseClasses, root.threshold())));
  }
  if (folder.is_policy()) {
    EK_TRY(At(path, release::VerifyTrustPolicy(context.provider, object.view(), AsBytes(roots.root))));
  }
  return object;
}

}  // namespace edgekeep::author
