#include "edgekeep/log/admission.h"

#include <algorithm>
#include <iterator>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/log/tiles.h"
#include "edgekeep/log/tree_reader.h"
#include "edgekeep/sealing/signed_object.h"
#include "log_signers.h"

namespace edgekeep::log {
namespace {

using formats::LogContentKind;

// No name of a person.
constexpr const char* kRootQuorum = "the root's quorum";

Result<formats::ContentDigest> ContentDigestOf(const crypto::Provider& provider, ByteView content) {
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(provider, {content}));
  return formats::ContentDigest::From(digest.view());
}

// Of what the root's quorum says. What people and notaries say is decoded to see whom it names.
bool IsWellFormed(LogContentKind kind, ByteView content) {
  switch (kind) {
    case LogContentKind::kPolicyChange:
      return formats::DecodePolicyChange(content).has_value();
    case LogContentKind::kEpochChange:
      return formats::DecodeEpochChange(content).has_value();
    case LogContentKind::kRetirement:
      return formats::DecodeRetirement(content).has_value();
    default:
      return false;
  }
}

// Whose time matters: releases and approvals that were stamped by a clock that ran ahead do not count.
bool NeedsTime(ByteView content) {
  const auto kind = formats::KindOfLogContent(content);
  return kind && (*kind == LogContentKind::kRelease || *kind == LogContentKind::kApproval);
}

const formats::Holder* HolderOf(const TrustedRoot& root, std::string_view name) {
  const auto found = std::ranges::find(root.holders, name, &formats::Holder::name);
  return found == root.holders.end() ? nullptr : &*found;
}

}  // namespace

Admission::Admission(const crypto::Provider& provider, const LogTrust& trust)
    : provider_(&provider), trust_(&trust), signers_(std::make_unique<LogSigners>(provider, trust)) {}

Admission::~Admission() = default;

// Verdicts name an entry: one that is not there would be the verdict on what is entered at its index one day.
bool Admission::IsOnOpenRelease(const formats::Verdict& verdict, std::uint64_t index) const {
  const auto release = open_.find(verdict.release_index);
  return verdict.IsOfLog(origin_) && release != open_.end() && release->second == verdict.release &&
         verdict.tree_size > release->first && verdict.tree_size <= index;
}

// Whom a root dismissed could go on with ceremonies of the roots that had them.
bool Admission::IsDueAt(std::uint64_t index, const formats::KeyCeremony& ceremony) const {
  const auto root = signers_->RootWith(ceremony.metadata);
  const std::size_t in_force = signers_->RootAt(index);
  if (!root || *root < in_force || *root > in_force + 1) return false;
  return !announced_.contains({*root, std::string(ceremony.role)});
}

bool Admission::HasPlaceAt(std::uint64_t index, ByteView content) const {
  if (const auto verdict = formats::DecodeVerdict(content)) return IsOnOpenRelease(*verdict, index);
  if (const auto ceremony = formats::DecodeKeyCeremony(content)) return IsDueAt(index, *ceremony);
  return true;
}

std::optional<Admission::Place> Admission::PlaceOf(ByteView content) const {
  if (const auto verdict = formats::DecodeVerdict(content)) return Place{verdict->release_index, ""};
  const auto ceremony = formats::DecodeKeyCeremony(content);
  const auto root = ceremony ? signers_->RootWith(ceremony->metadata) : std::nullopt;
  return root ? std::optional(Place{*root, std::string(ceremony->role)}) : std::nullopt;
}

std::optional<std::string> Admission::SignerAt(std::uint64_t index, ByteView content, ByteView statement) const {
  const auto kind = formats::KindOfLogContent(content);
  if (!kind) return {};
  switch (*kind) {
    case LogContentKind::kRelease:
    case LogContentKind::kApproval:
    case LogContentKind::kRejection:
      return signers_->At(index, content, statement);
    case LogContentKind::kVerdict:
      return formats::DecodeVerdict(content) ? signers_->ByNotary(index, content, statement) : std::nullopt;
    case LogContentKind::kKeyCeremony: {
      const auto ceremony = formats::DecodeKeyCeremony(content);
      const auto root = ceremony ? signers_->RootWith(ceremony->metadata) : std::nullopt;
      if (!root || !signers_->IsAnnouncement(*root, content, statement)) return {};
      return kRootQuorum;
    }
    default:
      if (!IsWellFormed(*kind, content) || !signers_->IsByRoot(signers_->RootAt(index), content, statement)) return {};
      return kRootQuorum;
  }
}

// Whose signatures are kept. Of the root's people those who did sign: a stranger may have put in others' names.
std::vector<formats::Holder> Admission::SignersOf(std::string_view statement, ByteView content,
                                                  const std::string& signer) const {
  std::vector<formats::Holder> holders;
  if (signer == kRootQuorum) {
    const auto ceremony = formats::DecodeKeyCeremony(content);
    const std::size_t root = ceremony ? *signers_->RootWith(ceremony->metadata) : signers_->RootAt(size_);
    holders = signers_->RootHoldersWhoSigned(root, content, AsBytes(statement));
    if (!ceremony || root == 0) return holders;
    std::ranges::move(signers_->RootHoldersWhoSigned(root - 1, content, AsBytes(statement)),
                      std::back_inserter(holders));
  } else if (*formats::KindOfLogContent(content) == LogContentKind::kVerdict) {
    for (const TrustedNotary& notary : trust_->notaries) {
      if (!notary.until && notary.holder.name == signer) holders.push_back(notary.holder);
    }
  } else if (const formats::Holder* holder = HolderOf(trust_->roots[signers_->RootAt(size_)], signer)) {
    holders.push_back(*holder);
  }
  return holders;
}

// Signatures of others would stay in the log for ever.
Result<std::string> Admission::CutDown(std::string_view statement, ByteView content, const std::string& signer) const {
  std::vector<KeyId> kept;
  for (const formats::Holder& holder : SignersOf(statement, content, signer)) {
    EK_TRY_ASSIGN(const Bytes own,
                  sealing::WithSignaturesOf(*provider_, formats::typ::kLogEntry, AsBytes(statement), holder));
    EK_TRY_ASSIGN(const auto object, formats::DecodeSignedObject(formats::typ::kLogEntry, own.view()));
    for (const formats::SignatureEntry& entry : object.signatures) kept.push_back(entry.kid);
  }
  if (kept.empty()) return Error(ErrorCode::kUntrusted, "log: signed by keys of before");
  EK_TRY_ASSIGN(const auto object, formats::DecodeSignedObject(formats::typ::kLogEntry, AsBytes(statement)));
  formats::SignedObject cut{object.payload, {}};
  for (const formats::SignatureEntry& entry : object.signatures) {
    if (std::ranges::find(kept, entry.kid) != kept.end()) EK_TRY(cut.signatures.PushBack(entry));
  }
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(formats::MaxSignedObjectSize(cut.payload.size(), cut.signatures.size())));
  CborWriter writer(bytes.mutable_view());
  EK_TRY(formats::EncodeSignedObject(formats::typ::kLogEntry, cut, writer));
  return std::string(AsText(writer.written()));
}

// An entry without a statement where the log has the content already.
Result<NewEntry> Admission::Judge(std::string_view statement, std::string& signer) const {
  EK_TRY_ASSIGN(const auto object, formats::DecodeSignedObject(formats::typ::kLogEntry, AsBytes(statement)));
  EK_TRY_ASSIGN(const LogContentKind kind, formats::KindOfLogContent(object.payload));
  if (kind == LogContentKind::kProvisioned || kind == LogContentKind::kVoided)
    return Error(ErrorCode::kUnsupported, "log: an entry of a factory's journal");
  EK_TRY_ASSIGN(const formats::ContentDigest digest, ContentDigestOf(*provider_, object.payload));
  NewEntry entry{.content = std::string(AsText(object.payload)), .statement = {}};
  if (counted_.contains(digest)) return entry;
  const auto found = SignerAt(size_, object.payload, AsBytes(statement));
  if (!found) return Error(ErrorCode::kUntrusted, "log: not signed by whom it names");
  if (!HasPlaceAt(size_, object.payload)) return Error(ErrorCode::kForbidden, "log: not due, or said already");
  signer = *found;
  EK_TRY_ASSIGN(entry.statement, CutDown(statement, object.payload, signer));
  return entry;
}

Result<Admitted> Admission::Admit(std::span<const std::string_view> statements, std::size_t& number) const {
  Admitted admitted;
  std::set<Place> taken;
  for (number = 0; number < statements.size(); ++number) {
    std::string signer;
    EK_TRY_ASSIGN(NewEntry entry, Judge(statements[number], signer));
    const bool is_known = entry.statement.empty() || std::ranges::find(admitted.entries, entry.content,
                                                                       &NewEntry::content) != admitted.entries.end();
    if (is_known) continue;
    const std::optional<Place> place = PlaceOf(AsBytes(entry.content));
    if (place && !taken.insert(*place).second) return Error(ErrorCode::kForbidden, "log: not due, or said already");
    admitted.entries.push_back(std::move(entry));
    admitted.signers.push_back(std::move(signer));
  }
  return admitted;
}

void Admission::SeePlace(std::uint64_t index, ByteView content, const formats::ContentDigest& digest, bool counts) {
  if (formats::KindOfLogContent(content) == LogContentKind::kRelease) open_.emplace(index, digest);
  if (!counts) return;
  if (const auto verdict = formats::DecodeVerdict(content)) open_.erase(verdict->release_index);
  if (formats::DecodeKeyCeremony(content)) announced_.insert(*PlaceOf(content));
}

Status Admission::See(const LogView& view, std::uint64_t index, ByteView leaf) {
  EK_TRY_ASSIGN(const formats::LogEntry entry, formats::DecodeLogEntry(leaf));
  EK_TRY_ASSIGN(const formats::ContentDigest digest, ContentDigestOf(*provider_, entry.content));
  EK_TRY_ASSIGN(const FoundStatement found, ReadStatement(view.storage, view.prefix, index, entry.content));
  const ByteView statement = AsBytes(found.bytes);
  // Those with a later time than this one do not count any more, and may be entered again.
  if (entry.logged_at < last_time_) {
    std::erase_if(counted_, [&](const auto& one) { return one.second > entry.logged_at; });
  }
  last_time_ = entry.logged_at;
  const bool counts = HasPlaceAt(index, entry.content) && SignerAt(index, entry.content, statement);
  if (counts) {
    counted_.try_emplace(digest, NeedsTime(entry.content) ? entry.logged_at : UnixTime());
  }
  SeePlace(index, entry.content, digest, counts);
  signers_->See(index, entry.content, statement);
  return {};
}

Status Admission::Read(const LogView& view) {
  if (view.head.size < size_) return Error(ErrorCode::kBadState, "log: shorter than it was");
  origin_ = view.origin;
  const TreeReader tree(*provider_, view.storage, view.prefix, view.head.size);
  while (size_ < view.head.size) {
    const std::uint64_t bundle = size_ / kTileWidth;
    EK_TRY_ASSIGN(const std::vector<std::string> entries, tree.Bundle(bundle));
    for (std::size_t i = size_ - bundle * kTileWidth; i < entries.size(); ++i, ++size_) {
      EK_TRY(See(view, size_, AsBytes(entries[i])));
    }
  }
  return {};
}

EntryRates::Left EntryRates::LeftAt(const std::string& signer, UnixTime now) const {
  const auto found = left_.find(signer);
  Left left = found == left_.end() ? Left{.since = now} : found->second;
  const std::uint64_t passed = now > left.since ? now.value - left.since.value : 0;
  const std::uint64_t more = std::min(passed / kSecondsEach, kAtOnce - left.places);
  left.places += more;
  // What is over counts towards the next place; with all places there, nothing is saved up.
  left.since = left.places == kAtOnce || now < left.since ? now : UnixTime{left.since.value + more * kSecondsEach};
  return left;
}

bool EntryRates::Allows(const std::vector<std::string>& signers, UnixTime now) const {
  std::map<std::string, std::uint64_t> wanted;
  for (const std::string& signer : signers) ++wanted[signer];
  return std::ranges::all_of(wanted, [&](const auto& one) { return LeftAt(one.first, now).places >= one.second; });
}

bool EntryRates::Take(const std::vector<std::string>& signers, UnixTime now) {
  if (!Allows(signers, now)) return false;
  for (const std::string& signer : signers) {
    Left& left = left_[signer] = LeftAt(signer, now);
    --left.places;
  }
  return true;
}

}  // namespace edgekeep::log
