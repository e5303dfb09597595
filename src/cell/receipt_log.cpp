#include "edgekeep/cell/receipt_log.h"

#include <new>

#include "edgekeep/sealing/receipts.h"

namespace edgekeep::cell {

Result<std::unique_ptr<ReceiptLog>> ReceiptLog::Create(const crypto::Provider& provider) {
  std::unique_ptr<ReceiptLog> log(new (std::nothrow) ReceiptLog(provider));
  if (!log) return Error(ErrorCode::kNoMemory, "receipts");
  return log;
}

std::uint64_t ReceiptLog::Add(const Digest& inputs, const Digest& outputs, std::uint64_t owner) noexcept {
  const std::uint64_t number = num_calls_++;
  const bool is_open = num_batches_ > 0 && !At(num_batches_ - 1).closed;
  if (!is_open) {
    At(num_batches_) = Batch();
    At(num_batches_).first = number;
    ++num_batches_;
  }
  calls_[number % kCalls] = {number, inputs, outputs};
  owners_[number % kCalls] = owner;
  Batch& batch = At(num_batches_ - 1);
  if (++batch.count == formats::kMaxCallsOfBatch) batch.closed = true;
  return number;
}

bool ReceiptLog::IsKept(std::uint64_t batch) const noexcept {
  return batch + kBatches >= num_batches_ && At(batch).first + kCalls >= num_calls_;
}

Result<std::uint64_t> ReceiptLog::BatchOf(std::uint64_t number) const {
  for (std::uint64_t batch = num_batches_; batch-- > 0 && IsKept(batch);) {
    if (number >= At(batch).first && number - At(batch).first < At(batch).count) return batch;
  }
  return Error(ErrorCode::kNotFound, "receipt: no such call, or no longer kept");
}

Status ReceiptLog::TakeLeaves(const Batch& batch, Leaves& leaves) const {
  for (std::uint64_t i = 0; i < batch.count; ++i) {
    EK_TRY_ASSIGN(const Digest leaf, sealing::ReceiptLeaf(*provider_, calls_[(batch.first + i) % kCalls]));
    EK_TRY(leaves.PushBack(leaf));
  }
  return {};
}

Result<std::optional<gate::ReceiptsToSign>> ReceiptLog::Missing(std::uint64_t number, std::uint64_t owner) {
  EK_TRY_ASSIGN(const std::uint64_t wanted, BatchOf(number));
  if (owners_[number % kCalls] != owner) return Error(ErrorCode::kNotFound, "receipt: somebody else's call");
  std::uint64_t unsigned_batch = wanted + 1;
  for (std::uint64_t batch = wanted + 1; batch-- > 0 && IsKept(batch) && At(batch).object.size() == 0;) {
    unsigned_batch = batch;
  }
  told_.reset();
  if (unsigned_batch > wanted) return std::optional<gate::ReceiptsToSign>();
  Batch& batch = At(unsigned_batch);
  batch.closed = true;
  Leaves leaves;
  EK_TRY(TakeLeaves(batch, leaves));
  EK_TRY_ASSIGN(const Digest root, sealing::ReceiptRoot(*provider_, leaves.view()));
  told_ = unsigned_batch;
  return std::optional(gate::ReceiptsToSign{batch.first, batch.count, root});
}

Status ReceiptLog::TakeSigned(ByteView object) {
  if (!told_) return Error(ErrorCode::kBadState, "receipts: nothing to sign was told");
  if (object.empty() || object.size() > formats::kMaxReceiptSize / 2) return Error(ErrorCode::kTooLarge, "receipts");
  EK_TRY_ASSIGN(At(*told_).object, Bytes::Copy(object));
  told_.reset();
  return {};
}

Result<Bytes> ReceiptLog::Make(std::uint64_t number) const {
  EK_TRY_ASSIGN(const std::uint64_t found, BatchOf(number));
  const Batch& batch = At(found);
  if (batch.object.size() == 0) return Error(ErrorCode::kBadState, "receipt: not signed yet");
  Leaves leaves;
  EK_TRY(TakeLeaves(batch, leaves));
  formats::Receipt receipt{.batch = batch.object.view(), .call = calls_[number % kCalls], .path = {}};
  const auto index = static_cast<std::size_t>(number - batch.first);
  EK_TRY_ASSIGN(receipt.path, sealing::ReceiptPathOf(*provider_, leaves.view(), index));
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(formats::kMaxReceiptSize));
  CborWriter out(bytes.mutable_view());
  EK_TRY(formats::EncodeReceipt(receipt, out));
  bytes.Truncate(out.written().size());
  return bytes;
}

}  // namespace edgekeep::cell
