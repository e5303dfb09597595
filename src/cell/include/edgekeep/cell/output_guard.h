// What of a model's scores an application gets (spec/output-guard.md): coarser ones, and fewer, so that asking the
// model tells less about it.
#pragma once
#include <cstdint>
#include <span>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/engine/engine.h"
#include "edgekeep/formats/product_policy.h"

namespace edgekeep::cell {

// True for the types a guard changes: float32, float64, float16, bfloat16. Floats of fewer bits are refused under a
// guard (gate::CheckGuardable); outputs of other types pass as they are.
bool IsGuarded(engine::ElementType type) noexcept;

// Rounds `bytes`, a tensor of `shape` that IsGuarded, then keeps the largest of each row, which is the last axis.
// Deterministic: the same values give the same bits everywhere. Fails with kInternal when shape and size do not belong
// together.
Status GuardTensor(const formats::OutputGuard& guard, engine::ElementType type, std::span<const std::int64_t> shape,
                   MutableByteView bytes);

// Hands outputs on as `guard` leaves them. What the engine computed is copied into private memory and changed there:
// `next` never sees it. Fails with kModelRefused for an output that no guard treats, or as `next` does.
class GuardedOutputs final : public engine::OutputSink {
 public:
  // `room` is kept from call to call; both outlive this.
  GuardedOutputs(const formats::OutputGuard& guard, SecretBytes& room, engine::OutputSink& next) noexcept
      : guard_(guard), room_(&room), next_(&next) {}

  Status Accept(std::size_t index, engine::ElementType type, std::span<const std::int64_t> shape,
                ByteView bytes) override;

 private:
  formats::OutputGuard guard_;
  SecretBytes* room_;
  engine::OutputSink* next_;
};

}  // namespace edgekeep::cell
