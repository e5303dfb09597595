#include "shared_segments.h"

#include <sys/shm.h>

#include <fstream>
#include <sstream>

#include "counters.h"
#include "file_scan.h"

namespace edgekeep::probe {
namespace {

void ScanSegment(int id, std::size_t size, std::span<const Canary> canaries, Report& report) {
  const std::string where = "shared memory " + std::to_string(id);
  void* const memory = ::shmat(id, nullptr, SHM_RDONLY);
  if (memory == reinterpret_cast<void*>(-1)) {
    report.unreadable.push_back({where, size});
    return;
  }
  Counters counters(canaries);
  counters.Feed(ByteView(static_cast<const std::uint8_t*>(memory), size));
  report.scanned_bytes += size;
  AddTo(report.found, where, counters.total());
  ::shmdt(memory);
}

}  // namespace

// proc_sysvipc_shm(5): a line of titles, then key, id, permissions, size, two processes, attachments, owner.
void ScanSharedSegments(const std::filesystem::path& list, const std::set<std::uint32_t>& users,
                        std::span<const Canary> canaries, Report& report) {
  std::ifstream lines(list);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string key, permissions, creator, last, attachments;
    int id = 0;
    std::size_t size = 0;
    std::uint32_t owner = 0;
    if (!(fields >> key >> id >> permissions >> size >> creator >> last >> attachments >> owner)) continue;
    if (users.contains(owner)) ScanSegment(id, size, canaries, report);
  }
}

}  // namespace edgekeep::probe
