#include "edgekeep/release/proven_release.h"

#include <charconv>

#include "edgekeep/crypto/digest.h"
#include "release_manifest.h"

namespace edgekeep::release {
namespace {

using json::Node;

Result<Sequence> SequenceOf(std::string_view text) {
  Sequence sequence;
  const char* const end = text.data() + text.size();
  const auto [next, error] = std::from_chars(text.data(), end, sequence.value);
  if (error != std::errc() || next != end || *text.data() == '0') return Error(ErrorCode::kMalformed, "sequence");
  return sequence;
}

// The part in front of the first '/', which `path` loses with it.
Result<std::string_view> TakeDirectory(std::string_view& path) {
  const std::size_t end = path.find('/');
  if (end == std::string_view::npos) return Error(ErrorCode::kMalformed, "target outside a release's directory");
  const std::string_view part(path.data(), end);
  path.remove_prefix(end + 1);
  return part;
}

bool SaysText(Node node, std::string_view expected) {
  const Result<std::string_view> text = node.AsText();
  return text && *text == expected;
}

bool SaysNumber(Node node, std::uint64_t expected) {
  const Result<std::uint64_t> number = node.AsUnsigned();
  return number && *number == expected;
}

}  // namespace

ReleasePlace ReleasePlace::Of(const formats::ReleaseEntry& entry) noexcept {
  return {entry.product, InlineString<63>::Truncated(entry.channel), entry.version.sequence};
}

Result<ReleasePlace> ReleasePlace::Parse(std::string_view directory) {
  const char* const begin = directory.data();
  EK_TRY(TakeDirectory(directory));
  EK_TRY_ASSIGN(const std::string_view name, TakeDirectory(directory));
  ReleasePlace place;
  EK_TRY_ASSIGN(place.product,
                ProductName::Parse({begin, static_cast<std::size_t>(name.data() + name.size() - begin)}));
  EK_TRY_ASSIGN(const std::string_view channel, TakeDirectory(directory));
  if (!IsName(channel)) return Error(ErrorCode::kMalformed, "channel of a release");
  EK_TRY_ASSIGN(place.channel, InlineString<63>::From(channel));
  if (directory.empty()) return Error(ErrorCode::kMalformed, "sequence");
  EK_TRY_ASSIGN(place.sequence, SequenceOf(directory));
  return place;
}

ProofDemands DemandsOf(const VerifiedTrustPolicy& policy, UnixTime not_after) {
  const formats::TrustPolicy& says = policy.policy();
  return {.log = policy.log(),
          .notaries = says.notaries.view(),
          .required_classes = says.required_classes.view(),
          .min_independent_witnesses = says.min_independent_witnesses,
          .dependent_cosigners = says.dependent_cosigners.view(),
          .not_after = not_after,
          .danger_without_verdict = says.notaries.empty()};
}

Result<json::Document> ParseReleaseManifest(ByteView bytes) {
  return json::Document::Parse(bytes, {.max_bytes = kMaxManifestSize});
}

bool NamesFile(Node manifest, std::string_view path, std::string_view kind, std::string_view sha256,
               std::uint64_t size) {
  const Node files = manifest.Find("files");
  for (std::size_t i = 0; files.is_array() && i < files.size(); ++i) {
    const Node file = files[i];
    if (SaysText(file.Find("path"), path) && SaysText(file.Find("kind"), kind) &&
        SaysText(file.Find("sha256"), sha256) && SaysNumber(file.Find("length"), size)) {
      return true;
    }
  }
  return false;
}

Status ProvenRelease::TakeManifest(const crypto::Provider& provider, ByteView bytes) {
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(provider, {bytes}));
  if (digest != manifest_) return Error(ErrorCode::kBadSignature, "manifest of a release");
  EK_TRY_ASSIGN(contents_, ParseReleaseManifest(bytes));
  return {};
}

bool ProvenRelease::Names(std::string_view path, std::string_view kind, std::string_view sha256,
                          std::uint64_t size) const {
  return contents_ && NamesFile(contents_->root(), path, kind, sha256, size);
}

Result<ProvenRelease> VerifyProvenRelease(const crypto::Provider& provider, const VerifiedTrustPolicy& policy,
                                          const ReleasePlace& place, ByteView proof, UnixTime not_after) {
  EK_TRY_ASSIGN(const formats::ReleaseProof parts, formats::DecodeReleaseProof(proof));
  EK_TRY_ASSIGN(const formats::LogEntry claimed, formats::DecodeLogEntry(parts.release.entry));
  EK_TRY_ASSIGN(const formats::ReleaseEntry entry, formats::DecodeReleaseEntry(claimed.content));
  if (!(ReleasePlace::Of(entry) == place)) return Error(ErrorCode::kWrongProduct, "release proof: of another release");
  EK_TRY(VerifyReleaseProof(provider, DemandsOf(policy, not_after), proof, claimed.content));
  ProvenRelease proven;
  proven.place_ = place;
  proven.security_epoch_ = entry.security_epoch;
  proven.manifest_ = entry.manifest;
  return proven;
}

}  // namespace edgekeep::release
