// Digests outputs on their way to the ring (spec/receipt.md §2).
#pragma once
#include "edgekeep/engine/engine.h"
#include "edgekeep/sealing/receipts.h"

namespace edgekeep::cell {

class DigestingOutputs final : public engine::OutputSink {
 public:
  // Both outlive it.
  DigestingOutputs(sealing::TensorsDigest& digest, engine::OutputSink& next) noexcept
      : digest_(&digest), next_(&next) {}

  Status Accept(std::size_t index, engine::ElementType type, std::span<const std::int64_t> shape,
                ByteView bytes) override {
    if (index < next_index_) return Error(ErrorCode::kInternal, "outputs out of order");
    next_index_ = index + 1;
    EK_TRY(digest_->Add(static_cast<std::uint32_t>(index), type, shape, bytes));
    return next_->Accept(index, type, shape, bytes);
  }

 private:
  sealing::TensorsDigest* digest_;
  engine::OutputSink* next_;
  std::size_t next_index_ = 0;
};

}  // namespace edgekeep::cell
