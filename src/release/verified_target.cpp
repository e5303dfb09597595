#include "edgekeep/release/verified_target.h"

#include <algorithm>

#include "edgekeep/base/check.h"
#include "edgekeep/base/hex.h"
#include "edgekeep/base/writer.h"

namespace edgekeep::release {
namespace {

// Nothing where the hash is not given. Fails with kMalformed.
template <std::size_t N>
Status ReadHash(json::Node node, std::optional<std::array<std::uint8_t, N>>& out) {
  if (!node) return {};
  EK_TRY_ASSIGN(const std::string_view hex, node.AsText());
  EK_TRY_ASSIGN(const Bytes digest, DecodeHex(hex));
  if (digest.size() != N) return Error(ErrorCode::kMalformed, "hash of a target");
  std::ranges::copy(digest.view(), out.emplace().begin());
  return {};
}

template <std::size_t N>
Status Expect(crypto::HashState& state, const std::array<std::uint8_t, N>& expected) {
  std::array<std::uint8_t, N> found{};
  EK_TRY(state.Finish(found));
  return found == expected ? Status() : Status(Error(ErrorCode::kMalformed, "hash of a target"));
}

}  // namespace

Result<VerifiedTarget> VerifiedTarget::From(std::string_view path, json::Node node, bool consistent_snapshot) {
  VerifiedTarget target;
  EK_TRY_ASSIGN(target.path_, InlineString<kMaxTargetPath>::From(path));
  EK_TRY_ASSIGN(target.length_, node.Find("length").AsUnsigned());
  EK_TRY(ReadHash(node.Find("hashes").Find("sha256"), target.sha256_));
  EK_TRY(ReadHash(node.Find("hashes").Find("sha512"), target.sha512_));
  if (!target.sha256_ && !target.sha512_) return Error(ErrorCode::kUnsupported, "hash algorithm of a target");
  target.custom_ = node.Find("custom");
  target.consistent_snapshot_ = consistent_snapshot;
  return target;
}

TargetFileName VerifiedTarget::file_name() const noexcept {
  if (!consistent_snapshot_) return TargetFileName::Truncated(path_.view());
  const std::string_view path = path_.view();
  const std::size_t directory = path.rfind('/') + 1;  // 0 where there is none
  std::array<std::uint8_t, kMaxTargetPath + 129> buffer{};
  Writer out(buffer);
  EK_CHECK(out.WriteBytes(AsBytes({path.data(), directory})));
  const auto hex = sha256_ ? ToHex(*sha256_) : ToHex(*sha512_);
  EK_CHECK(out.WriteBytes(AsBytes(hex.view())));
  EK_CHECK(out.WriteU8('.'));
  EK_CHECK(out.WriteBytes(AsBytes({path.data() + directory, path.size() - directory})));
  return TargetFileName::Truncated(AsText(out.written()));
}

Result<TargetCheck> TargetCheck::Start(const crypto::Provider& provider, const VerifiedTarget& target) {
  TargetCheck check;
  check.target_ = target;
  if (target.sha256()) {
    EK_TRY_ASSIGN(check.sha256_, provider.NewHash(crypto::AlgorithmId::kSha256));
  }
  if (target.sha512()) {
    EK_TRY_ASSIGN(check.sha512_, provider.NewHash(crypto::AlgorithmId::kSha512));
  }
  return check;
}

Status TargetCheck::Update(ByteView bytes) {
  if (bytes.size() > target_.length() - num_bytes_) return Error(ErrorCode::kTooLarge, "target");
  num_bytes_ += bytes.size();
  if (sha256_) EK_TRY(sha256_->Update(bytes));
  if (sha512_) EK_TRY(sha512_->Update(bytes));
  return {};
}

Status TargetCheck::Finish() {
  if (num_bytes_ != target_.length()) return Error(ErrorCode::kMalformed, "length of a target");
  if (sha256_) EK_TRY(Expect(*sha256_, *target_.sha256()));
  if (sha512_) EK_TRY(Expect(*sha512_, *target_.sha512()));
  return {};
}

}  // namespace edgekeep::release
