#include "edgekeep/log/verdict_files.h"

#include <filesystem>

#include "edgekeep/base/hex.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/log/log.h"

namespace edgekeep::log {
namespace {

constexpr std::size_t kMarkSize = 8;

enum class Holds : std::uint8_t { kNothing, kAnotherLogs, kRefusal, kFavourable };

Holds WhatHolds(const std::string& path, const std::string& origin) {
  const Result<Bytes> file = files::ReadFile(path, kMaxStatementSize);
  if (!file && file.error().code() == ErrorCode::kNotFound) return Holds::kNothing;
  if (!file) return Holds::kFavourable;
  const auto object = formats::DecodeSignedObject(formats::typ::kLogEntry, file->view());
  if (!object) return Holds::kFavourable;
  const auto verdict = formats::DecodeVerdict(object->payload);
  if (verdict && !verdict->IsOfLog(origin)) return Holds::kAnotherLogs;
  return !verdict || verdict->is_favourable() ? Holds::kFavourable : Holds::kRefusal;
}

}  // namespace

Result<VerdictFiles> VerdictFiles::Open(const crypto::Provider& provider, std::string directory, std::string origin) {
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(provider, {AsBytes(origin)}));
  std::string mark(ToHex(digest.view().first(kMarkSize)).view());
  return VerdictFiles(std::move(directory), std::move(origin), std::move(mark));
}

std::optional<bool> VerdictFiles::Find(std::uint64_t release_index) const {
  const Holds found = WhatHolds(PathOf(release_index), origin_);
  if (found == Holds::kNothing || found == Holds::kAnotherLogs) return {};
  return found == Holds::kFavourable;
}

Status VerdictFiles::Add(const GivenVerdict& verdict) {
  return files::WriteNewFile(PathOf(verdict.release_index), files::Access::kPublic, AsBytes(verdict.entry.statement));
}

// The longer name first: what made it necessary may be gone by now.
std::string VerdictFiles::PathOf(std::uint64_t release_index) const {
  const std::string name = directory_ + "/verdict-" + std::to_string(release_index);
  std::string usual = name + ".ekl", apart = name + "-" + mark_ + ".ekl";
  const bool is_apart =
      WhatHolds(apart, origin_) != Holds::kNothing || WhatHolds(usual, origin_) == Holds::kAnotherLogs;
  return is_apart ? apart : usual;
}

}  // namespace edgekeep::log
