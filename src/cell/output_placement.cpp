#include "output_placement.h"

#include "edgekeep/gate/ring_copy.h"

namespace edgekeep::cell {

Status OutputPlacement::Accept(std::size_t index, engine::ElementType type, std::span<const std::int64_t> shape,
                               ByteView bytes) {
  gate::TensorPlace place{.index = static_cast<std::uint32_t>(index), .type = static_cast<gate::ElementType>(type)};
  for (const std::int64_t dim : shape) EK_TRY(place.shape.PushBack(dim));
  EK_TRY(CountStrings(place));
  if (bytes.empty()) return places_.PushBack(place);
  place.offset = next_;
  place.size = bytes.size();
  EK_TRY(places_.PushBack(place));
  needed_ = next_ + bytes.size();
  next_ = AlignInRing(needed_);
  // The outputs that follow are measured all the same: the caller is told how much room all of them take.
  if (needed_ <= data_.size()) {
    gate::CopyIntoRing(bytes, data_.subspan(static_cast<std::size_t>(place.offset), bytes.size()));
  }
  return {};
}

Result<gate::TensorPlaces> OutputPlacement::Finish() const {
  if (needed_ > data_.size()) return Error(ErrorCode::kTooLarge, "outputs find no room in the ring");
  return places_;
}

Status OutputPlacement::CountStrings(const gate::TensorPlace& place) {
  const auto count = gate::NumStrings(place);
  if (!count || *count > kMaxStrings - num_strings_) {
    return Error(ErrorCode::kModelRefused, "more strings than one call may have");
  }
  num_strings_ += *count;
  return {};
}

}  // namespace edgekeep::cell
