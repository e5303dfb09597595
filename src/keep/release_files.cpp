#include "release_files.h"

#include <algorithm>

#include "releases.h"

namespace edgekeep::keep {

Result<Bytes> ReadWhole(ports::InputFiles& files, std::span<const int> descriptors, std::size_t room) {
  if (descriptors.size() != 1) return Error(ErrorCode::kBadArgument, "one descriptor, of the file");
  EK_TRY_ASSIGN(const std::uint64_t size, files.CheckedSize(descriptors.front()));
  if (size > room) return Error(ErrorCode::kTooLarge, "file of a release");
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(size));
  EK_TRY(files.ReadAt(descriptors.front(), 0, bytes.mutable_view()));
  return bytes;
}

Result<Digest> DigestOf(const World& world, int descriptor, ByteView front, std::uint64_t size) {
  constexpr std::size_t kPiece = 1 << 20;
  EK_TRY_ASSIGN(const auto hash, world.provider.NewHash(crypto::AlgorithmId::kSha256));
  EK_TRY(hash->Update(front));
  EK_TRY_ASSIGN(Bytes piece, Bytes::Allocate(kPiece));
  for (std::uint64_t at = front.size(); at < size; at += kPiece) {
    const MutableByteView part = piece.mutable_view().first(std::min<std::uint64_t>(kPiece, size - at));
    EK_TRY(world.files.ReadAt(descriptor, at, part));
    EK_TRY(hash->Update(part));
  }
  Digest digest;
  EK_TRY(hash->Finish(digest.mutable_view()));
  return digest;
}

Result<const release::VerifiedRelease*> NewestRelease(KeepState& state) {
  EK_TRY(SettlePolicies(state));  // the newest was judged by the policy that counted then
  const Releases& releases = *state.releases;
  if (!releases.newest) return Error(ErrorCode::kBadState, "release: none was refreshed since the keep began");
  EK_TRY_ASSIGN(const UnixTime now, state.clock.Now());
  if (releases.newest_expires <= now) return Error(ErrorCode::kExpired, "release");
  return &*releases.newest;
}

Result<std::uint64_t> CheckReleased(KeepState& state, const Candidate& candidate) {
  EK_TRY_ASSIGN(const release::VerifiedRelease* const newest, NewestRelease(state));
  const release::SoughtFile sealed{release::TargetKind::kSealedFile, candidate.sealed_file, candidate.sealed_size,
                                   candidate.product, candidate.sequence};
  EK_TRY_ASSIGN(const std::uint64_t epoch, newest->Find(sealed));
  EK_TRY_ASSIGN(const Digest grant_digest, DigestOf(state.world, -1, candidate.grant, candidate.grant.size()));
  const release::SoughtFile grant{
      release::TargetKind::kGrant, grant_digest, candidate.grant.size(), candidate.product, {}};
  EK_TRY(newest->Find(grant));
  const bool is_recorded = candidate.recorded && candidate.sequence <= *candidate.recorded;
  if (!is_recorded && newest->product() == candidate.product && epoch < newest->security_epoch())
    return Error(ErrorCode::kWrongVersion, "release: security epoch below the newest release's");
  return epoch;
}

}  // namespace edgekeep::keep
