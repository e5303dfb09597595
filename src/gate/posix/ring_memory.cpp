#include "edgekeep/gate/posix/ring_memory.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace edgekeep::gate {
namespace {

// With these nobody can cut the memory short under the other side's feet.
constexpr int kSizeSeals = F_SEAL_SHRINK | F_SEAL_GROW;

Error NotARing(const char* where) {
  return Error(ErrorCode::kMalformed, where);
}

Result<RingHeader*> MapWhole(int memory, std::uint64_t size) {
  void* start = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  if (start == MAP_FAILED) return Error(ErrorCode::kNoMemory, "mapping of a ring");
  return static_cast<RingHeader*>(start);
}

// Pages of a hugetlb file can run out while they are touched, so only ordinary shared memory will do.
Status CheckKind(int memory) {
  struct statfs system{};
  if (fstatfs(memory, &system) != 0 || system.f_type != TMPFS_MAGIC) return NotARing("ring is not shared memory");
  const int seals = fcntl(memory, F_GET_SEALS);
  if (seals < 0 || (seals & kSizeSeals) != kSizeSeals) return NotARing("ring without seals");
  return {};
}

Result<std::uint64_t> DataSizeOf(int memory) {
  struct stat file{};
  if (fstat(memory, &file) != 0 || file.st_size < 0) return NotARing("size of a ring");
  const auto size = static_cast<std::uint64_t>(file.st_size);
  if (size <= kRingDataOffset || size - kRingDataOffset > kMaxRingBytes) return NotARing("size of a ring");
  return size - kRingDataOffset;
}

// Returns the number of slots.
Result<std::uint32_t> CheckHeader(const RingHeader& header, std::uint64_t data_size) {
  if (__atomic_load_n(&header.magic, __ATOMIC_RELAXED) != kRingMagic) return NotARing("magic number of a ring");
  if (__atomic_load_n(&header.version, __ATOMIC_RELAXED) != kRingVersion) return NotARing("version of a ring");
  if (__atomic_load_n(&header.data_size, __ATOMIC_RELAXED) != data_size) return NotARing("size of a ring");
  const std::uint32_t num_slots = __atomic_load_n(&header.num_slots, __ATOMIC_RELAXED);
  if (RoomSize(data_size, num_slots) == 0) return NotARing("slots of a ring");
  return num_slots;
}

}  // namespace

Result<RingMemory> RingMemory::Create(std::uint64_t data_bytes, std::uint32_t num_slots) {
  if (data_bytes > kMaxRingBytes || RoomSize(data_bytes, num_slots) == 0) {
    return Error(ErrorCode::kTooLarge, "size of a ring");
  }
  Descriptor memory(memfd_create("edgekeep-ring", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory.valid()) return Error(ErrorCode::kNoMemory, "memory of a ring");
  const std::uint64_t size = kRingDataOffset + data_bytes;
  if (ftruncate(memory.get(), static_cast<off_t>(size)) != 0) return Error(ErrorCode::kNoMemory, "memory of a ring");
  if (fcntl(memory.get(), F_ADD_SEALS, kSizeSeals | F_SEAL_SEAL) != 0) return Error(ErrorCode::kIo, "seals of a ring");
  EK_TRY_ASSIGN(RingHeader* const start, MapWhole(memory.get(), size));
  // Fresh memory is zeros: writing only what is not leaves the pages of unused slots untouched.
  RingMemory ring(std::move(memory), start, data_bytes, num_slots);
  ring.header_->magic = kRingMagic;
  ring.header_->version = kRingVersion;
  ring.header_->data_size = data_bytes;
  ring.header_->num_slots = num_slots;
  return ring;
}

Result<RingMemory> RingMemory::Map(Descriptor memory) {
  EK_TRY(CheckKind(memory.get()));
  EK_TRY_ASSIGN(const std::uint64_t data_size, DataSizeOf(memory.get()));
  EK_TRY_ASSIGN(RingHeader* const header, MapWhole(memory.get(), kRingDataOffset + data_size));
  RingMemory ring(std::move(memory), header, data_size, 1);
  EK_TRY_ASSIGN(ring.num_slots_, CheckHeader(*header, data_size));
  return ring;
}

RingMemory::RingMemory(RingMemory&& other) noexcept
    : memory_(std::move(other.memory_)),
      header_(std::exchange(other.header_, nullptr)),
      data_size_(std::exchange(other.data_size_, 0)),
      num_slots_(std::exchange(other.num_slots_, 0)) {}

RingMemory& RingMemory::operator=(RingMemory&& other) noexcept {
  if (this != &other) {
    RingMemory ended(std::move(*this));
    memory_ = std::move(other.memory_);
    header_ = std::exchange(other.header_, nullptr);
    data_size_ = std::exchange(other.data_size_, 0);
    num_slots_ = std::exchange(other.num_slots_, 0);
  }
  return *this;
}

RingMemory::~RingMemory() {
  if (header_ != nullptr) munmap(header_, kRingDataOffset + data_size_);
}

MutableByteView RingMemory::data() noexcept {
  return {reinterpret_cast<std::uint8_t*>(header_) + kRingDataOffset, data_size_};
}

}  // namespace edgekeep::gate
