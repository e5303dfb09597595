#include "edgekeep/release/trust_policy.h"

#include <algorithm>
#include <new>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/release_proof.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/release/holders.h"
#include "edgekeep/release/order.h"
#include "edgekeep/release/release_statement.h"
#include "edgekeep/release/root_holders.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::release {

struct VerifiedTrustPolicy::Contents {
  Contents(Bytes its_object, log::Policy its_log) noexcept : object(std::move(its_object)), log(std::move(its_log)) {}

  Bytes object;
  log::Policy log;
  formats::TrustPolicy policy;
  Digest fingerprint;
};

namespace {

using Classes = InlineVector<std::uint8_t, 8>;
using Names = InlineVector<std::string_view, kMaxHolders + 1>;

bool HasClass(const formats::Holder& holder, std::uint8_t required) {
  return std::ranges::any_of(holder.keys, [&](const formats::PublicKey& key) {
    const auto row = crypto::FindAlgorithm(static_cast<crypto::AlgorithmId>(key.algorithm), crypto::Kind::kSignature);
    return row && static_cast<std::uint8_t>(row->security_class) == required;
  });
}

// Such a notary or officer could never sign anything that would be accepted.
Status CheckNotaries(const formats::TrustPolicy& policy) {
  for (const std::uint8_t required : policy.required_classes) {
    const auto lacks = [required](const formats::Holder& holder) { return !HasClass(holder, required); };
    if (std::ranges::any_of(policy.notaries, lacks))
      return Error(ErrorCode::kUnsupported, "notary without a key of a class");
    if (std::ranges::any_of(policy.officers, lacks))
      return Error(ErrorCode::kUnsupported, "officer without a key of a class");
  }
  return {};
}

bool SharesAKey(const formats::Holder& one, const formats::Holder& other) {
  return std::ranges::any_of(one.keys, [&](const formats::PublicKey& key) {
    return std::ranges::any_of(other.keys, [&](const formats::PublicKey& its) { return Equal(key.bytes, its.bytes); });
  });
}

// Whoever could speak for this person as a log or a witness would be independent of nobody.
bool SharesAKey(const formats::Holder& one, const log::Policy& log) {
  return std::ranges::any_of(one.keys, [&](const formats::PublicKey& key) {
    return std::ranges::any_of(log.keys(),
                               [&](const log::VerifierKey& other) { return Equal(other.public_key(), key.bytes); });
  });
}

// Who of `holders` has a key of a notary's.
Result<Names> NotariesAmong(const formats::TrustPolicy& policy, std::span<const formats::Holder> holders) {
  Names names;
  for (const formats::Holder& holder : holders) {
    const auto is_notary = [&](const formats::Holder& notary) { return SharesAKey(holder, notary); };
    if (std::ranges::any_of(policy.notaries, is_notary)) EK_TRY(names.PushBack(holder.name));
  }
  return names;
}

// No policy that is taken names such a notary. One that was taken earlier may, or a root that came since: then it is
// the release that is judged, not the policy, or a device could install nothing until it has another one.
Status CheckAuthorIsNoNotary(const formats::TrustPolicy& policy, ByteView root, std::string_view author) {
  for (const std::string_view role : {"root", "targets"}) {
    EK_TRY_ASSIGN(const RootHolders people, RootHolders::Read(root, role));
    EK_TRY_ASSIGN(const Names notaries, NotariesAmong(policy, people.holders()));
    if (std::ranges::find(notaries, author) != notaries.end())
      return Error(ErrorCode::kUntrusted, "release: its author has a notary's key");
  }
  return {};
}

Result<ByteView> VerifyByRoot(const crypto::Provider& provider, std::string_view type, ByteView object, ByteView root,
                              std::span<const std::uint8_t> classes) {
  EK_TRY_ASSIGN(const RootHolders holders, RootHolders::Read(root, "root"));
  return sealing::VerifyObjectByQuorum(provider, type, object, holders.people(), classes, holders.threshold());
}

Result<Classes> BothClasses(const formats::TrustPolicy& before, const formats::TrustPolicy& after) {
  Classes classes;
  for (const std::uint8_t number : before.required_classes) EK_TRY(classes.PushBack(number));
  for (const std::uint8_t number : after.required_classes) {
    if (std::ranges::find(classes, number) == classes.end()) EK_TRY(classes.PushBack(number));
  }
  return classes;
}

}  // namespace

VerifiedTrustPolicy::VerifiedTrustPolicy(std::unique_ptr<Contents> contents) noexcept
    : contents_(std::move(contents)) {}

VerifiedTrustPolicy::VerifiedTrustPolicy(VerifiedTrustPolicy&& other) noexcept = default;
VerifiedTrustPolicy& VerifiedTrustPolicy::operator=(VerifiedTrustPolicy&& other) noexcept = default;
VerifiedTrustPolicy::~VerifiedTrustPolicy() = default;

const formats::TrustPolicy& VerifiedTrustPolicy::policy() const noexcept {
  return contents_->policy;
}

const log::Policy& VerifiedTrustPolicy::log() const noexcept {
  return contents_->log;
}

ByteView VerifiedTrustPolicy::bytes() const noexcept {
  return contents_->object.view();
}

const Digest& VerifiedTrustPolicy::fingerprint() const noexcept {
  return contents_->fingerprint;
}

// Everything that it is read by; neither whether the right people signed, nor who may be whom.
Result<VerifiedTrustPolicy> VerifiedTrustPolicy::Take(const crypto::Provider& provider, ByteView object) {
  if (object.size() > formats::kMaxSignedTrustPolicy) return Error(ErrorCode::kTooLarge, "trust policy");
  EK_TRY_ASSIGN(Bytes owned, Bytes::Copy(object));
  const Result<formats::SignedObject> object_read =
      formats::DecodeSignedObject(formats::typ::kTrustPolicy, owned.view());
  if (!object_read && formats::DecodeReleaseProof(owned.view()))
    return Error(ErrorCode::kMalformed, "a release proof (.ekp) in place of a trust policy (.ektp)");
  EK_TRY_ASSIGN(const formats::SignedObject decoded, object_read);
  EK_TRY_ASSIGN(const formats::TrustPolicy policy, formats::DecodeTrustPolicy(decoded.payload));
  EK_TRY(CheckNotaries(policy));
  EK_TRY_ASSIGN(const Digest fingerprint, crypto::Sha256(provider, {decoded.payload}));
  EK_TRY_ASSIGN(log::Policy log, log::Policy::Parse(provider, policy.log_policy));
  std::unique_ptr<Contents> contents(new (std::nothrow) Contents(std::move(owned), std::move(log)));
  if (contents == nullptr) return Error(ErrorCode::kNoMemory, "trust policy");
  contents->policy = policy;
  contents->fingerprint = fingerprint;
  return VerifiedTrustPolicy(std::move(contents));
}

Status CheckLogApart(const formats::TrustPolicy& policy, const log::Policy& log) {
  if (policy.profile == formats::PolicyProfile::kDevelopment) return {};
  if (!log.DemandsAnyBut(policy.dependent_cosigners.view()))
    return Error(ErrorCode::kMalformed, "production: a quorum of cosigners without an independent one");
  if (std::ranges::any_of(policy.notaries, [&](const formats::Holder& notary) { return SharesAKey(notary, log); }))
    return Error(ErrorCode::kMalformed, "production: a log or witness with a notary's key");
  return {};
}

Status CheckNotariesApart(const formats::TrustPolicy& policy, ByteView root) {
  for (const std::string_view role : {"root", "targets"}) {
    EK_TRY_ASSIGN(const RootHolders holders, RootHolders::Read(root, role));
    for (const formats::Holder& notary : policy.notaries) {
      const auto is_notary = [&](const formats::Holder& holder) { return SharesAKey(holder, notary); };
      if (std::ranges::any_of(holders.holders(), is_notary))
        return Error(ErrorCode::kMalformed, "trust policy: a notary with a key of one of the root's people");
    }
  }
  return {};
}

Status CheckSeparation(const crypto::Provider& provider, const formats::TrustPolicy& policy, const log::Policy& log,
                       ByteView root) {
  EK_TRY(CheckLogApart(policy, log));
  EK_TRY(CheckNotariesApart(policy, root));
  EK_TRY(CheckOfficersApart(policy, root));
  EK_TRY(CheckOrdersCanBeGiven(provider, policy, root));
  if (policy.profile == formats::PolicyProfile::kDevelopment) return {};
  for (const std::string_view role : {"root", "targets"}) {
    EK_TRY_ASSIGN(const RootHolders holders, RootHolders::Read(root, role));
    const auto speaks_for_log = [&](const formats::Holder& holder) { return SharesAKey(holder, log); };
    if (std::ranges::any_of(holders.holders(), speaks_for_log))
      return Error(ErrorCode::kMalformed, "production: a log or witness with a key of one of the root's people");
  }
  return {};
}

Result<VerifiedTrustPolicy> VerifyTakenPolicy(const crypto::Provider& provider, ByteView object, ByteView root) {
  EK_TRY_ASSIGN(VerifiedTrustPolicy taken, VerifiedTrustPolicy::Take(provider, object));
  EK_TRY(VerifyByRoot(provider, formats::typ::kTrustPolicy, object, root, taken.policy().required_classes.view()));
  return taken;
}

Result<VerifiedTrustPolicy> VerifyTrustPolicy(const crypto::Provider& provider, ByteView object, ByteView root) {
  EK_TRY_ASSIGN(VerifiedTrustPolicy taken, VerifyTakenPolicy(provider, object, root));
  EK_TRY(CheckSeparation(provider, taken.policy(), taken.log(), root));
  return taken;
}

Result<VerifiedTrustPolicy> VerifyPolicyChange(const crypto::Provider& provider, const VerifiedTrustPolicy& before,
                                               ByteView root_before, ByteView root, ByteView object) {
  EK_TRY_ASSIGN(VerifiedTrustPolicy taken, VerifiedTrustPolicy::Take(provider, object));
  const formats::TrustPolicy& policy = taken.policy();
  if (policy.authority != before.policy().authority)
    return Error(ErrorCode::kWrongProduct, "trust policy of another authority");
  if (policy.version <= before.policy().version)
    return Error(ErrorCode::kWrongVersion, "trust policy: not a newer one");
  EK_TRY_ASSIGN(const Classes classes, BothClasses(before.policy(), policy));
  EK_TRY(VerifyByRoot(provider, formats::typ::kTrustPolicy, object, root_before, classes.view()));
  EK_TRY(VerifyByRoot(provider, formats::typ::kTrustPolicy, object, root, classes.view()));
  EK_TRY(CheckSeparation(provider, policy, taken.log(), root));
  return taken;
}

Result<formats::TimeRepair> VerifyTimeRepair(const crypto::Provider& provider, const VerifiedTrustPolicy& policy,
                                             ByteView root, ByteView object) {
  EK_TRY_ASSIGN(const ByteView payload, VerifyByRoot(provider, formats::typ::kTimeRepair, object, root,
                                                     policy.policy().required_classes.view()));
  EK_TRY_ASSIGN(const formats::TimeRepair repair, formats::DecodeTimeRepair(payload));
  EK_TRY_ASSIGN(const MetadataFacts facts, ReadMetadataFacts("root", root));
  if (repair.root_version == facts.version) return repair;
  return Error(ErrorCode::kWrongVersion, "repair of time: of another root");
}

Status CheckPeople(const crypto::Provider& provider, const formats::TrustPolicy& policy, std::string_view role,
                   ByteView root, ByteView file) {
  HolderRule rule{.required_classes = policy.required_classes.view()};
  if (role == "root") {
    EK_TRY(CheckHolders(provider, root, role, file, rule));
    EK_TRY(CheckHolders(provider, file, role, file, rule));
    return {};
  }
  if (role != "targets") {
    EK_TRY(CheckHolders(provider, root, role, file, rule));
    return {};
  }
  EK_TRY(CheckDelegatesToNobody(file));
  EK_TRY_ASSIGN(const ReleaseStatement statement, ReleaseStatement::Read(provider, file));
  EK_TRY(CheckAuthorIsNoNotary(policy, root, statement.entry().author));
  EK_TRY_ASSIGN(const RootHolders approvers, RootHolders::Read(root, "targets"));
  EK_TRY_ASSIGN(Names not_counted, NotariesAmong(policy, approvers.holders()));
  EK_TRY(not_counted.PushBack(statement.entry().author));
  rule.min_holders = policy.min_approvers;
  rule.not_counted = not_counted.view();
  EK_TRY(CheckHolders(provider, root, role, file, rule));
  return {};
}

}  // namespace edgekeep::release
