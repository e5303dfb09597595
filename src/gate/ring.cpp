#include "edgekeep/gate/ring.h"

#include <limits>

#include "error_code.h"

namespace edgekeep::gate {
namespace {

constexpr std::uint64_t kAlignment = 64;

// The other side may write while this side reads: each field is loaded once, and only the loaded value is judged.
template <typename T>
T Load(const T& shared) noexcept {
  return __atomic_load_n(&shared, __ATOMIC_RELAXED);
}

template <typename T>
void Put(T value, T& shared) noexcept {
  __atomic_store_n(&shared, value, __ATOMIC_RELAXED);
}

Error Refused(const char* where) {
  return Error(ErrorCode::kBadTensor, where);
}

Result<ElementType> TakeType(const RingTensor& shared) {
  const std::uint32_t number = Load(shared.element_type);
  if (number > std::numeric_limits<std::uint8_t>::max()) return Refused("element type");
  const auto type = static_cast<ElementType>(number);
  if (!CheckType(type)) return Refused("element type");
  return type;
}

// Bytes for `bits` times the shape.
Result<std::uint64_t> BytesOf(std::uint64_t bits, std::span<const std::int64_t> shape) {
  bool empty = false;
  for (const std::int64_t dimension : shape) {
    if (dimension < 0) return Refused("negative dimension");
    if (dimension == 0) {
      empty = true;
    } else if (__builtin_mul_overflow(bits, static_cast<std::uint64_t>(dimension), &bits)) {
      return Refused("size of a tensor");
    }
  }
  return empty ? 0 : bits / 8 + (bits % 8 != 0 ? 1 : 0);
}

// Of strings only the numbers in front follow from the shape; what they say is judged where it is read.
Status CheckSize(const TensorPlace& place) {
  if (place.type == ElementType::kString) {
    EK_TRY_ASSIGN(const std::uint64_t count, NumStrings(place));
    const bool room_for_numbers = place.size >= count * sizeof(std::uint32_t);
    const bool nothing_of_none = count != 0 || place.size == 0;
    if (!room_for_numbers || !nothing_of_none) return Refused("size of strings");
    return {};
  }
  EK_TRY_ASSIGN(const std::uint64_t size, TensorBytes(place.type, place.shape.view()));
  if (place.size != size) return Refused("size does not follow from the shape");
  return {};
}

Status CheckPlace(const TensorPlace& place, std::uint64_t room_size) {
  EK_TRY(CheckSize(place));
  if (place.offset % kAlignment != 0) return Refused("alignment of a tensor");
  if (place.offset > room_size || place.size > room_size - place.offset) return Refused("tensor outside its room");
  return {};
}

Result<TensorPlace> TakeTensor(const RingTensor& shared, std::uint64_t room_size) {
  TensorPlace place;
  place.index = Load(shared.index);
  if (place.index >= kMaxTensors) return Refused("index of a tensor");
  EK_TRY_ASSIGN(place.type, TakeType(shared));
  const std::uint32_t rank = Load(shared.rank);
  if (rank > kMaxRank) return Refused("rank of a tensor");
  if (Load(shared.reserved) != 0) return Refused("reserved field of a tensor");
  for (std::size_t i = 0; i < rank; ++i) EK_TRY(place.shape.PushBack(Load(shared.shape[i])));
  place.offset = Load(shared.offset);
  place.size = Load(shared.size);
  EK_TRY(CheckPlace(place, room_size));
  return place;
}

Error FailureIn(std::uint32_t status) {
  const auto code = ErrorCodeOf(status);
  return Error(code ? *code : ErrorCode::kInternal, "cell");
}

}  // namespace

Result<std::uint64_t> TensorBytes(ElementType type, std::span<const std::int64_t> shape) {
  const auto bits = ElementBits(type);
  if (!bits) return Refused("element type");
  return BytesOf(*bits, shape);
}

Result<std::uint64_t> NumStrings(const TensorPlace& place) {
  if (place.type != ElementType::kString) return std::uint64_t{0};
  EK_TRY_ASSIGN(const std::uint64_t count, BytesOf(8, place.shape.view()));
  if (count > kMaxStrings) return Refused("number of strings");
  return count;
}

SubmittedCalls::SubmittedCalls(RingHeader& ring, std::uint32_t num_slots) noexcept
    : ring_(&ring), num_slots_(num_slots) {
  for (std::size_t i = 0; i < num_slots; ++i) seen_[i] = ring.slots[i].answered.load(std::memory_order_acquire);
}

std::optional<SubmittedCalls::Call> SubmittedCalls::Take() noexcept {
  for (std::size_t turn = 0; turn < num_slots_; ++turn) {
    const std::size_t index = (next_ + turn) % num_slots_;
    const std::uint32_t number = ring_->slots[index].submitted.load(std::memory_order_acquire);
    if (number == seen_[index]) continue;
    seen_[index] = number;
    next_ = (index + 1) % num_slots_;
    const bool given_up = ring_->slots[index].given_up.load(std::memory_order_relaxed) == number;
    return Call{.slot = index, .number = number, .given_up = given_up};
  }
  return std::nullopt;
}

std::uint32_t SubmittedCalls::NumWaiting() const noexcept {
  std::uint32_t waiting = 0;
  for (std::size_t i = 0; i < num_slots_; ++i) {
    if (ring_->slots[i].submitted.load(std::memory_order_relaxed) != seen_[i]) ++waiting;
  }
  return waiting;
}

std::optional<OpenCall> FindOpenCall(const RingSlot& slot) noexcept {
  const std::uint32_t submitted = slot.submitted.load(std::memory_order_acquire);
  if (submitted == slot.answered.load(std::memory_order_acquire)) return std::nullopt;
  return OpenCall{.number = submitted, .taken = slot.taken.load(std::memory_order_acquire) == submitted};
}

std::optional<ErrorCode> EndReason(const RingHeader& ring) {
  const Result<ErrorCode> code = ErrorCodeOf(ring.ended.load(std::memory_order_acquire));
  if (!code) return std::nullopt;
  return *code;
}

Result<TensorPlaces> TakeCall(const RingCall& shared, std::uint64_t room_size) {
  if (const std::uint32_t status = Load(shared.status); status != 0) return FailureIn(status);
  const std::uint32_t count = Load(shared.count);
  if (count > kMaxTensors) return Refused("number of tensors");
  TensorPlaces places;
  std::uint32_t seen = 0;
  std::uint64_t strings = 0;
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const TensorPlace place, TakeTensor(shared.tensors[i], room_size));
    const std::uint32_t bit = 1U << place.index;
    if ((seen & bit) != 0) return Refused("same tensor twice");
    seen |= bit;
    EK_TRY_ASSIGN(const std::uint64_t more, NumStrings(place));
    if (strings += more; strings > kMaxStrings) return Refused("number of strings");
    EK_TRY(places.PushBack(place));
  }
  return places;
}

void PutCall(const TensorPlaces& tensors, RingCall& shared) {
  RingTensor* to = shared.tensors;
  for (const TensorPlace& place : tensors) {
    Put(place.index, to->index);
    Put(static_cast<std::uint32_t>(place.type), to->element_type);
    Put(static_cast<std::uint32_t>(place.shape.size()), to->rank);
    Put(std::uint32_t{0}, to->reserved);
    for (std::size_t i = 0; i < place.shape.size(); ++i) Put(place.shape[i], to->shape[i]);
    Put(place.offset, to->offset);
    Put(place.size, to->size);
    ++to;
  }
  Put(static_cast<std::uint32_t>(tensors.size()), shared.count);
  Put(std::uint32_t{0}, shared.status);
}

void PutFailure(ErrorCode code, RingCall& shared, std::uint64_t needed) {
  Put(needed, shared.tensors[0].size);
  Put(std::uint32_t{0}, shared.count);
  Put(static_cast<std::uint32_t>(code), shared.status);
}

std::uint64_t NeededRoom(const RingCall& shared) {
  return Load(shared.tensors[0].size);
}

}  // namespace edgekeep::gate
