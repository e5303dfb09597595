#include "edgekeep/log/statement.h"

#include <algorithm>

#include "edgekeep/crypto/algorithm.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/log/log.h"
#include "edgekeep/log/tiles.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::log {
namespace {

using formats::LogContentKind;

bool IsOfClass(const formats::PublicKey& key, std::uint8_t required) {
  const auto id = static_cast<crypto::AlgorithmId>(key.algorithm);
  const auto algorithm = crypto::FindAlgorithm(id, crypto::Kind::kSignature);
  return algorithm && static_cast<std::uint8_t>(algorithm->security_class) == required;
}

// Whom a release, an approval or a rejection is by, as it says; nothing of other kinds.
std::optional<std::string> NamedAs(LogContentKind kind, ByteView content) {
  if (kind == LogContentKind::kRelease) {
    if (const auto release = formats::DecodeReleaseEntry(content)) return std::string(release->author);
  }
  if (kind == LogContentKind::kApproval) {
    if (const auto approval = formats::DecodeApproval(content)) return std::string(approval->holder);
  }
  if (kind == LogContentKind::kRejection) {
    if (const auto rejection = formats::DecodeRejection(content)) return std::string(rejection->holder);
  }
  return std::nullopt;
}

}  // namespace

Result<FoundStatement> ReadStatement(const Storage& storage, const std::string& prefix, std::uint64_t index,
                                     ByteView content) {
  Result<std::string> bytes = storage.Read(prefix + StatementPath(index), kMaxStatementSize);
  if (!bytes && bytes.error().code() == ErrorCode::kNotFound) return FoundStatement{};
  if (!bytes && bytes.error().code() == ErrorCode::kTooLarge) return FoundStatement{StatementForm::kJunk, {}};
  if (!bytes) return bytes.error();
  if (bytes->empty()) return FoundStatement{};
  const auto object = formats::DecodeSignedObject(formats::typ::kLogEntry, AsBytes(*bytes));
  const bool is_whole = object && Equal(object->payload, content);
  return FoundStatement{is_whole ? StatementForm::kWhole : StatementForm::kJunk, *std::move(bytes)};
}

std::optional<std::string> NamedBy(ByteView content) {
  const auto kind = formats::KindOfLogContent(content);
  return kind ? NamedAs(*kind, content) : std::nullopt;
}

bool IsSignedBy(const crypto::Provider& provider, ByteView content, ByteView statement, const formats::Holder& holder,
                std::span<const std::uint8_t> required_classes) {
  const auto signed_in = [&](std::uint8_t required) {
    return std::ranges::any_of(holder.keys, [&](const formats::PublicKey& key) {
      if (!IsOfClass(key, required)) return false;
      const auto payload = sealing::VerifyObjectWithKey(provider, formats::typ::kLogEntry, statement, key);
      return payload && Equal(*payload, content);
    });
  };
  return !required_classes.empty() && std::ranges::all_of(required_classes, signed_in);
}

std::optional<std::string> SignerOf(const crypto::Provider& provider, ByteView content, ByteView statement,
                                    const KnownSigners& known, std::span<const std::uint8_t> required_classes) {
  const auto kind = formats::KindOfLogContent(content);
  if (!kind) return std::nullopt;
  const bool is_verdict = *kind == LogContentKind::kVerdict;
  const std::optional<std::string> named = NamedBy(content);
  for (const formats::Holder& holder : is_verdict ? known.notaries : known.people) {
    if (!is_verdict && holder.name != named) continue;
    if (IsSignedBy(provider, content, statement, holder, required_classes)) return std::string(holder.name);
  }
  return std::nullopt;
}

}  // namespace edgekeep::log
