// Scanning one file into a report.
#pragma once
#include "edgekeep/probe/scan.h"

namespace edgekeep::probe {

// Adds what `path` holds to `report`, under the name `where`.
void ScanFile(const std::filesystem::path& path, const std::string& where, std::span<const Canary> canaries,
              Report& report);

// Adds `count`, unless it is 0, to the place of that name.
void AddTo(std::vector<Place>& places, const std::string& where, std::uint64_t count);

}  // namespace edgekeep::probe
