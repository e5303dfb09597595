#include "edgekeep/release/log/policy.h"

#include <algorithm>
#include <new>

#include "policy_contents.h"
#include "policy_parser.h"

namespace edgekeep::release::log {
namespace {

using Times = std::array<std::optional<UnixTime>, kMaxVerifierKeys>;

std::uint64_t SignedAtOrAfter(const Times& times, UnixTime earliest) noexcept {
  std::uint64_t parties = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (times[i] && *times[i] >= earliest) parties |= std::uint64_t{1} << i;
  }
  return parties;
}

// Of the times stated, the latest with a quorum at or after it: one cosigner alone cannot push it ahead.
UnixTime QuorumTime(const Times& times, const Quorum& quorum) noexcept {
  UnixTime latest;
  if (quorum.IsSatisfiedBy(0)) return latest;  // nobody is demanded: anybody's time would do
  for (const auto& time : times) {
    if (time && *time > latest && quorum.IsSatisfiedBy(SignedAtOrAfter(times, *time))) latest = *time;
  }
  return latest;
}

std::uint32_t ClassBit(const VerifierKey& key) noexcept {
  const auto algorithm = crypto::FindAlgorithm(key.algorithm());
  return algorithm ? 1U << static_cast<unsigned>(algorithm->security_class) : 0;
}

}  // namespace

Policy::Policy(std::unique_ptr<Contents> contents) noexcept : contents_(std::move(contents)) {}

Policy::Policy(Policy&& other) noexcept = default;
Policy& Policy::operator=(Policy&& other) noexcept = default;
Policy::~Policy() = default;

std::span<const VerifierKey> Policy::keys() const noexcept {
  return contents_->keys.view();
}

std::span<const PolicyParty> Policy::parties() const noexcept {
  return contents_->parties.view();
}

Result<Policy> Policy::Parse(const crypto::Provider& provider, std::string_view text) {
  if (text.size() > kMaxPolicySize) return Error(ErrorCode::kTooLarge, "log policy");
  std::unique_ptr<Contents> contents(new (std::nothrow) Contents);
  if (contents == nullptr) return Error(ErrorCode::kNoMemory, "log policy");
  EK_TRY_ASSIGN(contents->text, Bytes::Copy(AsBytes(text)));
  PolicyParser parser(provider, contents->keys, contents->parties, contents->group_names, contents->quorum);
  EK_TRY(parser.Parse(AsText(contents->text.view())));
  return Policy(std::move(contents));
}

Result<TrustedCheckpoint> Policy::Verify(const crypto::Provider& provider, std::string_view note,
                                         std::optional<UnixTime> not_after) const {
  EK_TRY_ASSIGN(const SignedCheckpoint checkpoint, VerifyCheckpoint(provider, note, keys(), not_after));
  TrustedCheckpoint trusted;
  trusted.origin_ = InlineString<kMaxOriginSize>::Truncated(checkpoint.checkpoint().origin);
  trusted.head_ = {.size = checkpoint.checkpoint().size, .root = checkpoint.checkpoint().root};
  Times cosigned;  // by witnesses alone
  std::uint32_t classes_named = 0;
  std::uint32_t classes_signed = 0;
  for (std::size_t i = 0; i < keys().size(); ++i) {
    const std::optional<UnixTime>& time = checkpoint.signed_at(i);
    if (!parties()[i].is_log) {
      if (!time || (not_after && *time > *not_after)) continue;
      cosigned[i] = trusted.times_[i] = time;
    } else if (keys()[i].name() == trusted.origin()) {
      const std::uint32_t bit = ClassBit(keys()[i]);
      classes_named |= bit;
      if (!time) continue;
      classes_signed |= bit;
      trusted.times_[i] = time;
    }
  }
  if (classes_named == 0) return Error(ErrorCode::kUntrusted, "log: not one of the policy's");
  if (classes_signed != classes_named) return Error(ErrorCode::kBadSignature, "log: a class did not sign");
  if (!contents_->quorum.IsSatisfiedBy(SignedAtOrAfter(cosigned, {0}))) {
    return Error(ErrorCode::kUntrusted, "log: no quorum of cosigners");
  }
  trusted.cosigned_at_ = QuorumTime(cosigned, contents_->quorum);
  return trusted;
}

bool Policy::IsIndependent(const TrustedCheckpoint& checkpoint, std::string_view name) const {
  std::uint32_t classes_named = 0;
  std::uint32_t classes_signed = 0;
  for (std::size_t i = 0; i < keys().size(); ++i) {
    if (keys()[i].name() != name) continue;
    if (parties()[i].is_log) return false;
    classes_named |= ClassBit(keys()[i]);
    if (checkpoint.signed_at(i)) classes_signed |= ClassBit(keys()[i]);
  }
  return classes_signed == classes_named;
}

bool Policy::IsDependent(std::size_t party, std::span<const std::string_view> names) const {
  const std::string_view name = keys()[party].name();
  if (std::ranges::find(names, name) != names.end()) return true;
  for (std::size_t i = 0; i < keys().size(); ++i) {
    if (parties()[i].is_log && keys()[i].name() == name) return true;
  }
  return false;
}

bool Policy::DemandsAnyBut(std::span<const std::string_view> names) const {
  std::uint64_t dependent = 0;
  for (std::size_t i = 0; i < keys().size(); ++i) {
    if (IsDependent(i, names)) dependent |= std::uint64_t{1} << i;
  }
  return !contents_->quorum.IsSatisfiedBy(dependent);
}

std::size_t Policy::CountIndependent(const TrustedCheckpoint& checkpoint,
                                     std::span<const std::string_view> not_counted) const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < keys().size(); ++i) {
    const std::string_view name = keys()[i].name();
    const auto has_name = [&](const VerifierKey& key) { return key.name() == name; };
    const bool is_counted_already = std::ranges::any_of(keys().first(i), has_name);
    if (is_counted_already || std::ranges::find(not_counted, name) != not_counted.end()) continue;
    if (IsIndependent(checkpoint, name)) ++count;
  }
  return count;
}

}  // namespace edgekeep::release::log
