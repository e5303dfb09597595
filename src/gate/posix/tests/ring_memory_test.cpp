#include "edgekeep/gate/posix/ring_memory.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "child.h"
#include "open_descriptors.h"

namespace edgekeep::gate {
namespace {

constexpr int kSealed = F_SEAL_SHRINK | F_SEAL_GROW;

Descriptor Copy(int fd) {
  return Descriptor(fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

// What a hostile maker of ring memory hands over.
Descriptor Forge(std::uint64_t size, int seals, std::uint32_t magic, std::uint32_t version, std::uint64_t data_size,
                 std::uint32_t num_slots = 1) {
  Descriptor memory(memfd_create("forged", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  EXPECT_EQ(ftruncate(memory.get(), static_cast<off_t>(size)), 0);
  EXPECT_EQ(pwrite(memory.get(), &magic, sizeof magic, 0), 4);
  EXPECT_EQ(pwrite(memory.get(), &version, sizeof version, 4), 4);
  EXPECT_EQ(pwrite(memory.get(), &data_size, sizeof data_size, 8), 8);
  EXPECT_EQ(pwrite(memory.get(), &num_slots, sizeof num_slots, 16), 4);
  EXPECT_EQ(fcntl(memory.get(), F_ADD_SEALS, seals), 0);
  return memory;
}

void ExpectRefused(Descriptor memory) {
  const auto ring = RingMemory::Map(std::move(memory));
  ASSERT_FALSE(ring);
  EXPECT_EQ(ring.error().code(), ErrorCode::kMalformed) << ring.error().where();
}

TEST(RingMemory, IsSharedBetweenItsMappings) {
  RingMemory made = RingMemory::Create(8192).value();
  RingMemory mapped = RingMemory::Map(Copy(made.fd())).value();
  EXPECT_EQ(mapped.data_size(), 8192U);
  made.data()[8191] = 0x5a;
  EXPECT_EQ(mapped.data()[8191], 0x5a);
  mapped.header().slots[15].answered = 9;
  EXPECT_EQ(made.header().slots[15].answered, 9U);
}

TEST(RingMemory, ControlTheForgersGoodMemoryIsAccepted) {
  EXPECT_TRUE(RingMemory::Map(Forge(kRingDataOffset + 64, kSealed, kRingMagic, kRingVersion, 64)));
}

TEST(RingMemory, HasNoSizeBeyondItsBounds) {
  EXPECT_EQ(RingMemory::Create(0).error().code(), ErrorCode::kTooLarge);
  EXPECT_EQ(RingMemory::Create(kMaxRingBytes + 1).error().code(), ErrorCode::kTooLarge);
  EXPECT_TRUE(RingMemory::Create(kMaxRingBytes));
}

TEST(RingMemory, CannotBeResized) {
  const RingMemory ring = RingMemory::Create(8192).value();
  EXPECT_NE(ftruncate(ring.fd(), 100), 0);
  EXPECT_NE(ftruncate(ring.fd(), 1 << 20), 0);
}

TEST(RingMemory, WithoutSealsIsRefused) {
  for (const int seals : {0, F_SEAL_SHRINK, F_SEAL_GROW}) {
    ExpectRefused(Forge(kRingDataOffset + 64, seals, kRingMagic, kRingVersion, 64));
  }
}

TEST(RingMemory, OfAnotherKindIsRefused) {
  ExpectRefused(Descriptor(open("/dev/zero", O_RDWR | O_CLOEXEC)));
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  ExpectRefused(Descriptor(ends[0]));
  ExpectRefused(Descriptor(ends[1]));
  ExpectRefused(Descriptor());
}

TEST(RingMemory, OfWrongSizeIsRefused) {
  ExpectRefused(Forge(0, kSealed & 0, kRingMagic, kRingVersion, 0));
  ExpectRefused(Forge(kRingDataOffset, kSealed, kRingMagic, kRingVersion, 0));
  ExpectRefused(Forge(kRingDataOffset + kMaxRingBytes + 1, kSealed, kRingMagic, kRingVersion, kMaxRingBytes + 1));
}

TEST(RingMemory, ThatLiesAboutItselfIsRefused) {
  ExpectRefused(Forge(kRingDataOffset + 64, kSealed, kRingMagic + 1, kRingVersion, 64));
  ExpectRefused(Forge(kRingDataOffset + 64, kSealed, kRingMagic, kRingVersion + 1, 64));
  ExpectRefused(Forge(kRingDataOffset + 64, kSealed, kRingMagic, kRingVersion, 65));
  ExpectRefused(Forge(kRingDataOffset + 64, kSealed, kRingMagic, kRingVersion, ~std::uint64_t{0}));
}

TEST(RingMemory, WithSlotsThatHaveNoRoomIsRefused) {
  for (const std::uint32_t num_slots : {0U, 17U, 0xFFFFFFFFU}) {
    ExpectRefused(Forge(kRingDataOffset + 65536, kSealed, kRingMagic, kRingVersion, 65536, num_slots));
    EXPECT_EQ(RingMemory::Create(65536, num_slots).error().code(), ErrorCode::kTooLarge);
  }
  ExpectRefused(Forge(kRingDataOffset + 64, kSealed, kRingMagic, kRingVersion, 64, 2));
  EXPECT_TRUE(RingMemory::Map(Forge(kRingDataOffset + 128, kSealed, kRingMagic, kRingVersion, 128, 2)));
}

TEST(RingMemory, KeepsItsSlotsWhateverTheHeaderSaysLater) {
  RingMemory made = RingMemory::Create(65536, 4).value();
  RingMemory mapped = RingMemory::Map(Copy(made.fd())).value();
  made.header().num_slots = 16;
  made.header().data_size = 1ULL << 40;
  EXPECT_EQ(mapped.num_slots(), 4U);
  EXPECT_EQ(mapped.room_size(), 16384U);
  EXPECT_EQ(mapped.room(3).data() + mapped.room(3).size(), mapped.data().data() + mapped.data().size());
}

TEST(RingMemory, SealedAgainstWritingIsRefusedWithoutAFault) {
  const auto ring = RingMemory::Map(Forge(kRingDataOffset + 64, kSealed | F_SEAL_WRITE, kRingMagic, kRingVersion, 64));
  EXPECT_FALSE(ring);
}

TEST(RingMemory, LeaksNoDescriptor) {
  const std::size_t before = CountOpenDescriptors();
  {
    RingMemory ring = RingMemory::Create(8192).value();
    RingMemory moved = std::move(ring);
    ring = RingMemory::Create(4096).value();
    ring = std::move(moved);
    EXPECT_EQ(ring.data_size(), 8192U);
  }
  EXPECT_EQ(CountOpenDescriptors(), before);
}

// The control for the seals: without them the other side can cut the memory, and the next touch is fatal.
TEST(RingMemory, ControlUnsealedMemoryCanBeCutUnderItsReader) {
  Child reader([] {
    signal(SIGBUS, SIG_DFL);
    const Descriptor memory = Forge(kRingDataOffset + 8192, 0, kRingMagic, kRingVersion, 8192);
    void* start = mmap(nullptr, kRingDataOffset + 8192, PROT_READ, MAP_SHARED, memory.get(), 0);
    if (start == MAP_FAILED || ftruncate(memory.get(), 0) != 0) return 2;
    return static_cast<int>(static_cast<const volatile char*>(start)[kRingDataOffset]);
  });
  EXPECT_EQ(reader.Wait(), -SIGBUS);
}

}  // namespace
}  // namespace edgekeep::gate
