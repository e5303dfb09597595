// Receipts: many calls under one signature of the device (spec/receipt.md).
#pragma once
#include <span>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/public_key.h"
#include "edgekeep/formats/receipt.h"

namespace edgekeep::sealing {

// SHA-256 over tensors, one after the other, as spec/receipt.md §2 writes them.
class TensorsDigest {
 public:
  static Result<TensorsDigest> Create(const crypto::Provider& provider);

  Status Add(std::uint32_t index, std::uint32_t element_type, std::span<const std::int64_t> shape, ByteView bytes);
  // Once, as the last.
  Result<Digest> Finish();

 private:
  explicit TensorsDigest(std::unique_ptr<crypto::HashState> hash) noexcept : hash_(std::move(hash)) {}

  std::unique_ptr<crypto::HashState> hash_;
};

// The tree of RFC 9162 §2.1 over `leaves`, of which there is at least one, at most formats::kMaxCallsOfBatch.
Result<Digest> ReceiptLeaf(const crypto::Provider& provider, const formats::AnsweredCall& call);
Result<Digest> ReceiptRoot(const crypto::Provider& provider, std::span<const Digest> leaves);
Result<formats::ReceiptPath> ReceiptPathOf(const crypto::Provider& provider, std::span<const Digest> leaves,
                                           std::size_t index);

// A receipt that a device signed. Only VerifyReceipt makes one.
class VerifiedReceipt {
 public:
  const formats::ReceiptBatch& batch() const noexcept { return batch_; }

  const formats::AnsweredCall& call() const noexcept { return call_; }

 private:
  friend Result<VerifiedReceipt> VerifyReceipt(const crypto::Provider&, const formats::PublicKey&, ByteView);

  VerifiedReceipt(const formats::ReceiptBatch& batch, const formats::AnsweredCall& call) noexcept
      : batch_(batch), call_(call) {}

  formats::ReceiptBatch batch_;
  formats::AnsweredCall call_;
};

// `identity` is the device's, from its request. Fails with kUntrusted (another device signed), kBadSignature (also for
// a call that is not in the batch), kWrongDevice (the batch names another device than the key's), or as the decoders
// do.
Result<VerifiedReceipt> VerifyReceipt(const crypto::Provider& provider, const formats::PublicKey& identity,
                                      ByteView bytes);

}  // namespace edgekeep::sealing
