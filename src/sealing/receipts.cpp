#include "edgekeep/sealing/receipts.h"

#include <algorithm>
#include <array>

#include "edgekeep/base/writer.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::sealing {
namespace {

constexpr std::array<std::uint8_t, 1> kLeaf = {0};
constexpr std::array<std::uint8_t, 1> kNode = {1};
constexpr std::size_t kMaxCallSize = 96;
constexpr std::size_t kMaxRank = 64;

Result<Digest> Node(const crypto::Provider& provider, const Digest& left, const Digest& right) {
  return crypto::Sha256(provider, {kNode, left.view(), right.view()});
}

// Node by node from the leaves up, a lone last one as it is: the tree of RFC 9162, from its other end. Notes on the way
// what stands beside `index`.
Result<Digest> Climb(const crypto::Provider& provider, std::span<const Digest> leaves, std::size_t index,
                     formats::ReceiptPath& path) {
  if (leaves.empty() || leaves.size() > formats::kMaxCallsOfBatch || index >= leaves.size()) {
    return Error(ErrorCode::kBadArgument, "leaves");
  }
  std::array<Digest, formats::kMaxCallsOfBatch> level;
  std::ranges::copy(leaves, level.begin());
  for (std::size_t count = leaves.size(); count > 1; count = (count + 1) / 2, index /= 2) {
    if ((index ^ 1) < count) EK_TRY(path.PushBack(level[index ^ 1]));
    for (std::size_t i = 0; i + 1 < count; i += 2) {
      EK_TRY_ASSIGN(level[i / 2], Node(provider, level[i], level[i + 1]));
    }
    if (count % 2 == 1) level[count / 2] = level[count - 1];
  }
  return level[0];
}

// RFC 9162 §2.1.3.2.
Result<Digest> RootFromPath(const crypto::Provider& provider, std::uint64_t index, std::uint64_t count,
                            const Digest& leaf, const formats::ReceiptPath& path) {
  std::uint64_t last = count - 1;
  Digest root = leaf;
  for (const Digest& sibling : path) {
    if (last == 0) return Error(ErrorCode::kBadSignature, "receipt: path is too long");
    if ((index & 1) != 0 || index == last) {
      EK_TRY_ASSIGN(root, Node(provider, sibling, root));
      while ((index & 1) == 0 && index != 0) {
        index >>= 1;
        last >>= 1;
      }
    } else {
      EK_TRY_ASSIGN(root, Node(provider, root, sibling));
    }
    index >>= 1;
    last >>= 1;
  }
  if (last != 0) return Error(ErrorCode::kBadSignature, "receipt: path is too short");
  return root;
}

Status CheckInBatch(const crypto::Provider& provider, const formats::ReceiptBatch& batch,
                    const formats::Receipt& receipt) {
  const std::uint64_t number = receipt.call.number;
  if (number < batch.first || number - batch.first >= batch.count) {
    return Error(ErrorCode::kBadSignature, "receipt: the call is not one of the batch");
  }
  EK_TRY_ASSIGN(const Digest leaf, ReceiptLeaf(provider, receipt.call));
  EK_TRY_ASSIGN(const Digest root, RootFromPath(provider, number - batch.first, batch.count, leaf, receipt.path));
  if (root == batch.root) return {};
  return Error(ErrorCode::kBadSignature, "receipt: the call is not in the batch that was signed");
}

}  // namespace

Result<TensorsDigest> TensorsDigest::Create(const crypto::Provider& provider) {
  EK_TRY_ASSIGN(auto hash, provider.NewHash(crypto::AlgorithmId::kSha256));
  return TensorsDigest(std::move(hash));
}

Status TensorsDigest::Add(std::uint32_t index, std::uint32_t element_type, std::span<const std::int64_t> shape,
                          ByteView bytes) {
  if (shape.size() > kMaxRank) return Error(ErrorCode::kTooLarge, "rank of a tensor");
  std::array<std::uint8_t, 12 + kMaxRank * 8 + 8> buffer;
  Writer head(buffer);
  EK_TRY(head.WriteU32LittleEndian(index));
  EK_TRY(head.WriteU32LittleEndian(element_type));
  EK_TRY(head.WriteU32LittleEndian(static_cast<std::uint32_t>(shape.size())));
  for (const std::int64_t dim : shape) EK_TRY(head.WriteU64LittleEndian(static_cast<std::uint64_t>(dim)));
  EK_TRY(head.WriteU64LittleEndian(bytes.size()));
  EK_TRY(hash_->Update(head.written()));
  return hash_->Update(bytes);
}

Result<Digest> TensorsDigest::Finish() {
  Digest digest;
  EK_TRY(hash_->Finish(digest.mutable_view()));
  return digest;
}

Result<Digest> ReceiptLeaf(const crypto::Provider& provider, const formats::AnsweredCall& call) {
  std::array<std::uint8_t, kMaxCallSize> buffer;
  CborWriter out(buffer);
  EK_TRY(formats::EncodeAnsweredCall(call, out));
  return crypto::Sha256(provider, {kLeaf, out.written()});
}

Result<Digest> ReceiptRoot(const crypto::Provider& provider, std::span<const Digest> leaves) {
  formats::ReceiptPath ignored;
  return Climb(provider, leaves, 0, ignored);
}

Result<formats::ReceiptPath> ReceiptPathOf(const crypto::Provider& provider, std::span<const Digest> leaves,
                                           std::size_t index) {
  formats::ReceiptPath path;
  EK_TRY(Climb(provider, leaves, index, path));
  return path;
}

Result<VerifiedReceipt> VerifyReceipt(const crypto::Provider& provider, const formats::PublicKey& identity,
                                      ByteView bytes) {
  EK_TRY_ASSIGN(const formats::Receipt receipt, formats::DecodeReceipt(bytes));
  EK_TRY_ASSIGN(const ByteView payload,
                VerifyObjectWithKey(provider, formats::typ::kReceipts, receipt.batch, identity));
  EK_TRY_ASSIGN(const formats::ReceiptBatch batch, formats::DecodeReceiptBatch(payload));
  EK_TRY_ASSIGN(const KeyId kid,
                crypto::KeyIdOf(provider, static_cast<crypto::AlgorithmId>(identity.algorithm), identity.bytes));
  if (!Equal(kid.view(), batch.device.view())) return Error(ErrorCode::kWrongDevice, "receipt: names another device");
  EK_TRY(CheckInBatch(provider, batch, receipt));
  return VerifiedReceipt(batch, receipt.call);
}

}  // namespace edgekeep::sealing
