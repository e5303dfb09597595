// VerifiedTarget: what trusted release metadata says about one file, and the check of the file against it.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "edgekeep/base/inline_string.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/json/document.h"
#include "edgekeep/release/limits.h"

namespace edgekeep::release {

class Client;

// Where a target lies below the repository's base, its last part behind a digest and "." where snapshots are
// consistent. Not percent-encoded.
using TargetFileName = InlineString<kMaxTargetPath + 129>;

// Only the client makes one, from metadata that every role on the way to it signed.
class VerifiedTarget {
 public:
  std::string_view path() const noexcept { return path_.view(); }

  std::uint64_t length() const noexcept { return length_; }

  const std::optional<std::array<std::uint8_t, 32>>& sha256() const noexcept { return sha256_; }

  const std::optional<std::array<std::uint8_t, 64>>& sha512() const noexcept { return sha512_; }

  // What was signed about it beside length and hashes; borrows from the client until it looks for another target.
  json::Node custom() const noexcept { return custom_; }

  TargetFileName file_name() const noexcept;

 private:
  friend class Client;

  // `node` was checked by CheckTargets. Fails with kUnsupported when no hash algorithm is known.
  static Result<VerifiedTarget> From(std::string_view path, json::Node node, bool consistent_snapshot);

  InlineString<kMaxTargetPath> path_;
  std::uint64_t length_ = 0;
  std::optional<std::array<std::uint8_t, 32>> sha256_;
  std::optional<std::array<std::uint8_t, 64>> sha512_;
  json::Node custom_;
  bool consistent_snapshot_ = false;
};

// Takes a target's bytes as they come; they are the target's when Finish has succeeded, and not before.
class TargetCheck {
 public:
  static Result<TargetCheck> Start(const crypto::Provider& provider, const VerifiedTarget& target);

  // Fails with kTooLarge once there are more bytes than the target has.
  Status Update(ByteView bytes);
  // Fails with kMalformed unless length and every known hash are the target's.
  Status Finish();

 private:
  VerifiedTarget target_;
  std::uint64_t num_bytes_ = 0;
  std::unique_ptr<crypto::HashState> sha256_;
  std::unique_ptr<crypto::HashState> sha512_;
};

}  // namespace edgekeep::release
