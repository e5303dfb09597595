#include "edgekeep/author/followed_policy.h"

#include "edgekeep/files/new_directory.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/release/trust_policy.h"
#include "licensor_lock.h"
#include "quarantined_chips.h"
#include "replace_public.h"

namespace edgekeep::author {
namespace {

constexpr std::size_t kMaxFollowedRoot = std::size_t{128} * 1024;

std::string FollowedDirectory(const Publisher& publisher) {
  return publisher.directory() + "/followed";
}

std::string PolicyPath(const Publisher& publisher) {
  return FollowedDirectory(publisher) + "/policy.ektp";
}

std::string RootPath(const Publisher& publisher) {
  return FollowedDirectory(publisher) + "/root.json";
}

Outcome<release::VerifiedTrustPolicy> VerifyFollowed(const Context& context, const Publisher& publisher,
                                                     ByteView policy, ByteView root, const std::string& place) {
  EK_TRY_ASSIGN(release::VerifiedTrustPolicy verified,
                At(place, release::VerifyTakenPolicy(context.provider, policy, root)));
  if (verified.policy().authority == publisher.trust().publisher) return verified;
  return Failure{ErrorCode::kWrongProduct, "another authority's trust policy", std::string(verified.policy().authority),
                 "name the trust policy of this publisher's products"};
}

using Followed = std::optional<release::VerifiedTrustPolicy>;

bool IsMissing(const Result<Bytes>& file) {
  return !file && file.error().code() == ErrorCode::kNotFound;
}

// The root is written first: one alone is a cut, and not nothing.
Outcome<Followed> Read(const Context& context, const Publisher& publisher) {
  const Result<Bytes> policy = files::ReadFile(PolicyPath(publisher), formats::kMaxSignedTrustPolicy);
  const Result<Bytes> root = files::ReadFile(RootPath(publisher), kMaxFollowedRoot);
  if (IsMissing(policy) && IsMissing(root)) return Followed();
  const std::string place = FollowedDirectory(publisher);
  if (!policy || !root) {
    const Error& error = policy ? root.error() : policy.error();
    return Failure{error.code(), "the followed trust policy cannot be read", place,
                   "follow it again: edgekeep publisher follow"};
  }
  EK_TRY_ASSIGN(release::VerifiedTrustPolicy verified,
                VerifyFollowed(context, publisher, policy->view(), root->view(), place));
  return Followed(std::move(verified));
}

FollowedPolicy Tell(const release::VerifiedTrustPolicy& verified) {
  return {.version = verified.policy().version,
          .fingerprint = verified.fingerprint(),
          .num_quarantined = verified.policy().quarantine.size()};
}

// By the version that is stored, whatever its signatures are worth by now: a root that was lost may be replaced.
Done CheckNewer(const Publisher& publisher, const release::VerifiedTrustPolicy& wanted) {
  const Result<Bytes> stored = files::ReadFile(PolicyPath(publisher), formats::kMaxSignedTrustPolicy);
  if (!stored) return {};
  const auto object = formats::DecodeSignedObject(formats::typ::kTrustPolicy, stored->view());
  if (!object) return {};
  const auto before = formats::DecodeTrustPolicy(object->payload);
  if (!before || before->version < wanted.policy().version) return {};
  const auto again = formats::DecodeSignedObject(formats::typ::kTrustPolicy, wanted.bytes());
  if (again && Equal(again->payload, object->payload)) return {};
  return Failure{ErrorCode::kWrongVersion, "not newer than the trust policy that is followed", PolicyPath(publisher),
                 "name the newest one: an older one may lack a quarantine"};
}

}  // namespace

Outcome<FollowedPolicy> FollowPolicy(const Context& context, const Publisher& publisher, const OrderTrust& trust) {
  const std::string& root = trust.policy_root.empty() ? trust.root : trust.policy_root;
  EK_TRY_ASSIGN(const release::VerifiedTrustPolicy verified,
                VerifyFollowed(context, publisher, trust.policy.view(), AsBytes(root), "trust policy"));
  EK_TRY_ASSIGN(const FileLock lock, LockLicences(context, publisher));
  EK_TRY(CheckNewer(publisher, verified));
  EK_TRY(At(FollowedDirectory(publisher), files::EnsureDirectory(FollowedDirectory(publisher))));
  EK_TRY(ReplacePublicFile(RootPath(publisher), root));
  EK_TRY(ReplacePublicFile(PolicyPath(publisher), std::string(AsText(trust.policy.view()))));
  return Tell(verified);
}

Outcome<std::optional<FollowedPolicy>> ReadFollowedPolicy(const Context& context, const Publisher& publisher) {
  EK_TRY_ASSIGN(const Followed followed, Read(context, publisher));
  return followed ? std::optional(Tell(*followed)) : std::nullopt;
}

Done CheckNotQuarantined(const Context& context, const Publisher& publisher, const formats::DeviceRequest& request,
                         const std::string& path) {
  EK_TRY_ASSIGN(const Followed followed, Read(context, publisher));
  if (!followed || followed->policy().quarantine.empty()) return {};
  const std::string policy = "trust policy " + std::to_string(followed->policy().version);
  if (!request.chip)
    return Failure{ErrorCode::kForbidden, policy + " quarantines chips, and this device does not say what it has", path,
                   "license devices on a chip that says its class"};
  const auto& [manufacturer, firmware] = *request.chip;
  if (!formats::KeepsFromLicences(followed->policy(), manufacturer, firmware, request.rekeyed_at)) return {};
  return Failure{
      ErrorCode::kForbidden, policy + " has chips of this device's class in quarantine", path,
      "where the policy says so, give it the order to make its keys anew, or update the chip's firmware, and "
      "have it ask again; otherwise retire it"};
}

}  // namespace edgekeep::author
