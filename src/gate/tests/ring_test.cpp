#include "edgekeep/gate/ring.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <vector>

namespace edgekeep::gate {
namespace {

constexpr std::uint64_t kDataSize = 1 << 20;
constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();

TensorPlace Place(std::uint32_t index, std::uint64_t offset) {
  TensorPlace place{.index = index, .type = ElementType::kFloat32, .shape = {}, .offset = offset, .size = 24};
  EXPECT_TRUE(place.shape.PushBack(2));
  EXPECT_TRUE(place.shape.PushBack(3));
  return place;
}

// A good call of two tensors, for a test to spoil.
class HostileRing : public testing::Test {
 protected:
  HostileRing() {
    TensorPlaces places;
    EXPECT_TRUE(places.PushBack(Place(0, 0)));
    EXPECT_TRUE(places.PushBack(Place(1, 64)));
    PutCall(places, *call_);
  }

  RingTensor& tensor() { return call_->tensors[1]; }

  void ExpectRefused() {
    const auto places = TakeCall(*call_, kDataSize);
    ASSERT_FALSE(places);
    EXPECT_EQ(places.error().code(), ErrorCode::kBadTensor) << places.error().where();
  }

  std::unique_ptr<RingCall> call_ = std::make_unique<RingCall>();
};

TEST_F(HostileRing, ControlTheGoodCallIsTaken) {
  const auto places = TakeCall(*call_, kDataSize);
  ASSERT_TRUE(places);
  ASSERT_EQ(places->size(), 2U);
  const TensorPlace& second = (*places)[1];
  EXPECT_EQ(second.index, 1U);
  EXPECT_EQ(second.type, ElementType::kFloat32);
  EXPECT_EQ(second.shape.size(), 2U);
  EXPECT_EQ(second.shape[1], 3);
  EXPECT_EQ(second.offset, 64U);
  EXPECT_EQ(second.size, 24U);
}

TEST_F(HostileRing, TooManyTensors) {
  call_->count = kMaxTensors + 1;
  ExpectRefused();
  call_->count = std::numeric_limits<std::uint32_t>::max();
  ExpectRefused();
}

TEST_F(HostileRing, IndexBeyondEveryModel) {
  tensor().index = kMaxTensors;
  ExpectRefused();
}

TEST_F(HostileRing, SameTensorTwice) {
  tensor().index = 0;
  ExpectRefused();
}

TEST_F(HostileRing, UnknownElementTypes) {
  for (const std::uint32_t type : {0U, 14U, 15U, 27U, 255U, 257U, 0x80000001U}) {
    tensor().element_type = type;
    ExpectRefused();
  }
}

TEST_F(HostileRing, TooManyDimensions) {
  tensor().rank = kMaxRank + 1;
  ExpectRefused();
  tensor().rank = std::numeric_limits<std::uint32_t>::max();
  ExpectRefused();
}

TEST_F(HostileRing, ReservedFieldInUse) {
  tensor().reserved = 1;
  ExpectRefused();
}

TEST_F(HostileRing, NegativeDimensions) {
  tensor().shape[0] = -1;
  ExpectRefused();
  tensor().shape[0] = std::numeric_limits<std::int64_t>::min();
  ExpectRefused();
}

TEST_F(HostileRing, ShapesWhoseSizeOverflows) {
  tensor().shape[0] = kLargest;
  tensor().shape[1] = kLargest;
  ExpectRefused();
  // 2^62 × 4 bytes × 4 elements is 0 modulo 2^64.
  tensor().shape[0] = 1LL << 62;
  tensor().shape[1] = 4;
  tensor().size = 0;
  ExpectRefused();
}

TEST_F(HostileRing, SizeThatIsNotTheShapes) {
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{23}, std::uint64_t{25}, ~std::uint64_t{0}}) {
    tensor().size = size;
    ExpectRefused();
  }
}

// Strings of six elements take 24 bytes for their ends alone; what the ends say is not looked at here.
TEST_F(HostileRing, StringsBelowTheirLeastSize) {
  tensor().element_type = 8;
  EXPECT_TRUE(TakeCall(*call_, kDataSize));
  tensor().size = 1000;
  EXPECT_TRUE(TakeCall(*call_, kDataSize));
  tensor().size = 23;
  ExpectRefused();
  tensor().size = kDataSize;
  ExpectRefused();  // outside the room
  tensor().size = 4;
  tensor().shape[0] = 0;
  ExpectRefused();  // bytes of no string
  tensor().size = 0;
  EXPECT_TRUE(TakeCall(*call_, kDataSize));
}

TEST_F(HostileRing, TooManyStrings) {
  constexpr std::uint64_t kRoom = 1ULL << 30;
  for (RingTensor* const each : {&call_->tensors[0], &call_->tensors[1]}) {
    each->element_type = 8;
    each->shape[0] = static_cast<std::int64_t>(kMaxStrings / 2);
    each->shape[1] = 1;
    each->size = kMaxStrings * 2;
  }
  EXPECT_TRUE(TakeCall(*call_, kRoom));
  tensor().shape[0] += 1;
  tensor().size += 4;
  EXPECT_FALSE(TakeCall(*call_, kRoom)) << "together";
  tensor().shape[0] = 1LL << 61;
  tensor().shape[1] = 8;
  EXPECT_FALSE(TakeCall(*call_, kRoom)) << "overflow";
}

TEST_F(HostileRing, UnalignedOffset) {
  tensor().offset = 32;
  ExpectRefused();
}

TEST_F(HostileRing, PlacesOutsideTheRing) {
  for (const std::uint64_t offset : {kDataSize, kDataSize + 64, ~std::uint64_t{63}}) {
    tensor().offset = offset;
    ExpectRefused();
  }
}

TEST_F(HostileRing, LastByteOfTheRingIsInside) {
  tensor().offset = kDataSize - 64;
  tensor().shape[0] = 2;
  tensor().shape[1] = 8;
  tensor().size = 64;
  EXPECT_TRUE(TakeCall(*call_, kDataSize));
  tensor().shape[1] = 9;
  tensor().size = 72;
  ExpectRefused();
}

TEST_F(HostileRing, EmptyTensorsAreTensors) {
  tensor().shape[0] = 0;
  tensor().size = 0;
  tensor().offset = kDataSize;
  EXPECT_TRUE(TakeCall(*call_, kDataSize));
}

TEST_F(HostileRing, FailuresCarryTheirCode) {
  PutFailure(ErrorCode::kModelRefused, *call_);
  EXPECT_EQ(TakeCall(*call_, kDataSize).error().code(), ErrorCode::kModelRefused);
}

TEST_F(HostileRing, UnknownFailuresAreInternal) {
  call_->status = 4711;
  EXPECT_EQ(TakeCall(*call_, kDataSize).error().code(), ErrorCode::kInternal);
}

TEST_F(HostileRing, EveryFlippedBitIsRefusedOrStaysInside) {
  const RingCall good = *call_;
  for (std::size_t bit = 0; bit < offsetof(RingCall, tensors[2]) * 8; ++bit) {
    *call_ = good;
    auto* bytes = reinterpret_cast<std::uint8_t*>(call_.get());
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1U << bit % 8));
    const auto places = TakeCall(*call_, kDataSize);
    if (!places) continue;
    for (const TensorPlace& place : *places) {
      EXPECT_LE(place.offset, kDataSize);
      EXPECT_LE(place.size, kDataSize - place.offset);
    }
  }
}

TEST(Ring, HasItsPublishedLayout) {
  EXPECT_EQ(sizeof(RingTensor), 96U);
  EXPECT_EQ(sizeof(RingCall), 8U + 32 * 96);
  EXPECT_EQ(offsetof(RingHeader, num_slots), 16U);
  EXPECT_EQ(offsetof(RingHeader, bell), 64U);
  EXPECT_EQ(offsetof(RingHeader, cell_waiting), 68U);
  EXPECT_EQ(offsetof(RingHeader, slots), 128U);
  EXPECT_EQ(sizeof(RingSlot), 6400U);
  EXPECT_EQ(offsetof(RingSlot, given_up), 4U);
  EXPECT_EQ(offsetof(RingSlot, answered), 64U);
  EXPECT_EQ(offsetof(RingSlot, application_waiting), 68U);
  EXPECT_EQ(offsetof(RingSlot, request), 128U);
  EXPECT_EQ(offsetof(RingSlot, answer), 3264U);
}

TEST(Ring, RoomsAreEqualAndAligned) {
  EXPECT_EQ(RoomSize(1, 1), 1U);
  EXPECT_EQ(RoomSize(1000, 3), 320U);
  EXPECT_EQ(RoomSize(1024, 16), 64U);
  EXPECT_EQ(RoomSize(1023, 16), 0U);
  EXPECT_EQ(RoomSize(1024, 0), 0U);
  EXPECT_EQ(RoomSize(1 << 20, kMaxSlots + 1), 0U);
}

class SubmittedCallsTest : public testing::Test {
 protected:
  std::unique_ptr<RingHeader> ring_ = std::make_unique<RingHeader>();
  SubmittedCalls calls_{*ring_, 4};
};

TEST_F(SubmittedCallsTest, TakesEachCallOnce) {
  EXPECT_FALSE(calls_.Take());
  ring_->slots[2].submitted = 1;
  const auto call = calls_.Take();
  ASSERT_TRUE(call);
  EXPECT_EQ(call->slot, 2U);
  EXPECT_EQ(call->number, 1U);
  EXPECT_FALSE(call->given_up);
  EXPECT_FALSE(calls_.Take());
}

TEST_F(SubmittedCallsTest, SlotsTakeTurnsHoweverFastOneIsFilledAgain) {
  for (RingSlot& slot : ring_->slots) slot.submitted = 1;
  std::vector<std::size_t> order;
  for (int i = 0; i < 8; ++i) {
    const auto call = calls_.Take();
    ASSERT_TRUE(call);
    order.push_back(call->slot);
    ring_->slots[call->slot].submitted += 1;
  }
  EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3, 0, 1, 2, 3}));
}

TEST_F(SubmittedCallsTest, SlotsBeyondTheAgreedNumberAreNotLookedAt) {
  ring_->slots[4].submitted = 1;
  ring_->num_slots = 16;
  EXPECT_FALSE(calls_.Take());
}

TEST_F(SubmittedCallsTest, TellsWhatNobodyWaitsFor) {
  ring_->slots[0].submitted = 7;
  ring_->slots[0].given_up = 7;
  ring_->slots[1].submitted = 7;
  ring_->slots[1].given_up = 6;
  EXPECT_TRUE(calls_.Take()->given_up);
  EXPECT_FALSE(calls_.Take()->given_up);
}

TEST_F(SubmittedCallsTest, BeginWhereAnotherCellLeftOff) {
  ring_->slots[0].submitted = 8;
  ring_->slots[0].answered = 7;
  ring_->slots[1].submitted = 5;
  ring_->slots[1].answered = 5;
  SubmittedCalls next(*ring_, 4);
  const auto call = next.Take();
  ASSERT_TRUE(call);
  EXPECT_EQ(call->slot, 0U);
  EXPECT_EQ(call->number, 8U);
  EXPECT_FALSE(next.Take()) << "what was answered is not answered twice";
}

TEST(TensorBytes, MultipliesTheShape) {
  const std::int64_t shape[] = {2, 3, 5};
  EXPECT_EQ(TensorBytes(ElementType::kInt64, shape).value(), 240U);
  EXPECT_EQ(TensorBytes(ElementType::kInt64, {}).value(), 8U);
}

TEST(TensorBytes, ElementsBelowAByteShareBytes) {
  for (const auto& [count, four_bits, two_bits] :
       {std::array<std::int64_t, 3>{0, 0, 0}, {1, 1, 1}, {2, 1, 1}, {3, 2, 1}, {4, 2, 1}, {5, 3, 2}}) {
    const std::int64_t shape[] = {count};
    EXPECT_EQ(TensorBytes(ElementType::kInt4, shape).value(), static_cast<std::uint64_t>(four_bits)) << count;
    EXPECT_EQ(TensorBytes(ElementType::kUint2, shape).value(), static_cast<std::uint64_t>(two_bits)) << count;
  }
  // Rows do not begin at bytes of their own.
  const std::int64_t rows[] = {3, 3};
  EXPECT_EQ(TensorBytes(ElementType::kUint4, rows).value(), 5U);
}

TEST(TensorBytes, OverflowsDoNotHideBehindZeros) {
  const std::int64_t zero_first[] = {0, kLargest, kLargest};
  const std::int64_t zero_last[] = {kLargest, kLargest, 0};
  EXPECT_FALSE(TensorBytes(ElementType::kFloat32, zero_first));
  EXPECT_FALSE(TensorBytes(ElementType::kFloat32, zero_last));
}

}  // namespace
}  // namespace edgekeep::gate
