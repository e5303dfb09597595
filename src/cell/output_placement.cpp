#include "output_placement.h"

#include <algorithm>

namespace edgekeep::cell {

Status OutputPlacement::Accept(std::size_t index, engine::ElementType type, std::span<const std::int64_t> shape,
                               ByteView bytes) {
  if (next_ > data_.size() || bytes.size() > data_.size() - next_) {
    return Error(ErrorCode::kTooLarge, "outputs find no room in the ring");
  }
  gate::TensorPlace place{.index = static_cast<std::uint32_t>(index), .type = static_cast<gate::ElementType>(type)};
  for (const std::int64_t dim : shape) EK_TRY(place.shape.PushBack(dim));
  place.offset = next_;
  place.size = bytes.size();
  EK_TRY(places_.PushBack(place));
  std::copy(bytes.begin(), bytes.end(), data_.begin() + static_cast<std::ptrdiff_t>(next_));
  next_ = AlignInRing(next_ + bytes.size());
  return {};
}

}  // namespace edgekeep::cell
