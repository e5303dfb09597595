#include <gtest/gtest.h>

#include <array>

#include "samples.h"

namespace edgekeep::formats {
namespace {

using enum ErrorCode;
using PreambleBytes = std::array<std::uint8_t, kPreambleSize>;

// Writes the fields as they are, right or wrong.
PreambleBytes RawPreamble(std::string_view magic, std::uint16_t version, std::uint16_t reserved,
                          const Preamble& preamble) {
  PreambleBytes bytes{};
  Writer out(bytes);
  EXPECT_TRUE(out.WriteBytes(AsBytes(magic)) && out.WriteU16LittleEndian(version) &&
              out.WriteU16LittleEndian(reserved) && out.WriteU32LittleEndian(preamble.header_size) &&
              out.WriteU32LittleEndian(preamble.record_size) && out.WriteU32LittleEndian(preamble.body_offset) &&
              out.WriteU64LittleEndian(preamble.body_size));
  return bytes;
}

TEST(Preamble, KeepsItsFieldsAndLooksAtNothingBehind) {
  std::array<std::uint8_t, kPreambleSize + 5> front;
  front.fill(0xFF);
  std::ranges::copy(RawPreamble("EKSEALED", 1, 0, SamplePreamble()), front.begin());
  const Preamble preamble = DecodePreamble(front).value();
  EXPECT_EQ(preamble.header_size, 1500U);
  EXPECT_EQ(preamble.record_size, 3600U);
  EXPECT_EQ(preamble.body_offset, 8192U);
  EXPECT_EQ(preamble.body_size, BodySize(5000000));
}

TEST(Preamble, RefusesAnotherMagicVersionOrReservedField) {
  const Preamble sample = SamplePreamble();
  EXPECT_EQ(DecodePreamble(RawPreamble("EKSEALEE", 1, 0, sample)).error().code(), kMalformed);
  EXPECT_EQ(DecodePreamble(RawPreamble("EKSLOT01", 1, 0, SampleSlotPreamble())).error().code(), kMalformed);
  EXPECT_EQ(DecodeSlotPreamble(RawPreamble("EKSEALED", 1, 0, sample)).error().code(), kMalformed);
  for (const std::uint16_t version : {std::uint16_t{0}, std::uint16_t{2}, std::uint16_t{256}, std::uint16_t{65535}}) {
    EXPECT_EQ(DecodePreamble(RawPreamble("EKSEALED", version, 0, sample)).error().code(), kUnsupported) << version;
  }
  EXPECT_EQ(DecodePreamble(RawPreamble("EKSEALED", 1, 1, sample)).error().code(), kMalformed);
  EXPECT_EQ(DecodePreamble(RawPreamble("EKSEALED", 1, 256, sample)).error().code(), kMalformed);
}

struct SizesCase {
  const char* what;
  Preamble preamble;
};

const std::array kRefusedSizes = {
    SizesCase{"no header", {.header_size = 0, .record_size = 100, .body_offset = 4096, .body_size = 17}},
    SizesCase{"header over 4096", {.header_size = 4097, .record_size = 100, .body_offset = 8192, .body_size = 17}},
    SizesCase{"no record", {.header_size = 100, .record_size = 0, .body_offset = 4096, .body_size = 17}},
    SizesCase{"body at 0", {.header_size = 100, .record_size = 100, .body_offset = 0, .body_size = 17}},
    SizesCase{"body not at a page", {.header_size = 100, .record_size = 100, .body_offset = 4095, .body_size = 17}},
    SizesCase{"body a page late", {.header_size = 100, .record_size = 100, .body_offset = 8192, .body_size = 17}},
    SizesCase{"body in the record", {.header_size = 4000, .record_size = 65, .body_offset = 4096, .body_size = 17}},
    SizesCase{"body over 64 KiB", {.header_size = 100, .record_size = 65536, .body_offset = 69632, .body_size = 17}},
    SizesCase{"record of 4 GiB",
              {.header_size = 4096, .record_size = UINT32_MAX, .body_offset = 4096, .body_size = 17}},
    SizesCase{"body without plaintext", {.header_size = 100, .record_size = 100, .body_offset = 4096, .body_size = 16}},
    SizesCase{"no body", {.header_size = 100, .record_size = 100, .body_offset = 4096, .body_size = 0}},
    SizesCase{
        "body over 4 TiB",
        {.header_size = 100, .record_size = 100, .body_offset = 4096, .body_size = BodySize(kMaxPlaintextSize) + 1}},
    SizesCase{"body of 2^64", {.header_size = 100, .record_size = 100, .body_offset = 4096, .body_size = UINT64_MAX}},
};

TEST(Preamble, RefusesSizesThatCannotBe) {
  for (const auto& [what, preamble] : kRefusedSizes) {
    EXPECT_EQ(DecodePreamble(RawPreamble("EKSEALED", 1, 0, preamble)).error().code(), kMalformed) << what;
    PreambleBytes bytes{};
    Writer out(bytes);
    EXPECT_EQ(EncodePreamble(preamble, out).error().code(), kMalformed) << what;
  }
}

TEST(Preamble, AcceptsTheLargestAndSmallest) {
  const Preamble largest{.header_size = 4096,
                         .record_size = 65536 - 4096 - 32,
                         .body_offset = 65536,
                         .body_size = BodySize(kMaxPlaintextSize)};
  const Preamble smallest{.header_size = 1, .record_size = 1, .body_offset = 4096, .body_size = 17};
  EXPECT_TRUE(DecodePreamble(RawPreamble("EKSEALED", 1, 0, largest)));
  EXPECT_TRUE(DecodePreamble(RawPreamble("EKSEALED", 1, 0, smallest)));
}

TEST(SlotPreamble, RefusesARecord) {
  Preamble preamble = SampleSlotPreamble();
  EXPECT_TRUE(DecodeSlotPreamble(RawPreamble("EKSLOT01", 1, 0, preamble)));
  preamble.record_size = 1;
  EXPECT_EQ(DecodeSlotPreamble(RawPreamble("EKSLOT01", 1, 0, preamble)).error().code(), kMalformed);
}

TEST(BodyOffset, IsTheFirstPageBehindHeaderAndRecord) {
  EXPECT_EQ(BodyOffset(1, 0), 4096U);
  EXPECT_EQ(BodyOffset(4064, 0), 4096U);
  EXPECT_EQ(BodyOffset(4064, 1), 8192U);
  EXPECT_EQ(BodyOffset(UINT32_MAX, UINT32_MAX), 8589938688U);
}

TEST(BodySize, CountsOneTagForEachSegment) {
  EXPECT_EQ(SegmentCount(1), 1U);
  EXPECT_EQ(SegmentCount(kSegmentSize), 1U);
  EXPECT_EQ(SegmentCount(kSegmentSize + 1), 2U);
  EXPECT_EQ(SegmentCount(kMaxPlaintextSize), 1U << 22);
  EXPECT_EQ(BodySize(1), 17U);
  EXPECT_EQ(BodySize(kSegmentSize), kSegmentSize + 16U);
  EXPECT_EQ(BodySize(kSegmentSize + 1), kSegmentSize + 33U);
}

TEST(SealedLayout, FollowsFromThePlaintextSize) {
  const Preamble preamble = SamplePreamble();
  SealedHeader header = SampleSealedHeader();
  const std::uint64_t file_size = 8192 + BodySize(5000000);
  EXPECT_TRUE(CheckSealedLayout(preamble, header, file_size));
  EXPECT_EQ(CheckSealedLayout(preamble, header, file_size - 1).error().code(), kMalformed);
  EXPECT_EQ(CheckSealedLayout(preamble, header, file_size + 1).error().code(), kMalformed);
  header.plaintext_size -= 1;
  EXPECT_EQ(CheckSealedLayout(preamble, header, file_size).error().code(), kMalformed);
  EXPECT_EQ(CheckSealedLayout(preamble, header, file_size - 1).error().code(), kMalformed);
  header.plaintext_size = UINT64_MAX;
  EXPECT_EQ(CheckSealedLayout(preamble, header, file_size).error().code(), kMalformed);
}

TEST(SlotLayout, FollowsFromThePlaintextSize) {
  const std::uint64_t file_size = 4096 + BodySize(5000000);
  EXPECT_TRUE(CheckSlotLayout(SampleSlotPreamble(), SampleSlotFileHeader(), file_size));
  EXPECT_EQ(CheckSlotLayout(SampleSlotPreamble(), SampleSlotFileHeader(), file_size + 1).error().code(), kMalformed);
}

TEST(Room, MustBeZeroToTheLastByte) {
  ByteVector room(4095);
  EXPECT_TRUE(CheckRoomIsZero(room));
  EXPECT_TRUE(CheckRoomIsZero({}));
  for (const std::size_t at : {std::size_t{0}, std::size_t{2000}, room.size() - 1}) {
    room[at] = 1;
    EXPECT_EQ(CheckRoomIsZero(room).error().code(), kMalformed) << at;
    room[at] = 0;
  }
}

}  // namespace
}  // namespace edgekeep::formats
