#include "delegations.h"

#include "edgekeep/base/check.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/crypto/digest.h"

namespace edgekeep::release {
namespace {

using json::Node;

Result<InlineString<kMaxEncodedRole>> RoleName(std::string_view name) {
  if (name.size() > kMaxEncodedRole) return Error(ErrorCode::kTooLarge, "role's name");
  return InlineString<kMaxEncodedRole>::Truncated(name);
}

Result<Delegation> ReadDelegation(Node keys, Node role) {
  EK_TRY_ASSIGN(const std::string_view name, role.Find("name").AsText());
  Delegation delegation{.signers = {keys, role}};
  EK_TRY_ASSIGN(delegation.role, RoleName(name));
  const Result<bool> terminating = role.Find("terminating").AsBool();
  delegation.terminating = terminating && *terminating;
  return delegation;
}

}  // namespace

Result<SoughtTarget> SoughtTarget::From(const crypto::Provider& provider, std::string_view path,
                                        std::uint64_t max_steps) {
  SoughtTarget target;
  target.matcher_ = PathMatcher(max_steps);
  EK_TRY_ASSIGN(target.path_, InlineString<kMaxTargetPath>::From(path));
  EK_TRY(crypto::HashParts(provider, crypto::AlgorithmId::kSha256, {AsBytes(path)}, target.digest_));
  return target;
}

Result<bool> SoughtTarget::IsCovered(Node role) {
  const Node paths = role.Find("paths");
  for (std::size_t i = 0; i < paths.size(); ++i) {
    EK_TRY_ASSIGN(const std::string_view pattern, paths[i].AsText());
    EK_TRY_ASSIGN(const bool matches, matcher_.Matches(pattern, path()));
    if (matches) return true;
  }
  const auto hex = ToHex(digest_);
  const Node prefixes = role.Find("path_hash_prefixes");
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    EK_TRY_ASSIGN(const std::string_view prefix, prefixes[i].AsText());
    if (hex.view().starts_with(prefix)) return true;
  }
  return false;
}

// The bin's number is the first bits of the path's digest; its name has as many hexadecimal digits as the last bin's.
// TAP 15: bins do not terminate the search, so roles after those that delegate to them are looked at as well.
Result<Delegation> SoughtTarget::BinFor(Node delegations) const {
  const Node bins = delegations.Find("succinct_roles");
  EK_TRY_ASSIGN(const std::uint64_t bits, bins.Find("bit_length").AsUnsigned());
  EK_TRY_ASSIGN(const std::string_view prefix, bins.Find("name_prefix").AsText());
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | digest_[i];
  number >>= 32 - bits;
  std::array<std::uint8_t, 4> bytes{};
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  const auto hex = ToHex(bytes);
  const std::size_t num_digits = (bits + 3) / 4;

  std::array<std::uint8_t, kMaxEncodedRole> buffer{};
  Writer out(buffer);
  EK_TRY(out.WriteBytes(AsBytes(prefix)));
  EK_TRY(out.WriteU8('-'));
  EK_TRY(out.WriteBytes(AsBytes({hex.view().data() + hex.size() - num_digits, num_digits})));
  Delegation delegation{.signers = {delegations.Find("keys"), bins}};
  EK_TRY_ASSIGN(delegation.role, RoleName(AsText(out.written())));
  return delegation;
}

Result<std::optional<Delegation>> SoughtTarget::NextDelegation(const MetadataFile& targets, std::size_t& next) {
  const Node delegations = targets.content().Find("delegations");
  if (delegations.Find("succinct_roles")) {
    if (next++ > 0) return std::nullopt;
    EK_TRY_ASSIGN(const Delegation bin, BinFor(delegations));
    return bin;
  }
  const Node roles = delegations.Find("roles");
  while (next < roles.size()) {
    const Node role = roles[next++];
    EK_TRY_ASSIGN(const bool is_covered, IsCovered(role));
    if (!is_covered) continue;
    EK_TRY_ASSIGN(const Delegation delegation, ReadDelegation(delegations.Find("keys"), role));
    return delegation;
  }
  return std::nullopt;
}

}  // namespace edgekeep::release
