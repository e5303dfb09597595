#include "releases.h"

#include <array>

#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/formats/labels.h"
#include "edgekeep/release/holders.h"
#include "state.h"

namespace edgekeep::keep {
namespace {

using MetadataText = InlineString<64>;

constexpr std::string_view kPolicies = "policies";
constexpr std::array<std::string_view, 4> kMetadataNames = {"root.json", "timestamp.json", "snapshot.json",
                                                            "targets.json"};
constexpr std::size_t kMaxRoot = release::Limits().root_bytes;
constexpr std::size_t kMaxPolicies =
    2 * (kMaxRoot + formats::kMaxSignedTrustPolicy) + 4 * 4 + 2 * 8 + core::kProtectionSize;

// `first` and `name` as one word; only the four names above are ever asked for.
Result<MetadataText> Joined(std::string_view first, std::string_view name) {
  if (std::ranges::find(kMetadataNames, name) == kMetadataNames.end())
    return Error(ErrorCode::kNotFound, "stored metadata: no delegated role has any");
  std::array<std::uint8_t, 64> buffer;
  Writer out(buffer);
  EK_TRY(out.WriteBytes(AsBytes(first)));
  EK_TRY(out.WriteBytes(AsBytes(name)));
  return MetadataText::From(AsText(out.written()));
}

Status WriteBlob(Writer& out, ByteView bytes) {
  EK_TRY(out.WriteU32BigEndian(static_cast<std::uint32_t>(bytes.size())));
  return out.WriteBytes(bytes);
}

Result<ByteView> ReadBlob(Reader& in) {
  EK_TRY_ASSIGN(const std::uint32_t size, in.ReadU32BigEndian());
  return in.ReadBytes(size);
}

Status WriteTaken(Writer& out, const std::optional<TakenPolicy>& taken) {
  EK_TRY(WriteBlob(out, taken ? taken->policy.bytes() : ByteView()));
  return WriteBlob(out, taken ? taken->root.view() : ByteView());
}

// The MAC says that this keep verified it; who signed is verified all the same.
Result<std::optional<TakenPolicy>> ReadTaken(const crypto::Provider& provider, Reader& in) {
  EK_TRY_ASSIGN(const ByteView object, ReadBlob(in));
  EK_TRY_ASSIGN(const ByteView root, ReadBlob(in));
  if (object.empty()) return std::optional<TakenPolicy>();
  EK_TRY_ASSIGN(release::VerifiedTrustPolicy policy, release::VerifyTrustPolicy(provider, object, root));
  EK_TRY_ASSIGN(Bytes copy, Bytes::Copy(root));
  return std::optional<TakenPolicy>(TakenPolicy{std::move(policy), std::move(copy)});
}

}  // namespace

Result<Bytes> StoredMetadata::Read(std::string_view name, std::size_t max_size) {
  EK_TRY_ASSIGN(const MetadataText object, Joined("metadata.", name));
  EK_TRY_ASSIGN(const MetadataText label, Joined(formats::label::kStoredMetadata, name));
  EK_TRY_ASSIGN(Bytes stored, store_->Read(object.view(), max_size + core::kProtectionSize));
  EK_TRY_ASSIGN(const ByteView body, vault_->CheckProtected(label.view(), stored.view()));
  stored.Truncate(body.size());
  return stored;
}

Status StoredMetadata::Replace(std::string_view name, ByteView bytes) {
  EK_TRY_ASSIGN(const MetadataText object, Joined("metadata.", name));
  EK_TRY_ASSIGN(const MetadataText label, Joined(formats::label::kStoredMetadata, name));
  EK_TRY_ASSIGN(const Bytes stored, vault_->Protect(label.view(), bytes));
  return store_->Replace(object.view(), stored.view());
}

Result<Bytes> CurrentRoot(Releases& releases) {
  return releases.metadata.Read("root.json", kMaxRoot);
}

Result<TakenPolicy> TakeFirstPolicy(KeepState& state, ByteView root, ByteView policy, std::string_view publisher) {
  const crypto::Provider& provider = state.world.provider;
  EK_TRY_ASSIGN(release::VerifiedTrustPolicy verified, release::VerifyTrustPolicy(provider, policy, root));
  if (verified.policy().authority != publisher)
    return Error(ErrorCode::kWrongProduct, "trust policy of another publisher than the trust bundle's");
  const release::HolderRule rule{.required_classes = verified.policy().required_classes.view()};
  EK_TRY(release::CheckHolders(provider, root, "root", root, rule));
  EK_TRY_ASSIGN(Bytes copy, Bytes::Copy(root));
  return TakenPolicy{std::move(verified), std::move(copy)};
}

Status StorePolicies(KeepState& state) {
  const Releases& releases = *state.releases;
  EK_TRY_ASSIGN(Bytes body, Bytes::Allocate(kMaxPolicies));
  Writer out(body.mutable_view());
  EK_TRY(out.WriteU64BigEndian(releases.repairs));
  EK_TRY(out.WriteU64BigEndian(releases.waiting_since.value));
  EK_TRY(WriteTaken(out, releases.counting));
  EK_TRY(WriteTaken(out, releases.waiting));
  EK_TRY_ASSIGN(const Bytes stored, state.vault.Protect(formats::label::kStoredPolicies, out.written()));
  return state.world.store.Replace(kPolicies, stored.view());
}

Status LoadReleases(KeepState& state) {
  Releases& releases = *state.releases;
  EK_TRY_ASSIGN(const Bytes stored, state.world.store.Read(kPolicies, kMaxPolicies));
  EK_TRY_ASSIGN(const ByteView body, state.vault.CheckProtected(formats::label::kStoredPolicies, stored.view()));
  Reader in(body);
  EK_TRY_ASSIGN(releases.repairs, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(releases.waiting_since.value, in.ReadU64BigEndian());
  EK_TRY_ASSIGN(std::optional<TakenPolicy> counting, ReadTaken(state.world.provider, in));
  EK_TRY_ASSIGN(std::optional<TakenPolicy> waiting, ReadTaken(state.world.provider, in));
  EK_TRY(in.ExpectEnd());
  if (!counting) return Error(ErrorCode::kDenied, "stored policies: none counts");
  EK_TRY(CurrentRoot(releases));
  releases.counting = std::move(counting);
  releases.waiting = std::move(waiting);
  // A floor that is gone begins with what the root's people signed.
  if (!state.clock.stored_time_read()) state.clock.RaiseTo(releases.policy().issued_at);
  return {};
}

Status SettlePolicies(KeepState& state) {
  Releases& releases = *state.releases;
  if (!releases.waiting || state.clock.floor() < releases.waits_until()) return {};
  releases.counting = std::move(releases.waiting);
  releases.waiting.reset();
  releases.newest.reset();  // it was judged by the policy before
  return StorePolicies(state);
}

}  // namespace edgekeep::keep
