// What a cell is for, and how a cell that could not start says so.
#pragma once
#include <cstdint>

namespace edgekeep::isolation {

// The numbers are those of ports::CellPurpose; measuring is between the spawner and a cell alone.
enum class Purpose : std::uint8_t { kServe = 1, kInstall = 2, kMeasure = 3, kExport = 4 };

// Such a cell writes to files it was given; others write none.
constexpr bool WritesFiles(Purpose purpose) {
  return purpose == Purpose::kInstall || purpose == Purpose::kExport;
}

// Exit statuses of a cell.
inline constexpr int kExitNotConfined = 120;  // a layer of its confinement could not be put up
inline constexpr int kExitNoEngine = 121;     // the inference engine is missing or could not be loaded
inline constexpr int kExitOfSignal = 128;     // and the signal's number: it crashed, and has wiped

// Where a cell finds things in its private root.
inline constexpr const char* kCellPath = "/edgekeep-cell";
inline constexpr const char* kScratchPath = "/scratch";  // install cells only
// The descriptors of its control socket and of its engine, where the device has one; 0 to 2 are /dev/null.
inline constexpr int kControlDescriptor = 3;
inline constexpr int kEngineDescriptor = 4;
inline constexpr const char* kEnginePath = "/proc/self/fd/4";

}  // namespace edgekeep::isolation
