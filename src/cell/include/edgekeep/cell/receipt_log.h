// ReceiptLog: the calls a cell answered, for as long as their receipts can be had (spec/receipt.md).
#pragma once
#include <array>
#include <memory>
#include <optional>

#include "edgekeep/base/bytes.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/receipt.h"
#include "edgekeep/gate/ledger.h"

namespace edgekeep::cell {

// Calls are gathered in batches. A batch is closed when it is full, or when a receipt of it is wanted; then the device
// is to sign it. As many calls and batches as there is room for are kept, the oldest go. One thread.
class ReceiptLog {
 public:
  static constexpr std::uint64_t kCalls = 16 * formats::kMaxCallsOfBatch;
  static constexpr std::uint64_t kBatches = 256;

  // The provider outlives it. Fails with kNoMemory.
  static Result<std::unique_ptr<ReceiptLog>> Create(const crypto::Provider& provider);

  // Returns the call's number: calls are counted from 0 on. `owner` is whoever may have the receipt.
  std::uint64_t Add(const Digest& inputs, const Digest& outputs, std::uint64_t owner) noexcept;

  // What the device must sign before Make can make the receipt of call `number`; to be asked again once it has. None:
  // nothing is missing. Batches are signed in their order. Fails with kNotFound for a call that was never answered, is
  // no longer kept, or is somebody else's: digests of others' tensors are nobody's business.
  Result<std::optional<gate::ReceiptsToSign>> Missing(std::uint64_t number, std::uint64_t owner);
  // The device's signed object over what Missing told of last. Fails with kTooLarge.
  Status TakeSigned(ByteView object);

  // The receipt's bytes. Fails with kNotFound, or kBadState before its batch was signed.
  Result<Bytes> Make(std::uint64_t number) const;

 private:
  struct Batch {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    bool closed = false;
    Bytes object;  // empty: not signed
  };

  using Leaves = InlineVector<Digest, formats::kMaxCallsOfBatch>;

  explicit ReceiptLog(const crypto::Provider& provider) noexcept : provider_(&provider) {}

  bool IsKept(std::uint64_t batch) const noexcept;
  Result<std::uint64_t> BatchOf(std::uint64_t number) const;
  Status TakeLeaves(const Batch& batch, Leaves& leaves) const;

  const Batch& At(std::uint64_t batch) const noexcept { return batches_[batch % kBatches]; }

  Batch& At(std::uint64_t batch) noexcept { return batches_[batch % kBatches]; }

  const crypto::Provider* provider_;
  std::uint64_t num_calls_ = 0;
  std::uint64_t num_batches_ = 0;
  std::optional<std::uint64_t> told_;  // the batch that Missing told of last
  std::array<formats::AnsweredCall, kCalls> calls_;
  std::array<std::uint64_t, kCalls> owners_{};
  std::array<Batch, kBatches> batches_;
};

}  // namespace edgekeep::cell
