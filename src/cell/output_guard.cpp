#include "edgekeep/cell/output_guard.h"

#include <algorithm>
#include <cstring>

#include "call_room.h"
#include "decimal_rounding.h"
#include "edgekeep/gate/tensor.h"
#include "top_k.h"

namespace edgekeep::cell {
namespace {

// A row at a time, as words of its format; the last axis of a tensor without any is one number.
template <typename Format>
void GuardRow(const formats::OutputGuard& guard, std::span<typename Format::Bits> row) {
  for (auto& bits : row) {
    if (guard.decimals) bits = RoundToDecimals<Format>(bits, *guard.decimals);
    if (Format::IsNan(bits)) bits = Format::kNan;
  }
  if (guard.top_k) KeepLargest<Format>(row, *guard.top_k);
}

template <typename Format>
Status GuardRows(const formats::OutputGuard& guard, std::span<const std::int64_t> shape, MutableByteView bytes) {
  using Bits = typename Format::Bits;
  const std::size_t row = shape.empty() ? 1 : static_cast<std::size_t>(shape.back());
  if (row == 0 || bytes.empty()) return {};
  if (bytes.size() % (row * sizeof(Bits)) != 0) return Error(ErrorCode::kInternal, "guard: rows of an output");
  // Memory of GuardedOutputs is aligned for every format.
  const std::span<Bits> all(reinterpret_cast<Bits*>(bytes.data()), bytes.size() / sizeof(Bits));
  for (std::size_t i = 0; i < all.size(); i += row) GuardRow<Format>(guard, all.subspan(i, row));
  return {};
}

}  // namespace

bool IsGuarded(engine::ElementType type) noexcept {
  switch (static_cast<gate::ElementType>(type)) {
    case gate::ElementType::kFloat16:
    case gate::ElementType::kFloat32:
    case gate::ElementType::kFloat64:
    case gate::ElementType::kBfloat16:
      return true;
    default:
      return false;
  }
}

Status GuardTensor(const formats::OutputGuard& guard, engine::ElementType type, std::span<const std::int64_t> shape,
                   MutableByteView bytes) {
  if (guard.decimals > formats::kMaxDecimals) return Error(ErrorCode::kInternal, "guard: decimals");
  switch (static_cast<gate::ElementType>(type)) {
    case gate::ElementType::kFloat16:
      return GuardRows<Float16>(guard, shape, bytes);
    case gate::ElementType::kFloat32:
      return GuardRows<Float32>(guard, shape, bytes);
    case gate::ElementType::kFloat64:
      return GuardRows<Float64>(guard, shape, bytes);
    case gate::ElementType::kBfloat16:
      return GuardRows<Bfloat16>(guard, shape, bytes);
    default:
      return {};
  }
}

Status GuardedOutputs::Accept(std::size_t index, engine::ElementType type, std::span<const std::int64_t> shape,
                              ByteView bytes) {
  if (guard_ == formats::OutputGuard{}) return next_->Accept(index, type, shape, bytes);
  // Not before an engine gives what it did not announce: such models are not opened.
  if (gate::IsTinyFloat(static_cast<gate::ElementType>(type))) {
    return Error(ErrorCode::kModelRefused, "guard: an output of 8-bit or 4-bit floats");
  }
  if (!IsGuarded(type)) return next_->Accept(index, type, shape, bytes);
  EK_TRY(MakeRoom(bytes.size(), *room_));
  const MutableByteView guarded = room_->RevealForWriting().first(bytes.size());
  std::ranges::copy(bytes, guarded.begin());
  EK_TRY(GuardTensor(guard_, type, shape, guarded));
  return next_->Accept(index, type, shape, guarded);
}

}  // namespace edgekeep::cell
