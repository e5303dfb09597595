#include "anchor_file.h"

#include <algorithm>

#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"

namespace edgekeep::anchor {
namespace {

constexpr std::string_view kObject = "tpm2-anchor";
constexpr std::string_view kMagic = "EKTPM2A1";
constexpr std::uint8_t kMaking = 1;
constexpr std::uint8_t kMade = 2;
constexpr std::size_t kApprovalSize = 32 + 8 + 64;
constexpr std::size_t kMaxSize = 8 + 1 + 4 + 65 + kSealedAuthoritySize + 1 + kMaxApprovals * kApprovalSize;

template <std::size_t N>
Status Take(Reader& in, std::array<std::uint8_t, N>& out) {
  EK_TRY_ASSIGN(const ByteView bytes, in.ReadBytes(N));
  std::ranges::copy(bytes, out.begin());
  return {};
}

Result<BootApproval> TakeApproval(Reader& in) {
  BootApproval approval;
  EK_TRY_ASSIGN(const ByteView state, in.ReadBytes(32));
  EK_TRY_ASSIGN(approval.state, Digest::From(state));
  EK_TRY_ASSIGN(approval.epoch_limit, in.ReadU64BigEndian());
  EK_TRY(Take(in, approval.signature));
  return approval;
}

Result<AnchorFile> TakeFile(Reader& in) {
  AnchorFile file;
  EK_TRY_ASSIGN(file.pcrs, in.ReadU32BigEndian());
  EK_TRY(Take(in, file.authority));
  EK_TRY(Take(in, file.sealed_authority));
  EK_TRY_ASSIGN(const std::uint8_t count, in.ReadU8());
  for (std::uint8_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const BootApproval approval, TakeApproval(in));
    EK_TRY(file.approvals.PushBack(approval));
  }
  return file;
}

}  // namespace

Result<StoredAnchor> ReadAnchorFile(ports::Store& store) {
  const Result<Bytes> stored = store.Read(kObject, kMaxSize);
  if (!stored && stored.error().code() == ErrorCode::kNotFound) return StoredAnchor();
  if (!stored) return stored.error();
  Reader in(stored->view());
  EK_TRY_ASSIGN(const ByteView magic, in.ReadBytes(kMagic.size()));
  if (AsText(magic) != kMagic) return Error(ErrorCode::kMalformed, "tpm2 anchor's file");
  EK_TRY_ASSIGN(const std::uint8_t standing, in.ReadU8());
  StoredAnchor anchor;
  anchor.standing = standing == kMade ? AnchorStanding::kMade : AnchorStanding::kMaking;
  if (standing == kMade) {
    EK_TRY_ASSIGN(anchor.file, TakeFile(in));
  } else if (standing != kMaking) {
    return Error(ErrorCode::kMalformed, "tpm2 anchor's file");
  }
  EK_TRY(in.ExpectEnd());
  return anchor;
}

Status StoreMaking(ports::Store& store) {
  std::array<std::uint8_t, 9> bytes;
  Writer out(bytes);
  EK_TRY(out.WriteBytes(AsBytes(kMagic)));
  EK_TRY(out.WriteU8(kMaking));
  return store.Replace(kObject, out.written());
}

Status StoreMade(ports::Store& store, const AnchorFile& file) {
  std::array<std::uint8_t, kMaxSize> bytes;
  Writer out(bytes);
  EK_TRY(out.WriteBytes(AsBytes(kMagic)));
  EK_TRY(out.WriteU8(kMade));
  EK_TRY(out.WriteU32BigEndian(file.pcrs));
  EK_TRY(out.WriteBytes(file.authority));
  EK_TRY(out.WriteBytes(file.sealed_authority));
  EK_TRY(out.WriteU8(static_cast<std::uint8_t>(file.approvals.size())));
  for (const BootApproval& approval : file.approvals) {
    EK_TRY(out.WriteBytes(approval.state.view()));
    EK_TRY(out.WriteU64BigEndian(approval.epoch_limit));
    EK_TRY(out.WriteBytes(approval.signature));
  }
  return store.Replace(kObject, out.written());
}

}  // namespace edgekeep::anchor
