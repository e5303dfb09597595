#include "takeover.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "order.h"
#include "searched_memory.h"

namespace edgekeep::attack {
namespace {

constexpr int kHighestDescriptor = 1024;

std::vector<FoundDescriptor> Descriptors() {
  std::vector<FoundDescriptor> found;
  for (int fd = 0; fd < kHighestDescriptor; ++fd) {
    struct stat status{};
    if (fstat(fd, &status) != 0) continue;
    found.push_back({.number = fd,
                     .flags = fcntl(fd, F_GETFL),
                     .mode = status.st_mode,
                     .device = status.st_dev,
                     .inode = status.st_ino});
  }
  return found;
}

Report OpenedPaths() {
  Report outcomes;
  for (const char* path : kPathsToTry) {
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    outcomes.push_back(file < 0 ? static_cast<std::uint8_t>(errno) : 0);
    if (file >= 0) close(file);
  }
  return outcomes;
}

// What there was to be had when the library was loaded, before the cell's last layer and its first order.
struct Loading {
  Report opened = OpenedPaths();
  std::vector<FoundDescriptor> descriptors = Descriptors();
  Snapshot memory = Snapshot::Take();
};

// Runs before dlopen() returns.
const Loading kLoading;

Report Search(std::span<const Memory> runs, std::span<const std::uint8_t> body) {
  Needles needles(ItemsIn<Needle>(body));
  for (const Memory& run : runs) needles.LookIn(run);
  return needles.found();
}

Report TryOne(std::span<const std::uint8_t> body) {
  const Order order = DecodeOrder({reinterpret_cast<const char*>(body.data()), body.size()});
  return {static_cast<std::uint8_t>(TryAttack(order.attack, order.knowledge))};
}

Report Copied(std::span<const std::uint8_t> bytes) {
  return {bytes.begin(), bytes.end()};
}

}  // namespace

Report Obey(std::span<const std::uint8_t> order) {
  if (order.size() <= kMarkerSize) return {};
  const std::span<const std::uint8_t> body = order.subspan(kMarkerSize + 1);
  switch (static_cast<Task>(order[kMarkerSize])) {
    case Task::kSearchMemory:
      return Search(ReadableMemory(), body);
    case Task::kSearchSnapshot:
      return Search(kLoading.memory.runs(), body);
    case Task::kSearchProcesses:
      return SearchProcesses(ItemsIn<Needle>(body));
    case Task::kTellDescriptors:
      return Copied(BytesOf(Descriptors()));
    case Task::kTellEarlier:
      return Copied(BytesOf(kLoading.descriptors));
    case Task::kTellOpened:
      return kLoading.opened;
    case Task::kTryAttack:
      return TryOne(body);
  }
  return {};
}

}  // namespace edgekeep::attack
