#include "edgekeep/log/admission.h"

#include <algorithm>

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
    case LogContentKind::kProvisioned:
      return {};
    default:
      if (!IsWellFormed(*kind, content) || !signers_->IsByRoot(signers_->RootAt(index), content, statement)) return {};
      return kRootQuorum;
  }
}

// Signatures of others would stay in the log for ever. What the root's quorum says has as many as it needs.
Result<std::string> Admission::CutDown(std::string_view statement, ByteView content, const std::string& signer) const {
  if (signer == kRootQuorum) return std::string(statement);
  const formats::Holder* holder = nullptr;
  if (*formats::KindOfLogContent(content) == LogContentKind::kVerdict) {
    for (const TrustedNotary& notary : trust_->notaries) {
      if (!notary.until && notary.holder.name == signer) holder = &notary.holder;
    }
  } else {
    holder = HolderOf(trust_->roots[signers_->RootAt(size_)], signer);
  }
  if (holder == nullptr) return Error(ErrorCode::kUntrusted, "log: signed by keys of before");
  EK_TRY_ASSIGN(const Bytes cut,
                sealing::WithSignaturesOf(*provider_, formats::typ::kLogEntry, AsBytes(statement), *holder));
  return std::string(AsText(cut.view()));
}

// An entry without a statement where the log has the content already.
Result<NewEntry> Admission::Judge(std::string_view statement, std::string& signer) const {
  EK_TRY_ASSIGN(const auto object, formats::DecodeSignedObject(formats::typ::kLogEntry, AsBytes(statement)));
  EK_TRY_ASSIGN(const LogContentKind kind, formats::KindOfLogContent(object.payload));
  if (kind == LogContentKind::kProvisioned)
    return Error(ErrorCode::kUnsupported, "log: an entry of a factory's journal");
  EK_TRY_ASSIGN(const formats::ContentDigest digest, ContentDigestOf(*provider_, object.payload));
  NewEntry entry{.content = std::string(AsText(object.payload)), .statement = {}};
  if (counted_.contains(digest)) return entry;
  const auto found = SignerAt(size_, object.payload, AsBytes(statement));
  if (!found) return Error(ErrorCode::kUntrusted, "log: not signed by whom it names");
  signer = *found;
  EK_TRY_ASSIGN(entry.statement, CutDown(statement, object.payload, signer));
  return entry;
}

Result<Admitted> Admission::Admit(std::span<const std::string_view> statements, std::size_t& number) const {
  Admitted admitted;
  for (number = 0; number < statements.size(); ++number) {
    std::string signer;
    EK_TRY_ASSIGN(NewEntry entry, Judge(statements[number], signer));
    const bool is_known = entry.statement.empty() || std::ranges::find(admitted.entries, entry.content,
                                                                       &NewEntry::content) != admitted.entries.end();
    if (is_known) continue;
    admitted.entries.push_back(std::move(entry));
    admitted.signers.push_back(std::move(signer));
  }
  return admitted;
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
  if (SignerAt(index, entry.content, statement)) {
    counted_.try_emplace(digest, NeedsTime(entry.content) ? entry.logged_at : UnixTime());
  }
  signers_->See(index, entry.content, statement);
  return {};
}

Status Admission::Read(const LogView& view) {
  if (view.head.size < size_) return Error(ErrorCode::kBadState, "log: shorter than it was");
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

bool EntryRates::Take(const std::vector<std::string>& signers, UnixTime now) {
  std::map<std::string, std::uint64_t> wanted;
  for (const std::string& signer : signers) ++wanted[signer];
  for (const auto& [signer, count] : wanted) {
    Left& left = left_.try_emplace(signer, Left{.since = now}).first->second;
    const std::uint64_t passed = now > left.since ? now.value - left.since.value : 0;
    const std::uint64_t more = std::min(passed / kSecondsEach, kAtOnce - left.places);
    left.places += more;
    // What is over counts towards the next place; with all places there, nothing is saved up.
    left.since = left.places == kAtOnce || now < left.since ? now : UnixTime{left.since.value + more * kSecondsEach};
    if (left.places < count) return false;
  }
  for (const auto& [signer, count] : wanted) left_[signer].places -= count;
  return true;
}

}  // namespace edgekeep::log
